"""`tailboard plan`: what publishing would change in Grafana."""

import sys
from pathlib import Path

import click

from tailboard.cli.connecting import VARIABLES, connecting, declaring, read
from tailboard.cli.plan_report import advice, as_json, markdown, summary, text
from tailboard.cli.progress import Steps
from tailboard.cli.terminal import tell
from tailboard.publish.grafana.api import RefusedError
from tailboard.publish.grafana.data_sources import data_source_notes
from tailboard.publish.grafana.declared import Declared
from tailboard.publish.grafana.item import Plan
from tailboard.publish.grafana.planning import planned
from tailboard.publish.grafana.server import Grafana

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard plan orders.py --folder Shop/Orders --exit-code
"""


@click.command("plan", epilog=EXAMPLE)
@declaring
@connecting
@click.option("--json", "report", flag_value="json", help="Every item, as JSON.")
@click.option("--markdown", "report", flag_value="markdown", help="For a pull request's comment.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything is not as declared.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    grafana_folder: str,
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
    found = read(context, definitions, convention, owner=owner, folder=grafana_folder)
    if data_source_check:
        _tell_of_data_sources(grafana, found, scrape_interval)
    with Steps("Comparing", len(found.dashboards), sys.stderr) as steps:
        plan = planned(grafana.api, found.dashboards, found.folders, owner, steps.step)
    if report == "json":
        click.echo(as_json(plan, grafana.address, grafana.api.name))
    elif report == "markdown":
        click.echo(markdown(plan, grafana.address))
    else:
        _show(plan)
    tell(f"{grafana.address}: {summary(plan.items)}")
    return int(exit_code and plan.differs)


def _show(plan: Plan) -> None:
    if said := text(plan):
        click.echo(said)
    for tip in advice(plan):
        tell(f"Tip: {tip}")


def _tell_of_data_sources(grafana: Grafana, found: Declared, scrape_interval: str) -> None:
    """What publishing would refuse or warn of; a plan only tells."""
    try:
        notes = data_source_notes(grafana.connection, found.documents, scrape_interval)
    except RefusedError as error:
        notes = [error.problem]
    for note in notes:
        tell(f"Note: {note}")
