"""`python -m benchmarks.checking`: this measurement alone."""

import json
from dataclasses import asdict

import click

from benchmarks.aligned import aligned
from benchmarks.checking.measurement import SERIES, measure
from benchmarks.checking.report import report
from benchmarks.checking.targets import targets
from benchmarks.options import JSON, SOME
from benchmarks.target import rows
from benchmarks.tell import tell


@click.command()
@click.option("--series", type=SOME, default=SERIES, show_default=True, help="How many.")
@click.option("--repeats", type=SOME, default=5, show_default=True, help="How often.")
@JSON
def main(series: int, repeats: int, as_json: bool) -> None:
    """Measure what check costs beside the parser of prometheus-client.

    \b
    Example:
      python -m benchmarks.checking --repeats 3
    """
    checking = measure(series, repeats, tell)
    promised = list(targets(checking))
    if as_json:
        shown = [{**asdict(it), "met": it.met} for it in promised]
        click.echo(json.dumps({"checking": asdict(checking), "targets": shown}, indent=2))
    else:
        click.echo(f"{report(checking)}\n\n{aligned(list(rows(promised)))}")


if __name__ == "__main__":
    main()
