"""How a Prometheus is queried: options of the commands that do."""

import click

from tailboard.cli.options.parameter_types import validate_duration


def _validate_interval(
    context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    return validate_duration(context, option, value) if value else None


CONCURRENCY_OPTION = click.option(
    "--concurrency",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="How many queries the server is asked at once.",
)
SCRAPE_INTERVAL_OPTION = click.option(
    "--scrape-interval",
    metavar="DURATION",
    callback=_validate_interval,
    help="What Grafana's data source says; else what the server has.",
)
TIMEOUT_OPTION = click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=10.0,
    show_default=True,
    help="Seconds that a query may take; longer is too slow.",
)
