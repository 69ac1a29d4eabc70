"""`tailboard publish`: what definitions declare becomes what Grafana holds."""

import sys
from pathlib import Path

import click

from tailboard.cli.apply import apply_plan
from tailboard.cli.grafana_options import (
    ENVIRONMENT_HELP,
    STATE_OPTION,
    add_definition_options,
    add_grafana_options,
    read_definitions,
)
from tailboard.cli.options import JSON_OPTION
from tailboard.cli.outcome_report import build_outcomes_json
from tailboard.cli.parameter_types import Choice
from tailboard.cli.preview_publish import (
    OriginalPlan,
    PreviewOptions,
    add_preview_options,
    publish_preview,
)
from tailboard.cli.progress import StepProgress
from tailboard.cli.terminal import print_json_report, print_message
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.commit import read_commit_message
from tailboard.publish.grafana.data_sources import check_data_sources
from tailboard.publish.grafana.managers import DEFAULT_OWNER
from tailboard.publish.grafana.plan import plan_publish
from tailboard.publish.grafana.plan_items import Plan
from tailboard.publish.grafana.run_reports import RunStore, build_run_name, build_version_message
from tailboard.publish.grafana.schema_choice import SchemaChoice
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import compute_exit_code
from tailboard.publish.plan.policy import PublishPolicy, is_permitted

MAX_DELETIONS = 10

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard publish orders.py --folder Shop/Orders
"""


@click.command("publish", epilog=EXAMPLE)
@add_definition_options
@add_grafana_options
@STATE_OPTION
@click.option("--message", help="What the versions say; by default the git commit.")
@click.option("--force", is_flag=True, help="Overwrite what was edited by hand.")
@click.option("--adopt", is_flag=True, help="Take over dashboards that we did not publish.")
@click.option("--prune", is_flag=True, help="Delete what we published and is declared no more.")
@click.option(
    "--max-delete",
    type=click.IntRange(0),
    default=MAX_DELETIONS,
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
@add_preview_options
@JSON_OPTION
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    grafana_folder: str,
    schema: str,
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
    preview: PreviewOptions,
    as_json: bool,
) -> int:
    """Create and update dashboards in Grafana as they are declared.

    Their folders are created too. What was edited by hand, and what is not ours, stays unchanged
    and is shown, unless --force or --adopt. Exits 4 if some dashboards could not be published, 1
    if none could.

    With --preview NAME, copies of the dashboards that would change go into a folder of their own,
    and nothing else is touched; --remove deletes them again.
    """
    preview.validate(context)
    if prune and owner == DEFAULT_OWNER:
        raise click.UsageError(
            "whose dashboards may --prune delete? Say --owner NAME, or owner in the settings: "
            "those of other repositories would look like orphans."
        )
    if preview.is_removal:
        return publish_preview(preview, grafana, owner, None, as_json=as_json)
    run = build_run_name()
    commit_message = message or read_commit_message(Path.cwd())
    desired = read_definitions(
        context,
        definitions,
        convention,
        owner=owner,
        folder=grafana_folder,
        schema=SchemaChoice(schema, lambda: grafana.api.schema_versions),
        message=build_version_message(commit_message, run),
    )
    if data_source_check:
        for note in check_data_sources(grafana.connection, desired.documents, scrape_interval):
            print_message(f"Note: {note}")
    with StepProgress("Comparing", len(desired.dashboards), sys.stderr) as progress:
        plan = plan_publish(
            grafana.api, desired.dashboards, desired.folders, owner, progress.advance
        )
    if preview.name:
        original_plan = OriginalPlan(desired, plan, commit_message)
        return publish_preview(preview, grafana, owner, original_plan, as_json=as_json)
    policy = PublishPolicy(force, adopt, prune)
    _check_deletions(plan, policy, max_delete)
    outcomes = apply_plan(
        plan, grafana, policy, RunStore(state), run, owner, abort=on_error == "abort", quiet=as_json
    )
    if as_json:
        print_json_report(build_outcomes_json(outcomes, run, grafana.address), sort_keys=True)
    return compute_exit_code(outcomes)


def _check_deletions(plan: Plan, policy: PublishPolicy, max_count: int) -> None:
    """Refuse to delete more than was meant: a wrong path makes everything an orphan."""
    orphans = [
        dashboard
        for dashboard in plan.dashboards
        if dashboard.state is State.ORPHAN and is_permitted(dashboard, policy)
    ]
    if len(orphans) > max_count:
        titles = ", ".join(repr(orphan.title) for orphan in orphans[:3])
        raise TailboardError(
            f"--prune would delete {len(orphans)} dashboards, more than {max_count}: {titles}, "
            "...; nothing was changed",
            tip="look whether all definitions are named; if it is meant, raise --max-delete.",
        )
