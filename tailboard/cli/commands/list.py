"""`tailboard list`: what a build would make, or all that can be explained."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tailboard.alerts import RuleSet
from tailboard.catalogue import ENTRY_LISTS, Entry, describe_entry
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.reports.terminal import Line, print_json_report, print_lines
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_fleet_dashboard
from tailboard.definitions import load
from tailboard.definitions.exceptions import collect_errors, convert_shape_errors
from tailboard.panels import Service
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.publish.errors import BrokenDefinitionsError

EXAMPLE = """\b
Example:
  tailboard list --kind conventions
"""


@click.command("list", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=Choice(list(ENTRY_LISTS)),
    help="Only this kind of thing.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(
    context: click.Context, definitions: tuple[Path, ...], kind: str | None, as_json: bool
) -> int:
    """List dashboards and rules, or all that can be explained.

    With definitions: the uids and titles of their dashboards, and their services' rules. What a
    broken one keeps away is reported on stderr, and the exit code is 2.
    """
    parameter_source = context.get_parameter_source("definitions")
    errors: list[DefinitionError] = []
    if definitions and parameter_source is not click.core.ParameterSource.DEFAULT_MAP:
        if kind:
            raise click.UsageError("--kind is for what can be explained; leave the definitions out")
        rows = list(_list_definitions(definitions, errors))
    else:
        kinds = [kind] if kind else list(ENTRY_LISTS)
        rows = [_build_entry_row(name, entry) for name in kinds for entry in ENTRY_LISTS[name]()]
    if as_json:
        print_json_report({"entries": rows})
    else:
        print_lines(_render_rows(rows))
    if errors:
        raise BrokenDefinitionsError(errors, "what is listed is the rest")
    return 0


def _list_definitions(
    paths: tuple[Path, ...], errors: list[DefinitionError]
) -> Iterator[dict[str, str]]:
    """What can be listed; each mistake is added to the errors."""
    fleet: list[Service] = []
    for path in load.find_definitions(paths):
        yield from _list_source(str(path), load.load_definition(path, fleet), errors)
    yield from _list_source("the fleet", build_fleet_dashboard(fleet), errors)


def _list_source(
    source: str, declarations: Iterator[Any], errors: list[DefinitionError]
) -> Iterator[dict[str, str]]:
    with collect_errors(errors):
        for declaration in declarations:
            build_row = (
                _build_rules_row if isinstance(declaration, RuleSet) else _build_dashboard_row
            )
            with collect_errors(errors):
                yield build_row(source, declaration)


def _build_dashboard_row(source: str, dashboard: Any) -> dict[str, str]:
    with locate_errors(source), convert_shape_errors(dashboard):
        dashboard_document = build_document(dashboard)
    return {
        "kind": source,
        "name": dashboard_document["uid"],
        "summary": dashboard_document["title"],
    }


def _build_rules_row(source: str, rules: RuleSet) -> dict[str, str]:
    alert_count, recording_count = len(rules.alerts), len(rules.rates) + len(rules.ratios)
    summary_text = (
        f"{alert_count} alert rules and {recording_count} recording rules of {rules.service.name}"
    )
    return {"kind": source, "name": f"{rules.slug}.rules", "summary": summary_text}


def _build_entry_row(kind: str, entry: Entry) -> dict[str, str]:
    return {"kind": kind, "name": entry.name, "summary": describe_entry(entry)}


def _render_rows(rows: list[dict[str, str]]) -> Iterator[str | Line]:
    width = max((len(row["name"]) for row in rows), default=0)
    heading = ""
    for row in rows:
        if row["kind"] != heading:
            if heading:
                yield ""
            yield Line("", label=row["kind"], is_bold=True)
            heading = row["kind"]
        yield f"  {row['name']:<{width}}  {row['summary']}"
