"""Applying a plan: one printed line for each change, and a report of the state before."""

import sys

from tailboard.cli.outcome_report import (
    render_losses,
    render_outcome,
    render_outcome_problems,
    render_outcome_summary,
)
from tailboard.cli.progress import StepProgress
from tailboard.cli.terminal import is_terminal, print_error, print_lines, print_message
from tailboard.publish.grafana.apply import ItemPlanner, PlanApplier
from tailboard.publish.grafana.plan import plan_dashboard
from tailboard.publish.grafana.plan_items import Plan
from tailboard.publish.grafana.plan_selection import select_changes
from tailboard.publish.grafana.run_reports import RunStore
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.outcome import Outcome
from tailboard.publish.plan.policy import PublishPolicy


def apply_plan(
    plan: Plan,
    grafana: Grafana,
    policy: PublishPolicy,
    runs: RunStore,
    run: str,
    owner: str,
    *,
    abort: bool = False,
    quiet: bool = False,
) -> list[Outcome]:
    """Apply a plan, print each change, and keep a report of the state before."""
    changed_plan = select_changes(plan, policy)
    for loss in render_losses(changed_plan.dashboards):
        print_message(f"Note: {loss}; `tailboard rollback {run}` brings it back")
    if changed_plan.items:
        runs.begin_run(run, changed_plan, grafana.address, owner)
    try:
        outcomes = execute_plan(plan, grafana, policy, abort=abort, quiet=quiet)
    except KeyboardInterrupt:
        if changed_plan.items:
            print_message(f"The run {run} is not complete: publish again, or roll it back.")
        raise
    if changed_plan.items:
        runs.end_run(run, changed_plan, grafana.address, owner, outcomes)
    print_outcome_summary(outcomes, grafana, f" (run {run})" if changed_plan.items else "")
    return outcomes


def execute_plan(
    plan: Plan,
    grafana: Grafana,
    policy: PublishPolicy,
    *,
    abort: bool = False,
    quiet: bool = False,
    plan_item: ItemPlanner = plan_dashboard,
) -> list[Outcome]:
    """Apply a plan and print each change; `plan_item` judges what was changed meanwhile anew."""
    output_stream = None if is_terminal(sys.stdout) else sys.stdout
    with StepProgress("Publishing", len(plan.items), sys.stderr) as progress:

        def report_outcome(outcome: Outcome) -> None:
            nonlocal quiet
            progress.advance()
            if not quiet:
                try:
                    print_lines(render_outcome(outcome), output_stream)
                except OSError:  # `| head`, or a full disk, is no reason to stop half way
                    quiet = True

        applier = PlanApplier(grafana.api, policy, report_outcome, abort=abort, plan_item=plan_item)
        return applier(plan)


def print_outcome_summary(outcomes: list[Outcome], grafana: Grafana, suffix: str) -> None:
    """Print what was not done and why, and how many items were changed."""
    for problem in render_outcome_problems(outcomes):
        print_error(problem)
    print_message(f"{grafana.address}: {render_outcome_summary(outcomes)}{suffix}")
