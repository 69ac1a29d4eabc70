"""Findings as people read them: those of a panel below its name, a tip once for each rule."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tailboard.cli.reports.terminal import Line
from tailboard.findings.finding import SEVERITIES, Finding, Place
from tailboard.publish.plural import format_count

COLORS = {"error": "red", "warning": "yellow", "note": "green"}


def count_severities(findings: Iterable[Finding]) -> str:
    """How many errors and warnings there are, and notes where there are some."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(
        format_count(counts[severity], severity)
        for severity in SEVERITIES
        if counts[severity] or severity != "note"
    )


def render_findings(findings: Sequence[Finding]) -> list[str | Line]:
    """Place by place; errors first."""
    findings_by_place: dict[Place, list[Finding]] = {}
    for finding in findings:
        findings_by_place.setdefault(replace(finding.place, query=""), []).append(finding)
    return [
        line
        for place in sorted(findings_by_place)
        for line in _render_place(place, findings_by_place[place])
    ]


def _render_place(place: Place, findings: Sequence[Finding]) -> Iterator[str | Line]:
    yield str(place)
    problems_by_rule: dict[tuple[int, str, str], dict[str, list[str]]] = {}
    for finding in findings:
        problems = problems_by_rule.setdefault(
            (SEVERITIES.index(finding.severity), finding.rule, finding.tip), {}
        )
        problems.setdefault(finding.problem, []).append(finding.place.query)
    for (severity_rank, rule, tip), problems in sorted(
        problems_by_rule.items(), key=lambda entry: entry[0][:2]
    ):
        severity = SEVERITIES[severity_rank]
        for problem, queries in problems.items():
            text = f" {rule}: {problem}{_format_queries(queries)}"
            yield Line(text, label=severity, color=COLORS[severity], indent=2)
        yield f"    Tip: {tip}"


def _format_queries(queries: Sequence[str]) -> str:
    query_names = [query for query in dict.fromkeys(queries) if query]
    return f" ({', '.join(query_names)})" if query_names else ""
