"""One measurement as a command of its own: `python -m benchmarks.NAME`."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import click

from benchmarks.aligned import aligned
from benchmarks.options import JSON
from benchmarks.target import Target, rows
from benchmarks.tell import tell

Found = TypeVar("Found")
Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def alone(
    name: str,
    page: str,
    options: Sequence[Option],
    measure: Callable[..., Found],
    report: Callable[[Found], str],
    targets: Callable[[Found], Iterable[Target]],
    plain: Callable[[Any], Any] = asdict,
) -> click.Command:
    """The command that measures, and prints a table or JSON.

    `measure` takes what the options say by their names, and how to tell what goes on; it returns
    None where nothing could be measured. `plain` is what a program reads of the rest.
    """

    def run(*, as_json: bool, **numbers: int) -> None:
        found = measure(**numbers, tell=tell)
        promised = list(targets(found))
        if as_json:
            known = None if found is None else plain(found)
            click.echo(
                json.dumps({name: known, "targets": [it.json() for it in promised]}, indent=2)
            )
        else:
            table = [aligned(list(rows(promised)))] if promised else []
            click.echo("\n\n".join([report(found), *table]))

    main: Any = run
    for option in (JSON, *reversed(options)):
        main = option(main)
    return click.command(name, help=page)(main)
