"""`tailboard rollback`: what a publish touched, as it was before."""

import json
from pathlib import Path

import click

from publish.cli.carrying_out import carried_out
from publish.cli.connecting import STATE, VARIABLES, connecting
from publish.cli.options import AS_JSON
from publish.cli.outcome_report import as_plain
from publish.cli.plan_report import lines, told
from publish.cli.terminal import complain, tell
from publish.errors import TailboardError
from publish.grafana.allowed import Allowed
from publish.grafana.item import State
from publish.grafana.outcome import PARTLY, exit_code
from publish.grafana.rollback import from_history, undoing
from publish.grafana.run import Runs, checked_run, new_run, noted
from publish.grafana.server import Grafana

WOULD = {State.ORPHAN: "delete", State.HAND_EDITED: "stop", State.FOREIGN: "stop"}
"""What a rollback would do, where that is not what a plan calls it."""

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard rollback 20261120-184800-3fa2c1
"""


@click.command("rollback", epilog=EXAMPLE)
@click.argument("run")
@connecting
@STATE
@click.option("--force", is_flag=True, help="Also undo what was edited by hand since.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@AS_JSON
def command(
    run: str,
    grafana: Grafana,
    owner: str,
    state: Path,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Put what a publish touched back to what it was before.

    RUN is the name that the publish printed. What it touched is read from the state folder; where
    that does not know the run, from the versions that Grafana keeps, which do not know what was
    deleted. A rollback is a run itself, and can be undone.
    """
    runs = Runs(state)
    report = runs.report(checked_run(run))
    if report is None:
        tell(f"Note: {state} does not know this run; asking Grafana's history.")
        report = from_history(grafana.api, run, grafana.address, owner)
    elif report.server != grafana.address:
        raise TailboardError(
            f"the run {run} published to {report.server}, not to {grafana.address}",
            tip="name the same Grafana.",
        )
    for title in report.lost:
        complain(f"{title!r}: Grafana keeps no more what was there before that run")
    if not report.dashboards and not report.folders:
        raise TailboardError(
            f"nothing is known of a run {run} of {owner!r}",
            tip="look at its name, and at --owner and --state; Grafana keeps 20 versions.",
        )
    undo = new_run()
    plan = undoing(grafana.api, report, noted(f"rollback of {run}", undo))
    if dry_run:
        for item in told(plan):
            click.echo("\n".join(lines(item, WOULD.get(item.state, ""))))
        tell("nothing is left to undo" if not told(plan) else f"{grafana.address}: nothing changed")
        return 0
    allowed = Allowed(force=force, prune=True)
    outcomes = carried_out(plan, grafana, allowed, runs, undo, report.owner, quiet=as_json)
    if as_json:
        click.echo(json.dumps(as_plain(outcomes, undo, grafana.address), indent=2, sort_keys=True))
    return exit_code(outcomes) or (PARTLY if report.lost else 0)
