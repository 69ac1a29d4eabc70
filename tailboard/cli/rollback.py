"""`tailboard rollback`: what a publish touched, as it was before."""

import json
from pathlib import Path

import click

from tailboard.cli.carrying_out import carried_out
from tailboard.cli.connecting import STATE, VARIABLES, connecting
from tailboard.cli.options import AS_JSON
from tailboard.cli.outcome_report import WOULD, as_plain, line, problems, summary
from tailboard.cli.terminal import complain, tell
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.allowed import Allowed
from tailboard.publish.grafana.applying import Run
from tailboard.publish.grafana.item import Plan
from tailboard.publish.grafana.outcome import PARTLY, Result, exit_code
from tailboard.publish.grafana.rehearsal import Rehearsal
from tailboard.publish.grafana.rollback import from_history, undoing
from tailboard.publish.grafana.run import Runs, checked_run, new_run, noted
from tailboard.publish.grafana.server import Grafana

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard rollback 20261120-184800-3fa2c1
"""


@click.command("rollback", epilog=EXAMPLE)
@click.argument("run")
@connecting
@STATE
@click.option("--force", is_flag=True, help="Also undo what was edited by hand since.")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be done and what left, and do nothing."
)
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

    Exits 4 if some of it was not undone, 1 if none was. With --dry-run, exits 1 if anything would
    be left as it is, such as what was edited since or a folder that something stays in.
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
    allowed = Allowed(force=force, prune=True)
    if dry_run:
        return int(_rehearsed(plan, grafana, allowed, as_json=as_json) or bool(report.lost))
    outcomes = carried_out(plan, grafana, allowed, runs, undo, report.owner, quiet=as_json)
    if as_json:
        click.echo(json.dumps(as_plain(outcomes, undo, grafana.address), indent=2, sort_keys=True))
    return exit_code(outcomes) or (PARTLY if report.lost else 0)


def _rehearsed(plan: Plan, grafana: Grafana, allowed: Allowed, *, as_json: bool) -> bool:
    """Show what the rollback would do, and do nothing; whether it would leave anything."""
    outcomes = Run(Rehearsal(grafana.api), allowed, lambda _: None)(plan)
    if as_json:
        plain = as_plain(outcomes, "", grafana.address, WOULD)
        click.echo(json.dumps(plain, indent=2, sort_keys=True))
    for said in (line(it, WOULD) for it in outcomes if not as_json):
        if said:
            click.echo(said)
    for problem in problems(outcomes):
        complain(problem)
    results = {it.result for it in outcomes}
    if results <= {Result.UNCHANGED}:
        tell("nothing is left to undo")
    else:
        tell(f"{grafana.address}: nothing changed; would be: {summary(outcomes)}")
    return not results <= {Result.DONE, Result.UNCHANGED}
