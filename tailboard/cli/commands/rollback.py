"""`tailboard rollback`: undo a publish."""

from collections.abc import Sequence
from pathlib import Path

import click

from tailboard.cli.options.common import JSON_OPTION
from tailboard.cli.options.grafana_options import STATE_OPTION
from tailboard.cli.reports.outcome_report import (
    REHEARSAL_WORDS,
    build_outcomes_json,
    render_outcome,
    render_outcome_problems,
    render_outcome_summary,
)
from tailboard.cli.reports.plan_report import render_target_heading
from tailboard.cli.reports.terminal import (
    print_error,
    print_json_report,
    print_lines,
    print_message,
)
from tailboard.cli.targets.apply import ApplyOptions, apply_plans
from tailboard.cli.targets.options import RULES_ENVIRONMENT_HELP, add_target_options, find_target
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.clients.dry_run import DryRunApi
from tailboard.publish.grafana.rollback import fetch_grafana_report, plan_rollback
from tailboard.publish.plan.outcome import EXIT_PARTIAL, Result
from tailboard.publish.plan.policy import PublishPolicy
from tailboard.publish.plan.runs import (
    RunStore,
    build_run_name,
    build_version_message,
    validate_run_name,
)
from tailboard.publish.rulers.rollback import plan_rules_rollback
from tailboard.publish.rulers.servers.dry_run import DryRunRuler
from tailboard.publish.targets.apply import apply_target_plan
from tailboard.publish.targets.outcomes import TargetOutcomes
from tailboard.publish.targets.run_reports import (
    TargetReport,
    read_report_file,
    read_reports,
)
from tailboard.publish.targets.target import EMPTY_PLAN, Target, TargetPlan

EXAMPLE = f"""{RULES_ENVIRONMENT_HELP}\b
Example:
  tailboard rollback 20261120-184800-3fa2c1
"""


REPORT_TIP = "name its report where CI keeps it, --report FILE, or publish the commit before."


