"""`tailboard plan`: what publishing would change in Grafana."""

import sys
from pathlib import Path

import click

from tailboard.cli.grafana_options import (
    ENVIRONMENT_HELP,
    add_definition_options,
    add_grafana_options,
    read_definitions,
)
from tailboard.cli.plan_report import (
    build_plan_json,
    render_plan_advice,
    render_plan_markdown,
    render_plan_summary,
    render_plan_text,
)
from tailboard.cli.progress import StepProgress
from tailboard.cli.terminal import print_json_report, print_lines, print_message
from tailboard.publish.grafana.api import RefusedError
from tailboard.publish.grafana.data_sources import check_data_sources
from tailboard.publish.grafana.desired import Desired
from tailboard.publish.grafana.plan import plan_publish
from tailboard.publish.grafana.plan_items import Plan
from tailboard.publish.grafana.plan_selection import strip_empty_folders
from tailboard.publish.grafana.schema_choice import SchemaChoice
from tailboard.publish.grafana.server import Grafana

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard plan orders.py --folder Shop/Orders --exit-code
"""


@click.command("plan", epilog=EXAMPLE)
@add_definition_options
@add_grafana_options
@click.option("--json", "report", flag_value="json", help="Every item, as JSON.")
@click.option("--markdown", "report", flag_value="markdown", help="For a pull request's comment.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything is not as declared.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    grafana_folder: str,
    schema: str,
    owner: str,
    scrape_interval: str,
    data_source_check: bool,
    report: str | None,
    exit_code: bool,
    grafana: Grafana,
) -> int:
    """Show what publishing would change in Grafana.

    Changes nothing. Every dashboard and folder is one of: create, update, move, unchanged,
    hand-edited (since it was published), foreign (not published by us), orphan (published before,
    declared no more), blocked (by files on Grafana's disk, Git Sync or another manager, or as the
    credentials may not read it).
    """
    desired = read_definitions(
        context,
        definitions,
        convention,
        owner=owner,
        folder=grafana_folder,
        schema=SchemaChoice(schema, lambda: grafana.api.schema_versions),
    )
    if data_source_check:
        _print_data_source_notes(grafana, desired, scrape_interval)
    with StepProgress("Comparing", len(desired.dashboards), sys.stderr) as progress:
        plan = strip_empty_folders(
            plan_publish(grafana.api, desired.dashboards, desired.folders, owner, progress.advance)
        )
    if report == "json":
        print_json_report(
            build_plan_json(plan.items, grafana.address, grafana.api.name), sort_keys=True
        )
    elif report == "markdown":
        print_lines(render_plan_markdown(plan.items, grafana.address))
    else:
        _print_plan(plan)
    print_message(f"{grafana.address}: {render_plan_summary(plan.items)}")
    return int(exit_code and plan.has_changes)


def _print_plan(plan: Plan) -> None:
    print_lines(render_plan_text(plan.items))
    for tip in render_plan_advice(plan.items):
        print_message(f"Tip: {tip}")


def _print_data_source_notes(grafana: Grafana, desired: Desired, scrape_interval: str) -> None:
    """Print what publishing would refuse or warn of."""
    try:
        notes = check_data_sources(grafana.connection, desired.documents, scrape_interval)
    except RefusedError as error:
        notes = [error.problem]
    for note in notes:
        print_message(f"Note: {note}")
