"""`tailboard plan`: what publishing would change in Grafana."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from tailboard.cli.options.common import RUNBOOK_URL_OPTION
from tailboard.cli.options.grafana_options import add_definition_options
from tailboard.cli.reports.plan_report import (
    build_plans_json,
    render_plan_advice,
    render_plan_markdown,
    render_plan_summary,
    render_plan_text,
    render_target_heading,
)
from tailboard.cli.reports.terminal import print_json_report, print_lines, print_message
from tailboard.cli.targets.options import RULES_ENVIRONMENT_HELP, add_target_options
from tailboard.cli.targets.plans import (
    PublishOptions,
    find_data_source_problems,
    plan_definitions,
)
from tailboard.publish.grafana.plan.desired import Desired
from tailboard.publish.grafana.plan.selection import strip_empty_folders
from tailboard.publish.targets.target import Target, TargetPlan

EXAMPLE = f"""{RULES_ENVIRONMENT_HELP}\b
Example:
  tailboard plan orders.py --folder Shop/Orders --exit-code
"""


@click.command("plan", epilog=EXAMPLE)
@add_definition_options
@add_target_options
@RUNBOOK_URL_OPTION
@click.option("--json", "report", flag_value="json", help="Every item, as JSON.")
@click.option("--markdown", "report", flag_value="markdown", help="For a pull request's comment.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything is not as declared.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    schema: str,
    scrape_interval: str,
    data_source_check: bool,
    runbook_url: str | None,
    report: str | None,
    exit_code: bool,
    targets: Sequence[Target],
) -> int:
    """Show what publishing would change in Grafana and in a ruler.

    Changes nothing. Every dashboard, folder and, with --rules, rule group is one of: create,
    update, move, unchanged, hand-edited (since it was published), foreign (not published by us),
    orphan (published before, declared no more), blocked (by files on Grafana's disk, Git Sync or
    another manager, or as the credentials may not read it).
    """

    def check_target(target: Target, desired: Desired) -> None:
        if data_source_check:
            for note in find_data_source_problems(target, desired, scrape_interval):
                print_message(f"Note: {note}")

    options = PublishOptions(schema, scrape_interval, runbook_url=runbook_url or "")
    plans = [
        replace(plan, dashboards=strip_empty_folders(plan.dashboards))
        for plan in plan_definitions(
            context, definitions, convention, targets, options, check_target
        )
    ]
    if report == "json":
        print_json_report(build_plans_json(plans), sort_keys=True)
    for plan in plans:
        target = plan.target
        if report == "markdown":
            separator = [""] if plan is not plans[0] else []
            print_lines(
                [*separator, *render_plan_markdown(plan.items, target.address, target.name)]
            )
        elif report != "json":
            print_lines(render_target_heading(plans, plan))
            _print_plan(plan)
        print_message(f"{target.label}: {render_plan_summary(plan.items)}")
    return int(exit_code and any(plan.has_changes for plan in plans))


def _print_plan(plan: TargetPlan) -> None:
    print_lines(render_plan_text(plan.items))
    for tip in render_plan_advice(plan.items):
        print_message(f"Tip: {tip}")
