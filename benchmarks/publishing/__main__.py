"""`python -m benchmarks.publishing`: this measurement alone."""

import json
from dataclasses import asdict

import click

from benchmarks.aligned import aligned
from benchmarks.options import JSON, SOME
from benchmarks.publishing.measurement import DASHBOARDS, measure
from benchmarks.publishing.report import report
from benchmarks.publishing.targets import targets
from benchmarks.target import rows
from benchmarks.tell import tell


@click.command()
@click.option("--dashboards", type=SOME, default=DASHBOARDS, show_default=True, help="How many.")
@click.option("--repeats", type=SOME, default=3, show_default=True, help="How often unchanged.")
@JSON
def main(dashboards: int, repeats: int, as_json: bool) -> None:
    """Measure what publishing costs beside a loop of posts. Needs `grafana` on the PATH.

    \b
    Example:
      python -m benchmarks.publishing --dashboards 100
    """
    publishing = measure(dashboards, repeats, tell)
    promised = list(targets(publishing))
    if as_json:
        shown = [{**asdict(it), "met": it.met} for it in promised]
        measured = asdict(publishing) if publishing else None
        click.echo(json.dumps({"publishing": measured, "targets": shown}, indent=2))
    else:
        click.echo(f"{report(publishing)}\n\n{aligned(list(rows(promised)))}")


if __name__ == "__main__":
    main()
