"""`python -m benchmarks`: measure, and print a table or JSON."""

import json

import click

from benchmarks import start_up, writing
from benchmarks.checking import measurement as checking
from benchmarks.linting import measurement as linting
from benchmarks.loading.measurement import measured
from benchmarks.options import INSTANCES, JSON, ROUNDS, SOME
from benchmarks.publishing import measurement as publishing
from benchmarks.report import report
from benchmarks.results import Results
from benchmarks.targets import targets
from benchmarks.tell import tell

MANY = click.IntRange(min=10)


@click.command()
@click.option(
    "--dashboards", type=MANY, default=500, show_default=True, help="How many everybody writes."
)
@click.option(
    "--repeats", type=SOME, default=5, show_default=True, help="How often all of it is run."
)
@click.option(
    "--starts", type=SOME, default=21, show_default=True, help="How often programs are started."
)
@INSTANCES
@ROUNDS
@JSON
def main(
    dashboards: int, repeats: int, starts: int, instances: int, rounds: int, as_json: bool
) -> None:
    """Measure what tailboard costs beside its peers, and recorded rates beside raw series.

    \b
    Example:
      python -m benchmarks --repeats 3
    """
    results = Results(
        dashboards,
        writing.measure(dashboards, repeats, tell),
        start_up.measure(starts, tell),
        linting.measure(linting.DASHBOARDS, repeats, tell),
        checking.measure(checking.SERIES, repeats, tell),
        publishing.measure(publishing.DASHBOARDS, repeats, tell),
        measured(instances, rounds, tell),
    )
    if as_json:
        promised = [it.json() for it in targets(results)]
        click.echo(json.dumps({**results.json(), "targets": promised}, indent=2))
    else:
        click.echo(report(results))


if __name__ == "__main__":
    main()
