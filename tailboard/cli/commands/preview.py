"""`tailboard preview`: how dashboards look, without a Grafana."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tailboard.cli.drawings.options import (
    DataOptions,
    add_data_options,
    add_picture_options,
    add_view_options,
)
from tailboard.cli.options.common import CONVENTION_OPTION, FORCE_OPTION, JSON_OPTION
from tailboard.cli.options.metrics_options import ENVIRONMENT_HELP
from tailboard.cli.options.sources import find_sources
from tailboard.cli.reports.progress import BuildProgress
from tailboard.cli.reports.terminal import print_error
from tailboard.publish.errors import BrokenDefinitionsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tailboard.dashboards.document import Document
    from tailboard.definitions.source import Source
    from tailboard.preview.dashboard_drawing import DashboardDrawing, PreviewOptions
    from tailboard.preview.pages.site import PictureOptions

DEFAULT_PORT = 8900
SOME_FAILED = 4
"""The exit code where a server went away half way."""

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard preview orders.py --example --out dist/preview
"""


@click.command("preview", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@CONVENTION_OPTION
@add_data_options
@add_view_options
@click.option(
    "--out",
    "folder",  # not `out`: in the settings, that is the folder of a build
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dist/preview"),
    show_default=True,
    help="The folder to write to; not that of a build.",
)
@add_picture_options
@click.option("--serve", "is_served", is_flag=True, help="Show it on loopback, and follow changes.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="With --serve: where; 0 takes a free one.",
)
@FORCE_OPTION
@JSON_OPTION
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    data: DataOptions,
    view: "PreviewOptions",
    folder: Path,
    pictures: "PictureOptions",
    is_served: bool,
    port: int,
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
    data.validate()
    from tailboard.cli.drawings.files import write_drawings
    from tailboard.preview.dashboard_drawing import draw_dashboard
    from tailboard.preview.pages.site import require_packages

    require_packages()
    sources = list(find_sources(context, definitions, convention))
    with ExitStack() as stack:
        data_source = data.open_source(stack)

        def draw_dashboards() -> "list[DashboardDrawing]":
            documents = _build_documents(list(find_sources(context, definitions, convention)))
            return [draw_dashboard(document, data_source, view) for document in documents]

        if is_served:
            from tailboard.cli.drawings.server import ServedDrawings, serve_drawings

            paths = [source.path for source in sources if source.path]
            serve_drawings(ServedDrawings(draw_dashboards, data_source), paths, port)
            return 0
        drawings = draw_dashboards()
        write_drawings(
            drawings, folder, pictures, data_source.query_count, force=force, as_json=as_json
        )
        if data_source.stop_error:
            print_error(f"not all panels are drawn: {data_source.stop_error}")
            return SOME_FAILED
    return 0


def _build_documents(sources: "Sequence[Source]") -> "list[Document]":
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