@click.command("rollback", epilog=EXAMPLE)
@click.argument("run", required=False)
@add_target_options
@STATE_OPTION
@click.option(
    "--report",
    "report_path",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The report of the run, kept elsewhere than in the state folder, as CI does.",
)
@click.option("--force", is_flag=True, help="Also undo what was edited by hand since.")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be done and what left, and do nothing."
)
@JSON_OPTION
def command(
    run: str | None,
    targets: Sequence[Target],
    state: Path,
    report_path: Path | None,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Put what a publish touched back to what it was before.

    RUN is the name that the publish printed. What it touched, dashboards, folders and rules, is
    read from the state folder, or from --report FILE; where neither knows the run, from the
    versions that Grafana keeps, which do not know what was deleted, nor rules. Name the targets
    that the publish named. A rollback is a run itself, and can be undone.

    Exits 4 if some of it was not undone, 1 if none was. With --dry-run, exits 1 if anything would
    be left unchanged, such as what was edited since or a folder that something stays in.
    """
    runs = RunStore(state)
    run, reports = _read_reports(runs, run, report_path)
    are_rules_unknown = False
    if not reports:
        if not any(target.grafana for target in targets):
            raise TailboardError(
                f"{state} does not know the run {run}, and rulers keep no history",
                tip=REPORT_TIP,
            )
        print_message(f"Note: {state} does not know this run; asking Grafana's history.")
        reports = [_fetch_report(target, run) for target in targets]
        are_rules_unknown = any(target.ruler for target in targets)
    lost_titles = [
        title for report in reports if report.dashboards for title in report.dashboards.lost_titles
    ]
    for title in lost_titles:
        print_error(f"{title!r}: Grafana keeps no more what was there before that run")
    reports = [report for report in reports if not report.is_empty]
    if not reports:
        owners = " and ".join(sorted({repr(target.owner) for target in targets}))
        raise TailboardError(
            f"nothing is known of a run {run} of {owners}",
            tip="look at its name, and at --owner and --state; Grafana keeps 20 versions, and no "
            "ruler any.",
        )
    undo_run = build_run_name()
    message = build_version_message(f"rollback of {run}", undo_run)
    plans = [
        _plan_target_rollback(find_target(targets, report.target), report, run, message)
        for report in reports
    ]
    policy = PublishPolicy(force=force, prune=True)
    is_partly_unknown = bool(lost_titles) or are_rules_unknown
    if dry_run:
        is_incomplete = _rehearse_rollback(plans, policy, as_json=as_json)
        return int(is_incomplete or is_partly_unknown)
    outcomes = apply_plans(plans, policy, runs, undo_run, ApplyOptions(message, is_quiet=as_json))
    for report in reports:
        if report.rules and report.rules.is_new:
            _delete_namespace(find_target(targets, report.target))
    if as_json:
        print_json_report(build_outcomes_json(plans, outcomes, undo_run), sort_keys=True)
    return outcomes.exit_code or (EXIT_PARTIAL if is_partly_unknown else 0)


def _read_reports(
    runs: RunStore, run: str | None, report_path: Path | None
) -> tuple[str, list[TargetReport]]:
    """The name of the run, and what is written of it; nothing where that is not known here."""
    if report_path:
        name, reports = read_report_file(report_path)
        if run and run != name:
            raise click.UsageError(f"{report_path} is the report of {name}, not of {run}.")
        return name, reports
    if not run:
        raise click.UsageError("which run? Give the name that publish printed, or --report FILE.")
    return run, read_reports(runs, validate_run_name(run))


def _fetch_report(target: Target, run: str) -> TargetReport:
    """What Grafana's history knows of a run; of rules none is kept that could be read."""
    if target.ruler:
        print_error(
            f"{target.ruler.address}: what that run changed of rules stays, since only its report "
            f"knows what was there before\nTip: {REPORT_TIP}"
        )
    dashboards = (
        fetch_grafana_report(target.grafana.api, run, target.grafana.address, target.owner)
        if target.grafana
        else None
    )
    return TargetReport(target.name, target.owner, dashboards)


def _plan_target_rollback(
    target: Target, report: TargetReport, run: str, message: str
) -> TargetPlan:
    """The plan that undoes a run at one target, which has to be the one that it published to."""
    dashboards, rules = EMPTY_PLAN, []
    if report.dashboards and (report.dashboards.dashboards or report.dashboards.folders):
        address = target.grafana.address if target.grafana else ""
        if target.grafana is None or report.dashboards.server != address:
            raise _build_address_error(run, report.dashboards.server, address or "none")
        dashboards = plan_rollback(target.grafana.api, report.dashboards, message)
    if report.rules and report.rules.groups:
        place = (report.rules.address, report.rules.namespace)
        if target.ruler is None:
            raise TailboardError(
                f"the run {run} published rules to {report.rules.address}, too",
                tip="say where they are, as for publish: --rules and its options.",
            )
        if (target.ruler.address, target.ruler.namespace) != place:
            current = f"{target.ruler.address}, namespace {target.ruler.namespace!r}"
            raise _build_address_error(run, f"{place[0]}, namespace {place[1]!r}", current)
        rules = plan_rules_rollback(target.ruler, report.rules, report.owner)
    return TargetPlan(target, dashboards, tuple(rules))


def _delete_namespace(target: Target) -> None:
    """Delete the namespace that the run made, if nothing is in it any more."""
    try:
        if target.ruler:
            target.ruler.delete_empty_namespace()
    except TailboardError as error:
        print_message(f"Note: {error.problem}")


def _build_address_error(run: str, address: str, current_address: str) -> TailboardError:
    return TailboardError(
        f"the run {run} published to {address}, not to {current_address}",
        tip="name the same Grafana and the same ruler.",
    )


def _rehearse_rollback(
    plans: Sequence[TargetPlan], policy: PublishPolicy, *, as_json: bool
) -> bool:
    """Show what the rollback would do, and do nothing; whether it would leave anything."""
    outcomes = TargetOutcomes()
    for plan in plans:
        target = plan.target
        rehearsal_target = Target(
            target.name,
            target.owner,
            target.grafana,
            DryRunRuler(target.ruler) if target.ruler else None,
            target.folder,
            target.data_source,
        )
        outcomes.by_target[target.name] = apply_target_plan(
            TargetPlan(rehearsal_target, plan.dashboards, plan.rules),
            policy,
            lambda _: None,
            api=DryRunApi(target.grafana.api) if target.grafana else None,
        )
    if as_json:
        outcomes_json = build_outcomes_json(plans, outcomes, "", REHEARSAL_WORDS)
        print_json_report(outcomes_json, sort_keys=True)
    all_outcomes = [outcome for plan in plans for outcome in outcomes.by_target[plan.target.name]]
    if not as_json:
        for plan in plans:
            print_lines(render_target_heading(plans, plan))
            for outcome in outcomes.by_target[plan.target.name]:
                print_lines(render_outcome(outcome, REHEARSAL_WORDS))
    for problem in render_outcome_problems(all_outcomes):
        print_error(problem)
    results = {outcome.result for outcome in all_outcomes}
    if results <= {Result.UNCHANGED}:
        print_message("nothing is left to undo")
    else:
        for plan in plans:
            summary = render_outcome_summary(outcomes.by_target[plan.target.name])
            print_message(f"{plan.target.label}: nothing changed; would be: {summary}")
    return not results <= {Result.DONE, Result.UNCHANGED}
