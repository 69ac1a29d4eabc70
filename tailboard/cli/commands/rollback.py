"""`tailboard rollback`: undo a publish."""

from pathlib import Path

import click

from tailboard.cli.apply import apply_plan
from tailboard.cli.grafana_options import ENVIRONMENT_HELP, STATE_OPTION, add_grafana_options
from tailboard.cli.options import JSON_OPTION
from tailboard.cli.outcome_report import (
    REHEARSAL_WORDS,
    build_outcomes_json,
    render_outcome,
    render_outcome_problems,
    render_outcome_summary,
)
from tailboard.cli.terminal import print_error, print_json_report, print_lines, print_message
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.apply import PlanApplier
from tailboard.publish.grafana.dry_run import DryRunApi
from tailboard.publish.grafana.plan_items import Plan
from tailboard.publish.grafana.rollback import fetch_run_report, plan_rollback
from tailboard.publish.grafana.run_reports import (
    RunStore,
    build_run_name,
    build_version_message,
    validate_run_name,
)
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.outcome import EXIT_PARTIAL, Result, compute_exit_code
from tailboard.publish.plan.policy import PublishPolicy

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard rollback 20261120-184800-3fa2c1
"""


@click.command("rollback", epilog=EXAMPLE)
@click.argument("run")
@add_grafana_options
@STATE_OPTION
@click.option("--force", is_flag=True, help="Also undo what was edited by hand since.")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be done and what left, and do nothing."
)
@JSON_OPTION
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
    be left unchanged, such as what was edited since or a folder that something stays in.
    """
    runs = RunStore(state)
    report = runs.read_report(validate_run_name(run))
    if report is None:
        print_message(f"Note: {state} does not know this run; asking Grafana's history.")
        report = fetch_run_report(grafana.api, run, grafana.address, owner)
    elif report.server != grafana.address:
        raise TailboardError(
            f"the run {run} published to {report.server}, not to {grafana.address}",
            tip="name the same Grafana.",
        )
    for title in report.lost_titles:
        print_error(f"{title!r}: Grafana keeps no more what was there before that run")
    if not report.dashboards and not report.folders:
        raise TailboardError(
            f"nothing is known of a run {run} of {owner!r}",
            tip="look at its name, and at --owner and --state; Grafana keeps 20 versions.",
        )
    undo_run = build_run_name()
    plan = plan_rollback(grafana.api, report, build_version_message(f"rollback of {run}", undo_run))
    policy = PublishPolicy(force=force, prune=True)
    if dry_run:
        return int(
            _rehearse_rollback(plan, grafana, policy, as_json=as_json) or bool(report.lost_titles)
        )
    outcomes = apply_plan(plan, grafana, policy, runs, undo_run, report.owner, quiet=as_json)
    if as_json:
        print_json_report(build_outcomes_json(outcomes, undo_run, grafana.address), sort_keys=True)
    return compute_exit_code(outcomes) or (EXIT_PARTIAL if report.lost_titles else 0)


def _rehearse_rollback(
    plan: Plan, grafana: Grafana, policy: PublishPolicy, *, as_json: bool
) -> bool:
    """Show what the rollback would do, and do nothing; whether it would leave anything."""
    outcomes = PlanApplier(DryRunApi(grafana.api), policy, lambda _: None)(plan)
    if as_json:
        outcomes_json = build_outcomes_json(outcomes, "", grafana.address, REHEARSAL_WORDS)
        print_json_report(outcomes_json, sort_keys=True)
    else:
        for outcome in outcomes:
            print_lines(render_outcome(outcome, REHEARSAL_WORDS))
    for problem in render_outcome_problems(outcomes):
        print_error(problem)
    results = {outcome.result for outcome in outcomes}
    if results <= {Result.UNCHANGED}:
        print_message("nothing is left to undo")
    else:
        print_message(
            f"{grafana.address}: nothing changed; would be: {render_outcome_summary(outcomes)}"
        )
    return not results <= {Result.DONE, Result.UNCHANGED}
