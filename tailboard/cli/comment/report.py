"""A pull request in one report: its plan, its previews, panels without data, new findings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tailboard.alerts.markdown import format_link
from tailboard.check.query_states import CheckResult
from tailboard.cli.comment.markdown import Section, escape_text, fit_sections
from tailboard.cli.reports.plan_report import (
    build_plan_json,
    list_changed_items,
    list_details,
    render_plan_summary,
)
from tailboard.findings.finding import SEVERITIES, Finding
from tailboard.publish.plan.item import PlanItem, State
from tailboard.publish.plural import format_count

MAX_DETAILS = 20
MAX_DETAIL_LENGTH = 300
ABSENT_STATES = frozenset({State.CREATE})
"""The states of dashboards that Grafana does not have."""


@dataclass(frozen=True)
class CheckSummary:
    """The queries that have no data, or why that is not known."""

    results: Sequence[CheckResult] = ()
    problem: str = ""


@dataclass(frozen=True)
class PullRequestReport:
    """All that the comment says.

    `preview_urls` are those of the copies by the uids of the originals, `check` is None where no
    server was named, `findings` are those that are new where there is a base.
    """

    server: str
    api: str
    owner: str
    items: Sequence[PlanItem]
    preview_urls: Mapping[str, str] = field(default_factory=dict)
    check: CheckSummary | None = None
    findings: Sequence[Finding] = ()
    has_base: bool = False
    notes: Sequence[str] = ()


def build_report_json(report: PullRequestReport) -> dict[str, Any]:
    """The report as plain data; each dashboard of the plan with the address of its copy."""
    plan = build_plan_json(report.items, report.server, report.api)
    for fields in plan["items"]:
        fields["preview_url"] = report.preview_urls.get(fields["uid"], "")
    check = None
    if report.check:
        check = {
            "problem": report.check.problem,
            "queries": [asdict(result) for result in report.check.results],
        }
    return {
        **plan,
        "check": check,
        "findings": [asdict(finding) for finding in report.findings],
        "has_base": report.has_base,
        "notes": list(report.notes),
    }


def render_comment(report: PullRequestReport) -> list[str]:
    """The comment in Markdown; its first line tells it from other comments."""
    sections = [_build_plan_section(report)]
    if report.check:
        sections.append(_build_check_section(report, report.check))
    sections.append(_build_findings_section(report))
    return fit_sections(sections)


def build_marker(owner: str) -> str:
    """The line by which a later run finds the comment to update; invisible to readers."""
    return f"<!-- tailboard report {owner} -->"


def _build_plan_section(report: PullRequestReport) -> Section:
    has_rules = any(item.kind == "rule group" for item in report.items)
    subject = "Dashboards and rules" if has_rules else "Dashboards"
    heading = f"### {subject}: {render_plan_summary(report.items)}"
    changed_items = list_changed_items(report.items)
    outcome = "" if changed_items else " Nothing changes."
    notes = [f"- Note: {_shorten_text(note)}" for note in report.notes]
    lines = [build_marker(report.owner), heading, "", f"Against {report.server}.{outcome}", *notes]
    entries = [_render_item(item, report) for item in changed_items]
    return Section([*lines, ""] if entries else lines, entries, "changes")


def _render_item(item: PlanItem, report: PullRequestReport) -> str:
    """What would become of a dashboard or a folder, with links to both and each change below."""
    links = []
    if item.kind == "dashboard":
        if preview_url := report.preview_urls.get(item.uid):
            links.append(format_link("preview", preview_url))
        if item.state not in ABSENT_STATES:
            links.append(format_link("now", f"{report.server}/d/{item.uid}"))
    reason = f": {_shorten_text(item.reason)}" if item.reason else ""
    line = " · ".join([f"- **{item.state}** {_shorten_text(item.name)}{reason}", *links])
    details = list_details(item)
    shown_details = [*details[:MAX_DETAILS]]
    if len(details) > MAX_DETAILS:
        shown_details.append(f"and {len(details) - MAX_DETAILS} more changes")
    if item.advice:
        shown_details.append(f"Tip: {item.advice}")
    return "\n".join([line, *(f"  - {_shorten_text(detail)}" for detail in shown_details)])


def _build_check_section(report: PullRequestReport, check: CheckSummary) -> Section:
    """The panels of changed dashboards that have no data; how many others there are."""
    heading = "### Panels without data"
    changed_uids = {
        item.uid for item in list_changed_items(report.items) if item.state is not State.ORPHAN
    }
    titles = {item.uid: item.title for item in report.items if item.kind == "dashboard"}
    problems: Counter[tuple[str, str, str, str]] = Counter()
    other_panels = set()
    for result in check.results:
        place = result.place
        if result.is_fine:
            continue
        if place.dashboard in titles and place.dashboard not in changed_uids:
            other_panels.add((place.dashboard, place.panel))
        else:
            name = titles.get(place.dashboard, place.dashboard or place.source)
            problems[name, place.panel, result.state, result.problem] += 1
    lines = [heading, ""]
    if check.problem:
        lines.append(f"Not all was checked: {_shorten_text(check.problem)}")
    elif not problems:
        lines.append("Every panel of what changes has data, or would have it.")
    if other_panels:
        count = format_count(len(other_panels), "panel")
        lines.append(f"{count} of dashboards that do not change: see `tailboard check`.")
    entries = [
        f"- {_shorten_text(': '.join(part for part in (name, panel) if part))}: "
        f"**{state}**: {_shorten_text(problem)}"
        for name, panel, state, problem in problems
    ]
    return Section([*lines, ""] if entries and lines[-1] else lines, entries, "panels")


def _build_findings_section(report: PullRequestReport) -> Section:
    name = "new finding" if report.has_base else "finding"
    heading = f"### Lint: {format_count(len(report.findings), name)}"
    findings = sorted(
        report.findings, key=lambda finding: (SEVERITIES.index(finding.severity), finding.place)
    )
    entries = [
        f"- **{finding.severity}** {escape_text(finding.rule)} at "
        f"{_shorten_text(str(finding.place))}: {_shorten_text(finding.problem)}\n"
        f"  - Tip: {_shorten_text(finding.tip)}"
        for finding in findings
    ]
    return Section([heading, ""] if entries else [heading], entries, "findings")


def _shorten_text(text: str) -> str:
    """Text of others, cut where it is long."""
    cut = text if len(text) <= MAX_DETAIL_LENGTH else f"{text[: MAX_DETAIL_LENGTH - 3]}..."
    return escape_text(cut)
