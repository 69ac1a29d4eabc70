"""`tailboard report`: a pull request in one comment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from tailboard.cli.comment.new_findings import read_base_findings, select_new_findings
from tailboard.cli.comment.report import (
    CheckSummary,
    PullRequestReport,
    build_report_json,
    render_comment,
)
from tailboard.cli.lint_findings import find_lint_findings, read_lint_exclusions
from tailboard.cli.options.common import RUNBOOK_URL_OPTION
from tailboard.cli.options.grafana_options import add_definition_options
from tailboard.cli.options.metrics_options import MetricsSource
from tailboard.cli.options.prometheus_options import TIMEOUT_OPTION
from tailboard.cli.reports.terminal import print_json_report, print_lines
from tailboard.cli.targets.options import RULES_ENVIRONMENT_HELP, add_target_options
from tailboard.cli.targets.plans import (
    PublishOptions,
    find_data_source_problems,
    plan_definitions,
)
from tailboard.findings.finding import Finding
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.plan.desired import Desired
from tailboard.publish.grafana.plan.selection import strip_empty_folders
from tailboard.publish.grafana.previews.preview import validate_preview_name
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.targets.target import Target

CONCURRENCY = 4

EXAMPLE = f"""{RULES_ENVIRONMENT_HELP}\b
Example:
  tailboard report orders.py --folder Shop/Orders --preview pr-123
"""


@click.command("report", epilog=EXAMPLE)
@add_definition_options
@add_target_options
@RUNBOOK_URL_OPTION
@click.option("--preview", "preview_name", metavar="NAME", help="Link to the copies of a preview.")
@click.option(
    "--prometheus",
    metavar="URL",
    envvar="PROMETHEUS_URL",
    show_envvar=True,
    help="Say which panels have no data; credentials as for check.",
)
@TIMEOUT_OPTION
@click.option(
    "--base",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What lint --json wrote of the base: only findings that are new are reported.",
)
@click.option("--markdown", "report", flag_value="markdown", help="As a comment; the default.")
@click.option("--json", "report", flag_value="json", help="As JSON.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    schema: str,
    scrape_interval: str,
    data_source_check: bool,
    runbook_url: str | None,
    preview_name: str | None,
    prometheus: str | None,
    timeout: float,
    base: Path | None,
    report: str | None,
    targets: Sequence[Target],
) -> int:
    """Write the comment on a pull request.

    It says what publishing would change, with links to the preview of each dashboard, which panels
    of these have no data, and what lint finds. Changes nothing. Fits into one comment of GitHub,
    whose first line tells it from others, so that a later run can update it.
    """
    if preview_name:
        validate_preview_name(preview_name)
    if len(targets) != 1:
        raise click.UsageError("a comment is about one Grafana: name one target.")
    [target] = targets
    if target.grafana is None:
        raise click.UsageError("which Grafana? Say --grafana URL, or set GRAFANA_URL.")
    notes: list[str] = []

    def check_target(target: Target, desired: Desired) -> None:
        notes.extend(desired.notes)
        if data_source_check:
            notes.extend(find_data_source_problems(target, desired, scrape_interval))

    options = PublishOptions(schema, scrape_interval, runbook_url=runbook_url or "")
    [plan] = plan_definitions(context, definitions, convention, [target], options, check_target)
    plan = replace(plan, dashboards=strip_empty_folders(plan.dashboards))
    check = None
    if prometheus:
        default = click.core.ParameterSource.DEFAULT
        is_interval_known = context.get_parameter_source("scrape_interval") is not default
        source = MetricsSource((), (), prometheus, timeout, context.params["allow_http"])
        interval = scrape_interval if is_interval_known else ""
        check = _check_queries(context, definitions, source, interval)
    summary = PullRequestReport(
        target.grafana.address,
        target.grafana.api.name,
        target.owner,
        plan.items,
        _find_preview_urls(target.grafana, target.owner, preview_name) if preview_name else {},
        check,
        _find_findings(context, definitions, base),
        has_base=base is not None,
        notes=notes,
    )
    if report == "json":
        print_json_report(build_report_json(summary), sort_keys=True)
    else:
        print_lines(render_comment(summary))
    return 0


def _find_preview_urls(grafana: Grafana, owner: str, name: str) -> Mapping[str, str]:
    """The addresses of the copies of a preview that there are, by the uids of the originals."""
    marks = (live.preview_mark for live in grafana.api.fetch_previews(owner))
    return {
        mark.original: f"{grafana.address}/d/{mark.uid}"
        for mark in marks
        if mark and mark.preview == name
    }


def _check_queries(
    context: click.Context,
    definitions: Sequence[Path],
    source: MetricsSource,
    scrape_interval: str,
) -> CheckSummary:
    """Which queries have no data; a server that does not answer is a line of the report."""
    from tailboard.cli.query_check import apply_settings_allowances, check_server
    from tailboard.lint.subjects import read_subjects

    try:
        outcome = check_server(
            list(read_subjects(definitions)), source, CONCURRENCY, scrape_interval
        )
    except TailboardError as error:
        return CheckSummary(problem=error.problem)
    results, _ = apply_settings_allowances(context, outcome.results)
    return CheckSummary(results, outcome.stop_error.problem if outcome.stop_error else "")


def _find_findings(
    context: click.Context, definitions: Sequence[Path], base: Path | None
) -> list[Finding]:
    """What lint finds, and the base has not."""
    base_findings = read_base_findings(base) if base else None
    _, findings = find_lint_findings(context, definitions, read_lint_exclusions(context))
    return findings if base_findings is None else select_new_findings(findings, base_findings)
