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
from tailboard.publish.grafana.apply import PlanApplier
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

        try:
            outcomes = PlanApplier(grafana.api, policy, report_outcome, abort=abort)(plan)
        except KeyboardInterrupt:
            if changed_plan.items:
                print_message(f"The run {run} is not complete: publish again, or roll it back.")
            raise
    if changed_plan.items:
        runs.end_run(run, changed_plan, grafana.address, owner, outcomes)
    for problem in render_outcome_problems(outcomes):
        print_error(problem)
    run_text = f" (run {run})" if changed_plan.items else ""
    print_message(f"{grafana.address}: {render_outcome_summary(outcomes)}{run_text}")
    return outcomes
