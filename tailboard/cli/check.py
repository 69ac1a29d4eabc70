"""`tailboard check`: whether queries ask for what is there, and whether what is there misleads."""

from collections.abc import Sequence
from pathlib import Path

import click

from tailboard.check.check_running import findings
from tailboard.check.checking import asked_by, check
from tailboard.check.evidence import evidence
from tailboard.check.may_be_empty import NAME, with_reasons
from tailboard.check.rules import CHECKS
from tailboard.cli.checked import as_json, as_text, details, summary
from tailboard.cli.choice import Choice
from tailboard.cli.duration import checked_duration
from tailboard.cli.metrics_options import (
    ALLOW_HTTP,
    METRICS,
    PROMETHEUS,
    REGISTRY,
    TIMEOUT,
    VARIABLES,
    is_exposition,
)
from tailboard.cli.metrics_read import metrics_read
from tailboard.cli.terminal import complain, tell
from tailboard.findings.exclusion import allowance, exclusion, without
from tailboard.findings.finding import SEVERITIES
from tailboard.lint.linted import subjects
from tailboard.metrics.exposition import Catalogue
from tailboard.prometheus.report import Report
from tailboard.publish.http.address import shown
from tailboard.queries.subject import Subject

SETTINGS = "[tool.tailboard]"

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard check orders.py --metrics http://localhost:8000/metrics
"""


def _checked_interval(
    context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    return checked_duration(context, option, value) if value else None


@click.command("check", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@METRICS
@REGISTRY
@PROMETHEUS
@click.option(
    "--concurrency",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="How many queries the server is asked at once.",
)
@TIMEOUT
@ALLOW_HTTP
@click.option(
    "--scrape-interval",
    metavar="DURATION",
    callback=_checked_interval,
    help="What Grafana's data source says; else what the server has.",
)
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
@click.option("--json", "is_json", is_flag=True, help="Queries, findings and details as JSON.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    metrics: tuple[str, ...],
    registries: tuple[str, ...],
    prometheus: str | None,
    concurrency: int,
    timeout: float,
    allow_http: bool,
    scrape_interval: str | None,
    target_labels: tuple[str, ...],
    fail_on: str,
    in_detail: bool,
    is_json: bool,
) -> int:
    """Compare every query with the metrics that programs expose.

    Each query of a panel, a variable and a rule is one of: data, no such event yet, collides with a
    target label, no such label, no such metric, query error. Of all but the first two, exits 1,
    unless the settings' may_be_empty allows it. Needs no Prometheus: what Prometheus adds itself
    counts as there, and so does what a rule of the same run records.

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
    exposition = is_exposition(context, metrics, registries)
    given = context.default_map or {}
    allowed = [allowance(it, NAME, SETTINGS) for it in given.get(NAME) or []]
    names = [it.name for it in CHECKS]
    excluded = [exclusion(it, names, SETTINGS) for it in given.get("check_exclusions") or []]
    asked = list(subjects(definitions))
    if exposition or not prometheus:
        report = _compared(asked, metrics, registries, target_labels)
    else:
        from tailboard.cli.asked import asked as asked_of_server

        report = asked_of_server(
            asked,
            prometheus,
            concurrency=concurrency,
            timeout=timeout,
            allow_http=allow_http,
            scrape_interval=scrape_interval or "",
        )
    there = report.evidence
    checked, idle = with_reasons(report.checked, allowed, SETTINGS)
    judged = [it for one in there for it in findings(one, CHECKS)]
    found = [*idle, *without(judged, excluded, SETTINGS)]
    found.sort(key=lambda it: SEVERITIES.index(it.severity))
    _show(as_json(checked, found, there) if is_json else as_text(checked, found))
    if in_detail and not is_json:
        _show(details(there))
    tell(summary(checked, found))
    if report.stopped:
        complain(str(report.stopped))
        return 4
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    return int(any(not it.fine for it in checked) or any(it.severity in failing for it in found))


def _compared(
    asked: list[Subject],
    metrics: Sequence[str],
    registries: Sequence[str],
    target_labels: Sequence[str],
) -> Report:
    """What the exposition of programs says; without a query nobody is asked."""
    is_asked = any(True for it in asked for _ in asked_by(it))
    catalogue = metrics_read(metrics, registries) if is_asked else Catalogue()
    where = ", ".join([*(shown(it) for it in metrics), *registries])
    checked = check(asked, catalogue, target_labels)
    return Report(checked, [evidence(asked, catalogue, where)])


def _show(text: str) -> None:
    if text:
        click.echo(text)
