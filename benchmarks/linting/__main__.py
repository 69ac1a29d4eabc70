"""`python -m benchmarks.linting`: this measurement alone."""

import json
from dataclasses import asdict

import click

from benchmarks.aligned import aligned
from benchmarks.linting.measurement import DASHBOARDS, measure
from benchmarks.linting.report import report
from benchmarks.linting.targets import targets
from benchmarks.options import JSON, SOME
from benchmarks.target import rows
from benchmarks.tell import tell


@click.command()
@click.option("--dashboards", type=SOME, default=DASHBOARDS, show_default=True, help="How many.")
@click.option("--repeats", type=SOME, default=5, show_default=True, help="How often.")
@JSON
def main(dashboards: int, repeats: int, as_json: bool) -> None:
    """Measure what lint costs beside build.

    \b
    Example:
      python -m benchmarks.linting --repeats 3
    """
    linting = measure(dashboards, repeats, tell)
    promised = list(targets(linting))
    if as_json:
        shown = [{**asdict(it), "met": it.met} for it in promised]
        click.echo(json.dumps({"linting": asdict(linting), "targets": shown}, indent=2))
    else:
        click.echo(f"{report(linting)}\n\n{aligned(list(rows(promised)))}")


if __name__ == "__main__":
    main()
