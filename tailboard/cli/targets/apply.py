"""Applying plans: one printed line for each change, and a report of the state before."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tailboard.cli.reports.outcome_report import (
    render_losses,
    render_outcome,
    render_outcome_problems,
    render_outcome_summary,
)
from tailboard.cli.reports.plan_report import render_target_heading
from tailboard.cli.reports.progress import StepProgress
from tailboard.cli.reports.terminal import is_terminal, print_error, print_lines, print_message
from tailboard.cli.targets.rules_verification import RulesVerification, read_statuses
from tailboard.publish.grafana.apply import ItemPlanner
from tailboard.publish.grafana.plan.plan import plan_dashboard
from tailboard.publish.plan.outcome import Outcome
from tailboard.publish.plan.policy import PublishPolicy
from tailboard.publish.plan.runs import RunStore
from tailboard.publish.targets.apply import apply_target_plan, select_target_changes
from tailboard.publish.targets.outcomes import TargetOutcomes
from tailboard.publish.targets.run_reports import begin_run, end_run
from tailboard.publish.targets.target import Target, TargetPlan


@dataclass(frozen=True)
class ApplyOptions:
    """How plans are applied: what versions say, and whether a failure ends it.

    Where it is quiet, no change is printed.
    """

    message: str = ""
    is_aborting: bool = False
    is_quiet: bool = False


def apply_plans(
    plans: Sequence[TargetPlan],
    policy: PublishPolicy,
    runs: RunStore,
    run: str,
    options: ApplyOptions,
    verification: RulesVerification | None = None,
) -> TargetOutcomes:
    """Apply the plan of one target after the other, and keep a report of the state before.

    With a verification, the rulers' evaluations are waited for.
    """
    changed_plans = [select_target_changes(plan, policy) for plan in plans]
    has_changes = any(plan.items for plan in changed_plans)
    for plan in changed_plans:
        for loss in render_losses(plan.items):
            print_message(f"Note: {loss}; `tailboard rollback {run}` brings it back")
    if has_changes:
        begin_run(runs, run, changed_plans)
    if is_ci_machine(os.environ) and any(plan.rules for plan in changed_plans):
        print_message(
            f"Note: rulers keep no history: keep {runs.build_path(run)}, as an artifact, or this "
            "run's rules cannot be rolled back"
        )
    try:
        result = _execute_plans(plans, changed_plans, policy, options, verification)
    except KeyboardInterrupt:
        if has_changes:
            print_message(f"The run {run} is not complete: publish again, or roll it back.")
        raise
    if has_changes:
        end_run(runs, run, changed_plans, result.by_target)
    run_text = f" (run {run})" if has_changes else ""
    for plan in plans:
        print_outcome_summary(result.by_target[plan.target.name], plan.target, run_text)
    return result


def is_ci_machine(environ: Mapping[str, str]) -> bool:
    """Whether this is a machine of a CI system, which forgets its files."""
    return environ.get("CI", "").lower() not in {"", "0", "false"}


def _execute_plans(
    plans: Sequence[TargetPlan],
    changed_plans: Sequence[TargetPlan],
    policy: PublishPolicy,
    options: ApplyOptions,
    verification: RulesVerification | None,
) -> TargetOutcomes:
    """What became of every target, and of the rules that were written there."""
    result = TargetOutcomes()
    statuses = {
        plan.target.name: read_statuses(plan.target)
        for plan in changed_plans
        if verification and plan.rules
    }
    for plan in plans:
        if not options.is_quiet:
            print_lines(render_target_heading(plans, plan))
        result.by_target[plan.target.name] = execute_plan(plan, policy, options)
        for note in plan.target.ruler.notes if plan.target.ruler else ():
            print_message(f"Note: {note}")
    for plan in plans:
        name = plan.target.name
        if verification and plan.rules:
            result.by_target[name], result.problems[name] = verification.verify(
                plan.target, result.by_target[name], statuses.get(name, {})
            )
    return result


def execute_plan(
    plan: TargetPlan,
    policy: PublishPolicy,
    options: ApplyOptions,
    plan_item: ItemPlanner = plan_dashboard,
) -> list[Outcome]:
    """Apply a plan and print each change; `plan_item` plans again what was changed meanwhile."""
    is_quiet = options.is_quiet
    output_stream = None if is_terminal(sys.stdout) else sys.stdout
    with StepProgress("Publishing", len(plan.items), sys.stderr) as progress:

        def report_outcome(outcome: Outcome) -> None:
            nonlocal is_quiet
            progress.advance()
            if not is_quiet:
                try:
                    print_lines(render_outcome(outcome), output_stream)
                except OSError:  # `| head`, or a full disk, is no reason to stop half way
                    is_quiet = True

        return apply_target_plan(
            plan,
            policy,
            report_outcome,
            abort=options.is_aborting,
            message=options.message,
            plan_item=plan_item,
        )


def print_outcome_summary(outcomes: Sequence[Outcome], target: Target, suffix: str) -> None:
    """Print what was not done and why, and how many items were changed."""
    for problem in render_outcome_problems(outcomes):
        print_error(problem)
    print_message(f"{target.label}: {render_outcome_summary(outcomes)}{suffix}")
