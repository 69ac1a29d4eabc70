"""`tailboard publish`: what definitions declare becomes what Grafana holds."""

from collections.abc import Sequence
from pathlib import Path

import click

from tailboard.cli.options.common import JSON_OPTION, RUNBOOK_URL_OPTION
from tailboard.cli.options.grafana_options import STATE_OPTION, add_definition_options
from tailboard.cli.preview_publish import (
    OriginalPlan,
    PreviewOptions,
    add_preview_options,
    publish_preview,
    select_preview_target,
)
from tailboard.cli.reports.outcome_report import build_outcomes_json
from tailboard.cli.reports.terminal import print_json_report, print_message
from tailboard.cli.targets.apply import ApplyOptions, apply_plans
from tailboard.cli.targets.options import RULES_ENVIRONMENT_HELP, add_target_options
from tailboard.cli.targets.panel_verification import (
    PanelVerification,
    build_losses_json,
)
from tailboard.cli.targets.plans import (
    PublishOptions,
    list_data_source_notes,
    plan_definitions,
)
from tailboard.cli.targets.policy_options import PolicyOptions, add_policy_options
from tailboard.cli.targets.verify_options import VerifyOptions, add_verify_options
from tailboard.publish.grafana.clients.managers import DEFAULT_OWNER
from tailboard.publish.grafana.commit import read_commit_message
from tailboard.publish.grafana.plan.desired import Desired
from tailboard.publish.plan.runs import RunStore, build_run_name, build_version_message
from tailboard.publish.targets.target import Target

EXAMPLE = f"""{RULES_ENVIRONMENT_HELP}\b
Example:
  tailboard publish orders.py --folder Shop/Orders
"""


@click.command("publish", epilog=EXAMPLE)
@add_definition_options
@add_target_options
@RUNBOOK_URL_OPTION
@STATE_OPTION
@click.option("--message", help="What the versions say; by default the git commit.")
@add_policy_options
@add_verify_options
@add_preview_options
@JSON_OPTION
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    schema: str,
    targets: Sequence[Target],
    state: Path,
    message: str | None,
    policy_options: PolicyOptions,
    scrape_interval: str,
    data_source_check: bool,
    runbook_url: str | None,
    verify: VerifyOptions,
    preview: PreviewOptions,
    as_json: bool,
) -> int:
    """Create and update dashboards and rules as they are declared.

    Folders in Grafana are created too. With --rules, recording rules come before dashboards, and
    dashboards before alerts. What was edited by hand, and what is not ours, stays unchanged
    and is shown, unless --force or --adopt. Exits 4 if some dashboards could not be published, 1
    if none could.

    With --preview NAME, copies of the dashboards that would change go into a folder of their own,
    and nothing else is touched; --remove deletes them again.
    """
    preview.validate(context)
    if policy_options.policy.prune and any(target.owner == DEFAULT_OWNER for target in targets):
        raise click.UsageError(
            "whose dashboards may --prune delete? Say --owner NAME, or owner in the settings: "
            "those of other repositories would look like orphans."
        )
    if preview.name:
        targets = [select_preview_target(targets)]
    if preview.is_removal:
        return publish_preview(preview, targets[0], None, as_json=as_json)
    run = build_run_name()
    commit_message = message or read_commit_message(Path.cwd())
    version_message = build_version_message(commit_message, run)

    def check_target(target: Target, desired: Desired) -> None:
        if data_source_check:
            for note in list_data_source_notes(target, desired, scrape_interval):
                print_message(f"Note: {note}")

    options = PublishOptions(schema, scrape_interval, version_message, runbook_url or "")
    plans = plan_definitions(context, definitions, convention, targets, options, check_target)
    if preview.name:
        original_plan = OriginalPlan(plans[0].desired, plans[0].dashboards, commit_message)
        return publish_preview(preview, targets[0], original_plan, as_json=as_json)
    panels = (
        PanelVerification(plans, scrape_interval, has_rollback=verify.has_rollback)
        if verify.has_panels
        else None
    )
    policy_options.check_deletions(plans)
    runs = RunStore(state)
    outcomes = apply_plans(
        plans,
        policy_options.policy,
        runs,
        run,
        ApplyOptions(version_message, policy_options.is_aborting, as_json),
        verify.rules,
    )
    losses = panels.verify(plans, outcomes, run, runs, is_quiet=as_json) if panels else []
    if as_json:
        report = build_outcomes_json(plans, outcomes, run)
        print_json_report({**report, "lost": build_losses_json(losses)}, sort_keys=True)
    return outcomes.exit_code
