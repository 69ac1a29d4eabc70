"""What `tailboard check` found, as text for people and as JSON for programs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from math import inf
from typing import Any

from tailboard.check.cardinality import SeriesCount, count_series
from tailboard.check.engine import format_names
from tailboard.check.evidence import Evidence
from tailboard.check.query_states import CheckResult
from tailboard.check.states import DATA, FINE_STATES, STATES
from tailboard.cli.reports.findings_text import COLORS, count_severities
from tailboard.cli.reports.terminal import Line
from tailboard.findings.finding import Finding, Place
from tailboard.metrics.quantity import format_quantity
from tailboard.queries.analysis.percentiles import Percentile

MAX_METRICS = 10


def build_check_json(
    check_results: Iterable[CheckResult], findings: Iterable[Finding], evidence: Sequence[Evidence]
) -> dict[str, Any]:
    """Every query with its state, every finding, where percentiles lie, the largest metrics."""
    return {
        "queries": [asdict(result) for result in check_results],
        "findings": [asdict(finding) for finding in findings],
        "percentiles": [
            _build_percentile_json(percentile, source_evidence)
            for source_evidence in evidence
            for percentile in _list_known_percentiles(source_evidence)
        ],
        "cardinality": [asdict(count) for count in _find_largest_metrics(evidence)],
    }


def render_check_text(
    check_results: Iterable[CheckResult], findings: Iterable[Finding]
) -> list[str | Line]:
    """Each problem once, the worst first, with where it is and what to do about it."""
    groups: dict[tuple[str, str, str, str], list[Place]] = {}
    for result in check_results:
        if result.state != DATA:
            group = (result.state, result.problem, result.tip, result.allowed)
            groups.setdefault(group, []).append(result.place)
    sorted_groups = sorted(groups.items(), key=lambda entry: -STATES.index(entry[0][0]))
    lines = [line for group, places in sorted_groups for line in _render_group(*group, places)]
    for finding in findings:
        lines += [
            str(finding.place),
            Line(
                f" {finding.rule}: {finding.problem}",
                label=finding.severity,
                color=COLORS[finding.severity],
                indent=2,
            ),
            f"    Tip: {finding.tip}",
        ]
    return lines


def render_check_details(evidence: Sequence[Evidence]) -> list[str]:
    """In which bucket each percentile lies, and the metrics with the most series."""
    lines = [
        _describe_percentile(percentile, source_evidence)
        for source_evidence in evidence
        for percentile in _list_known_percentiles(source_evidence)
    ]
    lines += [_describe_count(count) for count in _find_largest_metrics(evidence)]
    return lines


def render_check_summary(check_results: Sequence[CheckResult], findings: Sequence[Finding]) -> str:
    """How many queries are in each state, and how many findings there are."""
    state_counts = Counter(result.state for result in check_results)
    state_texts = [
        f"{state_counts[state]} {state}" for state in STATES if state_counts[state] or state == DATA
    ]
    query_text = f"{len(check_results)} {'query' if len(check_results) == 1 else 'queries'}"
    allowed_count = sum(bool(result.allowed) for result in check_results)
    return "; ".join(
        [
            f"{query_text}: {', '.join(state_texts)}",
            *([f"{allowed_count} of them allowed"] if allowed_count else []),
            count_severities(findings),
        ]
    )


def _find_largest_metrics(evidence: Iterable[Evidence]) -> list[SeriesCount]:
    metric_counts = [
        count for source_evidence in evidence for count in count_series(source_evidence)
    ]
    return sorted(metric_counts, key=lambda count: (-count.series, count.metric))[:MAX_METRICS]


def _render_group(
    state: str, problem: str, tip: str, allowance: str, places: Sequence[Place]
) -> Iterator[str | Line]:
    is_fine = state in FINE_STATES or allowance
    yield Line(f": {problem}", label=state, color="yellow" if is_fine else "red")
    panel_names = [
        f"{source}: {dashboard}: {panel}" for source, dashboard, panel in _list_panels(places)
    ]
    if len(places) == 1:
        yield f"  {places[0]}"
    else:
        panel_text = (
            "one panel or rule" if len(panel_names) == 1 else f"{len(panel_names)} panels and rules"
        )
        yield f"  {len(places)} queries of {panel_text}: {format_names(panel_names)}"
    yield f"    Allowed: {allowance}" if allowance else f"    Tip: {tip}"


def _list_panels(places: Iterable[Place]) -> list[tuple[str, str, str]]:
    return list(dict.fromkeys((place.source, place.dashboard, place.panel) for place in places))


def _list_known_percentiles(evidence: Evidence) -> list[Percentile]:
    """The percentiles of which it is known where they lie, each once."""
    unique_percentiles = {
        (percentile.histogram, percentile.quantile): percentile
        for percentile in reversed(evidence.percentiles)
    }
    distributions = evidence.distributions
    return [
        percentile
        for _, percentile in sorted(unique_percentiles.items())
        if percentile.histogram in distributions
        and distributions[percentile.histogram].has_enough_values(percentile.quantile)
    ]


def _build_percentile_json(percentile: Percentile, evidence: Evidence) -> dict[str, Any]:
    """No bucket's end, and no factor, is none."""
    position = evidence.distributions[percentile.histogram].find_bucket(percentile.quantile)
    numbers = {
        "lower": position.lower,
        "upper": position.upper,
        "error": position.error,
        "factor": position.factor,
    }
    return {
        "histogram": percentile.histogram,
        "quantile": percentile.quantile,
        **{name: None if value == inf else value for name, value in numbers.items()},
        "last": position.is_last,
    }


def _describe_percentile(percentile: Percentile, evidence: Evidence) -> str:
    name = percentile.histogram
    position = evidence.distributions[name].find_bucket(percentile.quantile)
    lower, upper = format_quantity(position.lower, name), format_quantity(position.upper, name)
    range_text = f"above {lower}" if position.upper == inf else f"between {lower} and {upper}"
    factor = f", off by up to {position.factor:.3g} times"
    if position.factor == inf:  # from 0 on, nothing bounds how many times too high it is drawn
        factor = "" if position.upper == inf else ", the first bucket: no bound for how far off"
    return f"P{percentile.quantile * 100:.10g} of {name}: {range_text}{factor}"


def _describe_count(count: SeriesCount) -> str:
    largest_labels = sorted(count.labels, key=lambda label: -count.labels[label])
    labels = ", ".join(f"{label} {count.format_value_count(label)}" for label in largest_labels[:3])
    return f"{count.metric}: {count.series} series{f' ({labels})' if labels else ''}"
