"""`tailboard check`: whether queries ask for what is there, and whether what is there misleads."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from tailboard.check.engine import run_checks
from tailboard.check.evidence import Evidence, build_evidence
from tailboard.check.query_states import check_queries, list_all_queries
from tailboard.check.rules import CHECKS
from tailboard.cli.options.metrics_options import (
    ENVIRONMENT_HELP,
    MetricsSource,
    add_metrics_options,
)
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.options.prometheus_options import CONCURRENCY_OPTION, SCRAPE_INTERVAL_OPTION
from tailboard.cli.query_check import apply_settings_allowances, check_server
from tailboard.cli.reports.check_report import (
    build_check_json,
    render_check_details,
    render_check_summary,
    render_check_text,
)
from tailboard.cli.reports.terminal import (
    print_error,
    print_json_report,
    print_lines,
    print_message,
)
from tailboard.findings.exclusion import Exclusion, apply_exclusions, parse_exclusion
from tailboard.findings.finding import SEVERITIES, Finding
from tailboard.lint.engine import lint_subject
from tailboard.lint.rules import refused_rule_file
from tailboard.lint.subjects import read_subjects
from tailboard.metrics.catalogue import Catalogue
from tailboard.prometheus.check_outcome import CheckOutcome
from tailboard.publish.http.address import format_address
from tailboard.queries.subject import Subject

SETTINGS_SOURCE = "[tool.tailboard]"

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard check orders.py --metrics http://localhost:8000/metrics
"""


@click.command("check", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@add_metrics_options
@CONCURRENCY_OPTION
@SCRAPE_INTERVAL_OPTION
@click.option(
    "--target-label",
    "target_labels",
    multiple=True,
    metavar="NAME",
    help="A label that Prometheus adds to every target; may be repeated.",
)
@click.option(
    "--fail-on",
    type=Choice([*SEVERITIES, "nothing"]),
    default="error",
    show_default=True,
    help="From which severity of a finding on to exit 1; of states see above.",
)
@click.option(
    "--details",
    "in_detail",
    is_flag=True,
    help="Also show in which bucket each percentile lies, and the metrics with the most series.",
)
@click.option("--json", "as_json", is_flag=True, help="Queries, findings and details as JSON.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    source: MetricsSource,
    concurrency: int,
    scrape_interval: str | None,
    target_labels: tuple[str, ...],
    fail_on: str,
    in_detail: bool,
    as_json: bool,
) -> int:
    """Compare every query with the metrics that programs expose.

    Each query of a panel, a variable and a rule is one of: data, no such event yet, collides with a
    target label, no such label, no such metric, refused, query error. Of all but the first two,
    exits 1, unless the settings' may_be_empty allows it. Refused is what Prometheus would not
    store: it takes all of a scrape or nothing. Needs no Prometheus: what it adds itself counts as
    there, and so does what a rule of the same run records.

    Findings tell what misleads or costs too much: percentiles in wide buckets, wrong units, labels
    with ids. Most are warnings, which change with the traffic and so are no reason to stop a
    release, unless --fail-on warning says so. `tailboard explain CHECK` says why.

    With --prometheus, variables are filled from the server, and each query is asked for now and for
    the last hour. Three states are added: no data any more, too slow or too many series, not
    checked. If the server stops answering half way, the rest is not checked, and the exit code 4.
    A PROMETHEUS_URL of the environment gives way to --metrics and --registry.
    """
    if not definitions:
        raise click.UsageError(
            "nothing to check. Name a definition, a JSON document or a rule file."
        )
    source.validate(context)
    settings = context.default_map or {}
    names = [metric_check.name for metric_check in CHECKS]
    exclusions = [
        parse_exclusion(setting, names, SETTINGS_SOURCE)
        for setting in settings.get("check_exclusions") or []
    ]
    subject_list = list(read_subjects(definitions))
    outcome = (
        _check_exposition(subject_list, source, target_labels)
        if source.has_exposition
        else check_server(subject_list, source, concurrency, scrape_interval or "")
    )
    check_results, idle_findings = apply_settings_allowances(context, outcome.results)
    findings = [
        *_find_refused_rule_files(subject_list),
        *idle_findings,
        *_find_evident_problems(outcome.evidence, exclusions),
    ]
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    if as_json:
        print_json_report(build_check_json(check_results, findings, outcome.evidence))
    else:
        print_lines(render_check_text(check_results, findings))
        print_lines(render_check_details(outcome.evidence) if in_detail else ())
    print_message(render_check_summary(check_results, findings))
    if outcome.stop_error:
        print_error(str(outcome.stop_error))
        return 4
    failing_severities = (
        SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    )
    return int(
        any(not result.is_fine for result in check_results)
        or any(finding.severity in failing_severities for finding in findings)
    )


def _find_refused_rule_files(subject_list: Sequence[Subject]) -> Iterator[Finding]:
    """The rule files of which Prometheus would load nothing, which hold no query to check."""
    for subject in subject_list:
        yield from lint_subject(subject, (refused_rule_file.RULE,))


def _find_evident_problems(
    evidence_list: Iterable[Evidence], exclusions: Sequence[Exclusion]
) -> list[Finding]:
    """What the checks of metrics find, but for what the settings exclude."""
    findings = [finding for evidence in evidence_list for finding in run_checks(evidence, CHECKS)]
    return apply_exclusions(findings, exclusions, SETTINGS_SOURCE)


def _check_exposition(
    subject_list: list[Subject], source: MetricsSource, target_labels: Sequence[str]
) -> CheckOutcome:
    """Compare with the expositions of programs, which are only read where there are queries."""
    has_queries = any(True for subject in subject_list for _ in list_all_queries(subject))
    catalogue = source.read_metrics() if has_queries else Catalogue()
    addresses = (format_address(address) for address in source.metrics)
    source_names = ", ".join([*addresses, *source.registries])
    check_results = check_queries(subject_list, catalogue, target_labels)
    return CheckOutcome(check_results, [build_evidence(subject_list, catalogue, source_names)])
