"""`tailboard preview`: how dashboards look, without a Grafana."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from tailboard.cli.options.common import CONVENTION_OPTION, FORCE_OPTION, JSON_OPTION
from tailboard.cli.options.metrics_options import ENVIRONMENT_HELP, MetricsSource
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.options.prometheus_options import (
    CONCURRENCY_OPTION,
    SCRAPE_INTERVAL_OPTION,
    TIMEOUT_OPTION,
)
from tailboard.cli.options.sources import find_sources
from tailboard.cli.reports.file_report import print_file_report
from tailboard.cli.reports.progress import BuildProgress, StepProgress
from tailboard.cli.reports.terminal import print_error, print_message
from tailboard.preview.colors import THEMES
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.publish.plural import format_count

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailboard.dashboards.document import Document
    from tailboard.preview.dashboard_drawing import DashboardDrawing, PreviewOptions
    from tailboard.preview.data.example_source import ExampleSource
    from tailboard.preview.data.panel_data import DataSource
    from tailboard.preview.data.server_source import ServerSource

DEFAULT_PORT = 8900
SOME_FAILED = 4
"""The exit code where a server went away half way."""

MIN_REFRESH_SECONDS = 5.0
"""How often data is asked for at most, whatever a dashboard says."""

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard preview orders.py --example --out dist/preview
"""


def _parse_variables(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> Mapping[str, tuple[str, ...]]:
    """`name=value`, several times for a variable that may have several values."""
    variables: dict[str, tuple[str, ...]] = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"{text!r} is not name=value.")
        variables[name.strip()] = (*variables.get(name.strip(), ()), value)
    return variables


