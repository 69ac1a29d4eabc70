"""One measurement as a command of its own: `python -m benchmarks.NAME`."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import click

from benchmarks.harness.cost_target import CostTarget, list_rows
from benchmarks.harness.options import JSON
from benchmarks.harness.progress import report_progress
from benchmarks.harness.text_table import format_table

Measurement = TypeVar("Measurement")
Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def build_command(
    name: str,
    page: str,
    options: Sequence[Option],
    measure: Callable[..., Measurement],
    report: Callable[[Measurement], str],
    targets: Callable[[Measurement], Iterable[CostTarget]],
    plain: Callable[[Any], Any] = asdict,
) -> click.Command:
    """The command that measures, and prints a table or JSON.

    `measure` takes the values of the options by name, and a function that reports progress; it
    returns None if nothing could be measured. `plain` converts a measurement to JSON values.
    """

    def run(*, as_json: bool, **numbers: int) -> None:
        measurement = measure(**numbers, report_progress=report_progress)
        promised = list(targets(measurement))
        if as_json:
            content = None if measurement is None else plain(measurement)
            click.echo(
                json.dumps(
                    {name: content, "targets": [target.to_json() for target in promised]}, indent=2
                )
            )
        else:
            table = [format_table(list(list_rows(promised)))] if promised else []
            click.echo("\n\n".join([report(measurement), *table]))

    main: Any = run
    for option in (JSON, *reversed(options)):
        main = option(main)
    return click.command(name, help=page)(main)
