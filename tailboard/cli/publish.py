"""`tailboard publish`: what definitions declare becomes what Grafana holds."""

import json
import sys
from pathlib import Path

import click

from tailboard.cli.carrying_out import carried_out
from tailboard.cli.choice import Choice
from tailboard.cli.connecting import STATE, VARIABLES, connecting, declaring, read
from tailboard.cli.options import AS_JSON
from tailboard.cli.outcome_report import as_plain
from tailboard.cli.progress import Steps
from tailboard.cli.terminal import tell
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.allowed import Allowed, may
from tailboard.publish.grafana.commit import message_of
from tailboard.publish.grafana.data_sources import data_source_notes
from tailboard.publish.grafana.item import Plan, State
from tailboard.publish.grafana.managers import DEFAULT_OWNER
from tailboard.publish.grafana.outcome import exit_code
from tailboard.publish.grafana.planning import planned
from tailboard.publish.grafana.run import Runs, new_run, noted
from tailboard.publish.grafana.server import Grafana

MOST_DELETED = 10

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard publish orders.py --folder Shop/Orders
"""


@click.command("publish", epilog=EXAMPLE)
@declaring
@connecting
@STATE
@click.option("--message", help="What the versions say; by default the git commit.")
@click.option("--force", is_flag=True, help="Overwrite what was edited by hand.")
@click.option("--adopt", is_flag=True, help="Take over dashboards that we did not publish.")
@click.option("--prune", is_flag=True, help="Delete what we published and is declared no more.")
@click.option(
    "--max-delete",
    type=click.IntRange(0),
    default=MOST_DELETED,
    show_default=True,
    help="Delete nothing if --prune would delete more dashboards.",
)
@click.option(
    "--on-error",
    type=Choice(["continue", "abort"]),
    default="continue",
    show_default=True,
    help="What to do with the rest once something failed.",
)
@AS_JSON
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    grafana_folder: str,
    owner: str,
    grafana: Grafana,
    state: Path,
    message: str | None,
    force: bool,
    adopt: bool,
    prune: bool,
    max_delete: int,
    on_error: str,
    scrape_interval: str,
    data_source_check: bool,
    as_json: bool,
) -> int:
    """Create and update dashboards in Grafana as they are declared.

    Their folders are created too. What was edited by hand, and what is not ours, stays as it is
    and is shown, unless --force or --adopt. Exits 4 if some dashboards could not be published, 1
    if none could.
    """
    if prune and owner == DEFAULT_OWNER:
        raise click.UsageError(
            "whose dashboards may --prune delete? Say --owner NAME, or owner in the settings: "
            "those of other repositories would look like orphans."
        )
    run = new_run()
    said = noted(message or message_of(Path.cwd()), run)
    found = read(context, definitions, convention, owner=owner, folder=grafana_folder, message=said)
    if data_source_check:
        for note in data_source_notes(grafana.connection, found.documents, scrape_interval):
            tell(f"Note: {note}")
    with Steps("Comparing", len(found.dashboards), sys.stderr) as steps:
        plan = planned(grafana.api, found.dashboards, found.folders, owner, steps.step)
    allowed = Allowed(force, adopt, prune)
    _check_deletions(plan, allowed, max_delete)
    outcomes = carried_out(
        plan, grafana, allowed, Runs(state), run, owner, abort=on_error == "abort", quiet=as_json
    )
    if as_json:
        click.echo(json.dumps(as_plain(outcomes, run, grafana.address), indent=2, sort_keys=True))
    return exit_code(outcomes)


def _check_deletions(plan: Plan, allowed: Allowed, most: int) -> None:
    """Refuse to delete more than was meant: a wrong path makes everything an orphan."""
    orphans = [it for it in plan.dashboards if it.state is State.ORPHAN and may(it, allowed)]
    if len(orphans) > most:
        titles = ", ".join(repr(it.title) for it in orphans[:3])
        raise TailboardError(
            f"--prune would delete {len(orphans)} dashboards, more than {most}: {titles}, ...; "
            "nothing was changed",
            tip="look whether all definitions are named; if it is meant, raise --max-delete.",
        )