@click.command("preview", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@CONVENTION_OPTION
@click.option(
    "--prometheus",
    metavar="URL",
    envvar="PROMETHEUS_URL",
    show_envvar=True,
    help="Draw the data of a Prometheus, Mimir or Thanos.",
)
@click.option("--example", "is_example", is_flag=True, help="Draw values that are made up.")
@click.option("--from", "start", metavar="TIME", help="now-6h, now/d, or ISO 8601.")
@click.option("--to", "end", metavar="TIME", help="The same; without, the dashboard's range.")
@click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse_variables,
    help="The value of a variable; may be repeated.",
)
@click.option(
    "--out",
    "folder",  # not `out`: in the settings, that is the folder of a build
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dist/preview"),
    show_default=True,
    help="The folder to write to; not that of a build.",
)
@click.option("--png", is_flag=True, help="Also a picture of each dashboard.")
@click.option("--svg", is_flag=True, help="The same, to scale at will.")
@click.option("--panel", metavar="TITLE", help="With --png or --svg: of this panel alone.")
@click.option(
    "--theme",
    type=Choice(list(THEMES)),
    default="light",
    show_default=True,
    help="The colours of pictures; a page has both.",
)
@click.option(
    "--scale",
    type=click.FloatRange(0.2, 4),
    default=1.0,
    show_default=True,
    help="How large a PNG is.",
)
@click.option("--serve", "is_served", is_flag=True, help="Show it on loopback, and follow changes.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="With --serve: where; 0 takes a free one.",
)
@CONCURRENCY_OPTION
@SCRAPE_INTERVAL_OPTION
@TIMEOUT_OPTION
@click.option("--allow-http", is_flag=True, help="Send credentials unencrypted, too.")
@FORCE_OPTION
@JSON_OPTION
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    prometheus: str | None,
    is_example: bool,
    start: str | None,
    end: str | None,
    variables: Mapping[str, tuple[str, ...]],
    folder: Path,
    png: bool,
    svg: bool,
    panel: str | None,
    theme: str,
    scale: float,
    is_served: bool,
    port: int,
    concurrency: int,
    scrape_interval: str | None,
    timeout: float,
    allow_http: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Draw dashboards from their documents, without a Grafana.

    Writes an index and a page for each dashboard, which open from disk and load nothing from a
    network. Grafana may draw them differently: these are drawings of our own. The definitions are
    those that `tailboard build` would compile.

    With --prometheus, each distinct query is asked once, over the range of the dashboard or that of
    --from and --to, with the variables as Grafana fills them. A panel without data says why, as
    `tailboard check` does. Without a server, --example makes values up, the same on every run, and
    every page says so.

    With --serve the pages are shown on 127.0.0.1 until Ctrl-C. They are drawn anew when a
    definition changes, and as often as the dashboard refreshes; a mistake in a definition is shown
    above the last drawing that worked.

    Needs the extra: pip install 'tailboard[preview]'.
    """
    if not is_example and not prometheus:
        raise click.UsageError(
            "no data to draw. Name a server: --prometheus URL, or let values be made up: --example."
        )
    if panel and not (png or svg):
        raise click.UsageError("--panel makes a picture of one panel. Add --png or --svg.")
    from tailboard.preview.dashboard_drawing import PreviewOptions
    from tailboard.preview.pages.site import PictureOptions, require_packages

    require_packages()
    options = PreviewOptions(start or "", end or "", variables)
    picture_options = PictureOptions(
        tuple(name for name, is_chosen in (("svg", svg), ("png", png)) if is_chosen),
        panel or "",
        theme,  # type: ignore[arg-type]  # one of THEMES
        scale,
    )
    sources = list(find_sources(context, definitions, convention))
    with ExitStack() as stack:
        data_source: ServerSource | ExampleSource = (
            _build_example_source(scrape_interval)
            if is_example
            else _connect_source(
                stack,
                MetricsSource((), (), prometheus or "", timeout, allow_http),
                concurrency,
                scrape_interval or "",
            )
        )

        def draw() -> "list[DashboardDrawing]":
            fresh_sources = list(find_sources(context, definitions, convention))
            return draw_documents(_build_documents(fresh_sources), data_source, options)

        if is_served:
            return _serve(draw, data_source, [source.path for source in sources], port)
        drawings = draw()
        _write_site(
            drawings,
            folder,
            picture_options,
            data_source.query_count,
            force=force,
            as_json=as_json,
        )
        if data_source.stop_error:
            print_error(f"not all panels are drawn: {data_source.stop_error}")
            return SOME_FAILED
    return 0


def draw_documents(
    documents: "Sequence[Document]", source: "DataSource", options: "PreviewOptions"
) -> "list[DashboardDrawing]":
    """The dashboards with the data of a source."""
    from tailboard.preview.dashboard_drawing import draw_dashboard

    return [draw_dashboard(document, source, options) for document in documents]


def _build_documents(sources: Sequence[Any]) -> "list[Document]":
    """The documents that the definitions declare; one with tabs in the schema that has them."""
    from tailboard.dashboards.schema_v2.convert import convert_document
    from tailboard.definitions.build import Build
    from tailboard.publish.formats import FormatOptions

    build = Build(sources, [], FormatOptions())
    documents = []
    with BuildProgress("Reading", len(sources)) as progress:
        for result in build.build_results(progress):
            if result.document is not None:
                documents.append(
                    convert_document(result.document, result.rows)
                    if result.rows
                    else result.document
                )
    if build.errors:
        raise BrokenDefinitionsError(build.errors, "nothing was drawn")
    return documents


def _build_example_source(scrape_interval: str | None) -> "ExampleSource":
    from tailboard.panels.duration import parse_duration
    from tailboard.preview.data.example_source import ExampleSource
    from tailboard.prometheus.variables.intervals import Intervals

    return ExampleSource(Intervals(parse_duration(scrape_interval)) if scrape_interval else None)


def _connect_source(
    stack: ExitStack, metrics_source: MetricsSource, concurrency: int, scrape_interval: str
) -> "ServerSource":
    from tailboard.preview.data.server_source import ServerSource
    from tailboard.prometheus.variables.intervals import read_intervals

    server = stack.enter_context(metrics_source.connect(concurrency))

    def start_progress(description: str, count: int) -> "Callable[[], None]":
        import sys

        bar = stack.enter_context(StepProgress(description, count, sys.stderr))
        return bar.advance

    return ServerSource(
        server,
        read_intervals(server, scrape_interval),
        concurrency=concurrency,
        start_progress=start_progress,
    )


def _write_site(
    drawings: "list[DashboardDrawing]",
    folder: Path,
    picture_options: Any,
    query_count: int,
    *,
    force: bool,
    as_json: bool,
) -> None:
    from tailboard.preview.pages.site import (
        build_pages,
        build_pictures,
        build_shared_files,
        name_pages,
    )
    from tailboard.publish.formats import File
    from tailboard.publish.output import Output

    pages = name_pages(drawings)
    output = Output(folder, command="preview", force=force)
    try:
        for name, content in (*build_shared_files().items(), *build_pages(pages)):
            output.add(File(PurePosixPath(name), content))
        for file in build_pictures(pages, picture_options):
            output.add(file)
        changes = output.commit()
    finally:
        output.discard()
    empty_count = sum(drawing.empty_count for drawing in drawings)
    panel_count = sum(len(drawing.panels) for drawing in drawings)
    for note in dict.fromkeys(note for drawing in drawings for note in drawing.notes):
        print_message(f"note: {note}")
    description = (
        f"{format_count(len(pages), 'dashboard')} with {format_count(panel_count, 'panel')}"
        + (f", {empty_count} without data" if empty_count else "")
        + (" (example data)" if any(drawing.is_example for drawing in drawings) else "")
    )
    report = _build_report(pages, query_count) if as_json else None
    print_file_report(changes, folder, description, report, check=False)
    print_message(f"Open {folder / 'index.html'}")


def _build_report(
    pages: "Iterable[tuple[str, DashboardDrawing]]", query_count: int
) -> dict[str, Any]:
    """The pages, and the panels without data with the reasons."""
    return {
        "queries": query_count,
        "dashboards": [
            {
                "page": name,
                "panels": len(drawing.panels),
                "title": drawing.title,
                "uid": drawing.view.uid,
                "without_data": [
                    {"problems": list(panel.problems), "title": panel.title}
                    for panel in drawing.panels
                    if not panel.has_data
                ],
            }
            for name, drawing in pages
        ],
    }


def _serve(
    draw: "Callable[[], list[DashboardDrawing]]",
    data_source: "ServerSource | ExampleSource",
    paths: Sequence[Path | None],
    port: int,
) -> int:
    """Show the pages until Ctrl-C."""
    import threading

    from tailboard.preview.pages.live_server import (
        LiveServer,
        LiveSite,
        follow_definitions,
        is_reportable,
        list_watched_files,
    )
    from tailboard.preview.pages.site import build_pages, build_shared_files, name_pages

    shared_files = build_shared_files()
    periods: list[float] = []

    def build() -> Mapping[str, bytes]:
        data_source.refresh()
        drawings = draw()
        periods[:] = [_read_refresh_period(drawing) for drawing in drawings]
        pages = build_pages(name_pages(drawings), is_served=True)
        return {**shared_files, **dict(pages)}

    def find_refresh_period() -> float:
        active_periods = [period for period in periods if period]
        return 0.0 if data_source.is_example else min(active_periods, default=0.0)

    site = LiveSite()
    with LiveServer(site, port) as server:
        try:
            site.replace_files(build())
        except Exception as error:
            if not is_reportable(error):
                raise
            print_message(str(error))
            empty_pages = build_pages([], is_served=True, problems=[str(error)])
            site.replace_files({**shared_files, **dict(empty_pages)})
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        print_message(f"Preview on {server.url} until Ctrl-C")
        definition_paths = [path for path in paths if path]
        try:
            follow_definitions(
                site,
                build,
                lambda: list_watched_files(definition_paths),
                find_refresh_period,
                print_message,
            )
        except KeyboardInterrupt:
            return 0
        finally:
            site.close()
            server.shutdown()
    return 0


def _read_refresh_period(drawing: "DashboardDrawing") -> float:
    """The seconds after which a dashboard asks for its data again; 0 where it does not."""
    from tailboard.panels.duration import is_duration, parse_duration

    text = str(drawing.view.json.get("refresh"))
    return max(parse_duration(text), MIN_REFRESH_SECONDS) if is_duration(text) else 0.0
