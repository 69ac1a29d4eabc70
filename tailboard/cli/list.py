"""`tailboard list`: what a build would make, or all that can be explained."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tailboard.alerts import RuleSet
from tailboard.catalogue import CATALOGUE, Entry, summary
from tailboard.cli.choice import Choice
from tailboard.dashboards import document
from tailboard.dashboards.library import of_fleet
from tailboard.definitions import definition
from tailboard.definitions.mistakes import noted, shaped
from tailboard.panels import Service
from tailboard.panels.definition_error import DefinitionError, inside
from tailboard.publish.errors import BrokenDefinitionsError

EXAMPLE = """\b
Example:
  tailboard list --kind conventions
"""


@click.command("list", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=Choice(list(CATALOGUE)),
    help="Only this kind of thing.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(
    context: click.Context, definitions: tuple[Path, ...], kind: str | None, as_json: bool
) -> int:
    """List dashboards and rules, or all that can be explained.

    With definitions: the uids and titles of their dashboards, and their services' rules. What a
    broken one keeps away is told on stderr, and the exit code is 2.
    """
    given = context.get_parameter_source("definitions")
    errors: list[DefinitionError] = []
    if definitions and given is not click.core.ParameterSource.DEFAULT_MAP:
        if kind:
            raise click.UsageError("--kind is for what can be explained; leave the definitions out")
        rows = list(_of_definitions(definitions, errors))
    else:
        kinds = [kind] if kind else list(CATALOGUE)
        rows = [_of_entry(name, entry) for name in kinds for entry in CATALOGUE[name]()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        _print(rows)
    if errors:
        raise BrokenDefinitionsError(errors, "what is listed is the rest")
    return 0


def _of_definitions(
    paths: tuple[Path, ...], errors: list[DefinitionError]
) -> Iterator[dict[str, str]]:
    """What can be listed; each mistake is added to the errors."""
    fleet: list[Service] = []
    for path in definition.find(paths):
        yield from _of_source(str(path), definition.declared(path, fleet), errors)
    yield from _of_source("the fleet", of_fleet(fleet), errors)


def _of_source(
    source: str, found: Iterator[Any], errors: list[DefinitionError]
) -> Iterator[dict[str, str]]:
    with noted(errors):
        for one in found:
            of_kind = _of_rules if isinstance(one, RuleSet) else _of_dashboard
            with noted(errors):
                yield of_kind(source, one)


def _of_dashboard(source: str, dashboard: Any) -> dict[str, str]:
    with inside(source), shaped(dashboard):
        made = document(dashboard)
    return {"kind": source, "name": made["uid"], "summary": made["title"]}


def _of_rules(source: str, rules: RuleSet) -> dict[str, str]:
    alerts, recorded = len(rules.alerts), len(rules.rates) + len(rules.ratios)
    says = f"{alerts} alert rules and {recorded} recording rules of {rules.service.name}"
    return {"kind": source, "name": f"{rules.slug}.rules", "summary": says}


def _of_entry(kind: str, entry: Entry) -> dict[str, str]:
    return {"kind": kind, "name": entry.name, "summary": summary(entry)}


def _print(rows: list[dict[str, str]]) -> None:
    width = max((len(row["name"]) for row in rows), default=0)
    heading = ""
    for row in rows:
        if row["kind"] != heading:
            click.secho(f"{chr(10) if heading else ''}{row['kind']}", bold=True)
            heading = row["kind"]
        click.echo(f"  {row['name']:<{width}}  {row['summary']}")
