"""The options that say which data is drawn, of which time, and as which pictures."""

import functools
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tailboard.cli.options.groups import Command, add_options
from tailboard.cli.options.metrics_options import MetricsSource
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.options.prometheus_options import (
    CONCURRENCY_OPTION,
    SCRAPE_INTERVAL_OPTION,
    TIMEOUT_OPTION,
)
from tailboard.cli.reports.progress import StepProgress
from tailboard.preview.colors import THEMES

if TYPE_CHECKING:
    from tailboard.preview.data.example_source import ExampleSource
    from tailboard.preview.data.server_source import ServerSource


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


DATA_OPTIONS = (
    click.option(
        "--prometheus",
        metavar="URL",
        envvar="PROMETHEUS_URL",
        show_envvar=True,
        help="Draw the data of a Prometheus, Mimir or Thanos.",
    ),
    click.option("--example", "is_example", is_flag=True, help="Draw values that are made up."),
    CONCURRENCY_OPTION,
    SCRAPE_INTERVAL_OPTION,
    TIMEOUT_OPTION,
    click.option("--allow-http", is_flag=True, help="Send credentials unencrypted, too."),
)
VIEW_OPTIONS = (
    click.option("--from", "start", metavar="TIME", help="now-6h, now/d, or ISO 8601."),
    click.option("--to", "end", metavar="TIME", help="The same; without, the dashboard's range."),
    click.option(
        "--var",
        "variables",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_parse_variables,
        help="The value of a variable; may be repeated.",
    ),
)
PICTURE_OPTIONS = (
    click.option("--png", is_flag=True, help="Also a picture of each dashboard."),
    click.option("--svg", is_flag=True, help="The same, to scale at will."),
    click.option("--panel", metavar="TITLE", help="With --png or --svg: of this panel alone."),
    click.option(
        "--theme",
        type=Choice(list(THEMES)),
        default="light",
        show_default=True,
        help="The colours of pictures; a page has both.",
    ),
    click.option(
        "--scale",
        type=click.FloatRange(0.2, 4),
        default=1.0,
        show_default=True,
        help="How large a PNG is.",
    ),
)


@dataclass(frozen=True)
class DataOptions:
    """Where the data of drawings is from: a server, or values that are made up."""

    server: MetricsSource
    is_example: bool
    concurrency: int
    scrape_interval: str

    def validate(self) -> None:
        """Raise a usage error where neither is named."""
        if not self.is_example and not self.server.prometheus:
            raise click.UsageError(
                "no data to draw. Name a server: --prometheus URL, or let values be made up: "
                "--example."
            )

    def open_source(self, stack: ExitStack) -> "ServerSource | ExampleSource":
        """The source of data; what it holds open, and its progress, end with the stack."""
        return self._build_example_source() if self.is_example else self._connect_server(stack)

    def _build_example_source(self) -> "ExampleSource":
        from tailboard.panels.duration import parse_duration
        from tailboard.preview.data.example_source import ExampleSource
        from tailboard.prometheus.variables.intervals import Intervals

        interval = self.scrape_interval
        return ExampleSource(Intervals(parse_duration(interval)) if interval else None)

    def _connect_server(self, stack: ExitStack) -> "ServerSource":
        from tailboard.preview.data.server_source import ServerSource
        from tailboard.prometheus.variables.intervals import read_intervals

        server = stack.enter_context(self.server.connect(self.concurrency))

        def start_progress(description: str, count: int) -> Callable[[], None]:
            import sys

            return stack.enter_context(StepProgress(description, count, sys.stderr)).advance

        return ServerSource(
            server,
            read_intervals(server, self.scrape_interval),
            concurrency=self.concurrency,
            start_progress=start_progress,
        )


def add_data_options(command: Command) -> Command:
    """Give a command the options of the data that is drawn, and what they mean."""

    @functools.wraps(command)
    def run_with_data(
        *arguments: Any,
        prometheus: str | None,
        is_example: bool,
        concurrency: int,
        scrape_interval: str | None,
        timeout: float,
        allow_http: bool,
        **options: Any,
    ) -> Any:
        server = MetricsSource((), (), prometheus or "", timeout, allow_http)
        data = DataOptions(server, is_example, concurrency, scrape_interval or "")
        return command(*arguments, data=data, **options)

    return add_options(DATA_OPTIONS, run_with_data)


def add_view_options(command: Command) -> Command:
    """Give a command the options of the time and the variables, and what they mean."""

    @functools.wraps(command)
    def run_with_view(
        *arguments: Any,
        start: str | None,
        end: str | None,
        variables: Mapping[str, tuple[str, ...]],
        **options: Any,
    ) -> Any:
        from tailboard.preview.dashboard_drawing import PreviewOptions

        view = PreviewOptions(start or "", end or "", variables)
        return command(*arguments, view=view, **options)

    return add_options(VIEW_OPTIONS, run_with_view)


def add_picture_options(command: Command) -> Command:
    """Give a command the options of pictures, and what they mean."""

    @functools.wraps(command)
    def run_with_pictures(
        *arguments: Any,
        png: bool,
        svg: bool,
        panel: str | None,
        theme: Any,
        scale: float,
        **options: Any,
    ) -> Any:
        if panel and not (png or svg):
            raise click.UsageError("--panel makes a picture of one panel. Add --png or --svg.")
        from tailboard.preview.pages.site import PictureOptions

        suffixes = tuple(name for name, is_chosen in (("svg", svg), ("png", png)) if is_chosen)
        pictures = PictureOptions(suffixes, panel or "", theme, scale)
        return command(*arguments, pictures=pictures, **options)

    return add_options(PICTURE_OPTIONS, run_with_pictures)
