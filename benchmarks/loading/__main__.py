"""`python -m benchmarks.loading`: this measurement alone."""

import json
from dataclasses import asdict

import click

from benchmarks.aligned import aligned
from benchmarks.loading.measurement import measured
from benchmarks.loading.report import report
from benchmarks.loading.targets import targets
from benchmarks.options import INSTANCES, JSON, ROUNDS
from benchmarks.target import rows
from benchmarks.tell import tell


@click.command()
@INSTANCES
@ROUNDS
@JSON
def main(instances: int, rounds: int, as_json: bool) -> None:
    """Measure what loading a dashboard costs from recorded rates beside raw series.

    \b
    Example:
      python -m benchmarks.loading --instances 7
    """
    loading = measured(instances, rounds, tell)
    promised = list(targets(loading))
    if as_json:
        found = loading.json() if loading else None
        shown = [{**asdict(it), "met": it.met} for it in promised]
        click.echo(json.dumps({"loading": found, "targets": shown}, indent=2))
    else:
        click.echo(report(loading))
        if promised:
            click.echo(f"\n{aligned(list(rows(promised)))}")


if __name__ == "__main__":
    main()
