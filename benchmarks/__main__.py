"""`python -m benchmarks`: measure, and print a table or JSON."""

import json
from datetime import UTC, datetime

import click

from benchmarks.alerting.measurement import measure_alerting
from benchmarks.checking import measurement as checking
from benchmarks.harness.options import INSTANCES, JSON, POSITIVE_COUNT, ROUNDS
from benchmarks.harness.progress import report_progress
from benchmarks.linting import measurement as linting
from benchmarks.loading.measurement import measure_loading
from benchmarks.planning import measurement as planning
from benchmarks.previewing import measurement as previewing
from benchmarks.publishing import measurement as publishing
from benchmarks.querying import measurement as querying
from benchmarks.report import render_markdown, render_report
from benchmarks.results import Results
from benchmarks.side_by_side.measurement import DEFINITIONS, measure_side_by_side
from benchmarks.start_up.measurement import measure_start_up
from benchmarks.targets import list_targets
from benchmarks.writing.measurement import measure_writing

DASHBOARDS = (200, 1000)


@click.command()
@click.option(
    "--dashboards",
    type=POSITIVE_COUNT,
    multiple=True,
    default=DASHBOARDS,
    show_default=True,
    help="How many everybody writes; may be given several times.",
)
@click.option(
    "--repeats",
    type=POSITIVE_COUNT,
    default=5,
    show_default=True,
    help="How often all of it is run.",
)
@click.option(
    "--starts",
    type=POSITIVE_COUNT,
    default=21,
    show_default=True,
    help="How often programs are started.",
)
@INSTANCES
@ROUNDS
@JSON
@click.option("--markdown", is_flag=True, help="As the page BENCHMARKS.md.")
def main(
    dashboards: tuple[int, ...],
    repeats: int,
    starts: int,
    instances: int,
    rounds: int,
    *,
    as_json: bool,
    markdown: bool,
) -> None:
    """Measure what tailboard costs beside its peers, and recorded rates beside raw series.

    \b
    Example:
      python -m benchmarks --repeats 3
    """
    counts = tuple(sorted(dashboards))
    results = Results(
        counts,
        measure_writing(counts, repeats, report_progress),
        measure_start_up(starts, report_progress),
        measure_side_by_side(DEFINITIONS, repeats, report_progress),
        linting.measure_linting(linting.DASHBOARDS, repeats, report_progress),
        checking.measure_checking(checking.SERIES, repeats, report_progress),
        planning.measure_planning(planning.DASHBOARDS, repeats, report_progress),
        querying.measure_querying(querying.SERVICES, report_progress),
        publishing.measure_publishing(publishing.DASHBOARDS, repeats, report_progress),
        measure_loading(instances, rounds, report_progress),
        measure_alerting(rounds, report_progress),
        previewing.measure_previewing(previewing.INSTANCES, rounds, report_progress),
    )
    if as_json:
        promised = [target.to_json() for target in list_targets(results)]
        click.echo(json.dumps({**results.to_json(), "targets": promised}, indent=2))
    elif markdown:
        click.echo(render_markdown(results, datetime.now(UTC).date().isoformat()))
    else:
        click.echo(render_report(results))


if __name__ == "__main__":
    main()
