"""The state of a query on a server, and why a query returns no data."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from tailboard.check.query_states import SelectorClassifier, classify_query
from tailboard.check.selectors import (
    ADDED_LABELS,
    PROMETHEUS_SERIES,
    Inventory,
    Labels,
    classify_selector,
    describe_names,
    suggest_names,
)
from tailboard.check.states import (
    COLLISION,
    DATA,
    EVENTLESS,
    NO_LABEL,
    NO_METRIC,
    NOT_CHECKED,
    QUERY_ERROR,
    STALE,
    TOO_EXPENSIVE,
    Assessment,
)
from tailboard.metrics.catalogue import Catalogue
from tailboard.panels.patterns import has_match
from tailboard.prometheus.missing_recordings import classify_missing_recording
from tailboard.prometheus.query_outcomes import QueryOutcome
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.relabeling import classify_relabeling
from tailboard.prometheus.targets.selection import Selection
from tailboard.prometheus.variables.expansion import ExpandedQuery
from tailboard.queries.analysis.recordings import Recordings
from tailboard.queries.analysis.series_labels import LabelReader
from tailboard.queries.parser.promql import Selector, has_alternative, has_offset
from tailboard.queries.parser.quoted_names import find_quoted_names

WAIT_TIP = "nothing to do, if it has not happened yet; there is data once it happens."
HONOR_LABELS_TIP = (
    "use the label with exported_, which is the program's; or scrape with honor_labels: true."
)
UNREAD_NAME = "parse error: unexpected string"
"""What Prometheus 2 says of a name in quotes."""

HISTOGRAM_SUFFIX = re.compile(r"_(bucket|count|sum)$")
DUAL_TIP = (
    'nothing to do while both forms are read; say histograms="native" or "classic" where it is '
    "stored in one."
)
QUOTED_NAME_TIP = (
    "Prometheus 3 reads them; for an older server let the names be written with underscores, and "
    "use the convention that has them so."
)
MAX_NAMELESS_METRICS = 20
"""So many metrics are looked at for a selector that names none."""


def build_unchecked_assessment(reason: str) -> Assessment:
    """The state of a query that was not run, or whose empty result was not examined."""
    return Assessment(NOT_CHECKED, reason, "run it again when the server answers.")


def classify_outcome(query: ExpandedQuery, outcome: QueryOutcome) -> Assessment | None:
    """The state that the answer itself shows; None where there is no number."""
    assessment = _classify_answer(query, outcome)
    return assessment and _append_empty_reason(query, assessment)


def _classify_answer(query: ExpandedQuery, outcome: QueryOutcome) -> Assessment | None:
    if outcome.refusal:
        refused_names = (
            find_quoted_names(query.query.text) if UNREAD_NAME in outcome.refusal else []
        )
        problem = (
            f"this server does not read names in quotes, as {refused_names[0]}: {outcome.refusal}"
            if refused_names
            else outcome.refusal
        )
        tip = QUOTED_NAME_TIP if refused_names else "correct the expression."
        return Assessment(QUERY_ERROR, problem, tip)
    if outcome.limit_problem and not (query.query.is_in_rule and outcome.series_count):
        tip = "choose fewer with topk() or a matcher, or record it with a rule; see --timeout too."
        return Assessment(TOO_EXPENSIVE, outcome.limit_problem, tip)
    return Assessment() if outcome.number_count else None


def find_metrics_by_selection(
    queries: Iterable[ExpandedQuery], target_metrics: TargetMetrics
) -> dict[Selection, set[str]]:
    """The metrics that these queries name, by the targets that they choose."""
    metrics_by_selection: dict[Selection, set[str]] = {}
    for query in queries:
        for selector in query.query.selectors:
            selection = target_metrics.target_labels.build_selection(selector)
            metrics_by_selection.setdefault(selection, set()).update(
                _find_metric_names(selector, selection, target_metrics)
            )
    return metrics_by_selection


def classify_server_query(
    query: ExpandedQuery,
    outcome: QueryOutcome,
    target_metrics: TargetMetrics,
    recordings: Recordings,
    dual_histograms: frozenset[str] = frozenset(),
) -> Assessment:
    """The state of a query; what it names is loaded already.

    Of `dual_histograms` one form may be missing: all queries together read both.
    Numbers may hide a mistake: the target's label instead of the program's, or `or vector(0)`.
    """
    inventory = replace(
        _build_inventory(query, target_metrics, recordings), dual_histograms=dual_histograms
    )
    return _append_empty_reason(
        query, _classify_with_inventory(query, outcome, target_metrics, inventory, recordings)
    )


def _classify_with_inventory(
    query: ExpandedQuery,
    outcome: QueryOutcome,
    target_metrics: TargetMetrics,
    inventory: Inventory,
    recordings: Recordings,
) -> Assessment:
    direct_assessment = _classify_answer(query, outcome)

    def classify_missing(selector: Selector) -> Assessment | None:
        return _classify_missing(selector, target_metrics, inventory, recordings)

    def classify_from_server(selector: Selector, labels: Labels) -> Assessment:
        return classify_missing(selector) or classify_selector(selector, labels, inventory)

    if direct_assessment is None:
        missing_assessments = (
            assessment
            for selector in query.query.selectors
            if (assessment := classify_missing(selector))
        )
        return next(missing_assessments, None) or _classify_empty(
            query, outcome, target_metrics, inventory, recordings
        )
    if direct_assessment.state != DATA:
        return direct_assessment
    has_fallback = has_alternative(query.query.expression.tree)
    static_assessment = _classify_static(
        query,
        classify_from_server if has_fallback else partial(classify_selector, inventory=inventory),
        recordings,
    )
    is_mistake_hidden = has_fallback and static_assessment.state in {NO_METRIC, NO_LABEL}
    return (
        static_assessment
        if is_mistake_hidden or static_assessment.state == COLLISION
        else direct_assessment
    )


def _classify_static(
    query: ExpandedQuery, classifier: SelectorClassifier, recordings: Recordings
) -> Assessment:
    assessment = classify_query(query.query, classifier, LabelReader(recordings))
    return (
        replace(assessment, tip=HONOR_LABELS_TIP) if assessment.state == COLLISION else assessment
    )


def _find_metric_names(
    selector: Selector, selection: Selection, target_metrics: TargetMetrics
) -> set[str]:
    if selector.name:
        return {selector.name} - PROMETHEUS_SERIES
    name_matchers = [(op, value) for label, op, value in selector.matchers if label == "__name__"]
    metric_names = target_metrics.fetch_metric_names(selection) if name_matchers else ()
    matching_names = [
        metric_name
        for metric_name in metric_names
        if all(has_match(op, value, (metric_name,)) for op, value in name_matchers)
    ]
    return set(sorted(matching_names)[:MAX_NAMELESS_METRICS])


def _build_inventory(
    query: ExpandedQuery, target_metrics: TargetMetrics, recordings: Iterable[str]
) -> Inventory:
    """What the targets of all its selectors expose."""
    selections = {
        target_metrics.target_labels.build_selection(selector) for selector in query.query.selectors
    }
    catalogue = Catalogue()
    refused_names = {
        name
        for selection in selections
        for name in target_metrics.refused_metrics.get(selection, ())
    }
    for selection in sorted(selections):
        target_catalogue = target_metrics.build_catalogue(selection)
        catalogue.families.update(target_catalogue.families)
        for name, metric_series in target_catalogue.metrics.items():
            if name not in catalogue.metrics or not catalogue.metrics[name].series_count:
                catalogue.metrics[name] = metric_series
    labels = ADDED_LABELS.union(
        *(target_metrics.target_labels.fetch_names(selection.matchers) for selection in selections)
    )
    return Inventory(
        catalogue,
        frozenset(refused_names).union(recordings),
        frozenset(labels),
        frozenset(labels - ADDED_LABELS),
        frozenset(),
        is_complete=True,
    )


def _classify_empty(
    query: ExpandedQuery,
    outcome: QueryOutcome,
    target_metrics: TargetMetrics,
    inventory: Inventory,
    recordings: Recordings,
) -> Assessment:
    static_assessment = _classify_static(
        query, partial(classify_selector, inventory=inventory), recordings
    )
    if static_assessment.state != DATA:
        problem = f"{static_assessment.problem}{_format_warning(outcome)}"
        return replace(static_assessment, problem=problem)
    if "alert" in query.query.target:
        return Assessment()
    return _classify_gone(query, outcome, target_metrics) or _classify_eventless(query, outcome)


def _classify_missing(
    selector: Selector,
    target_metrics: TargetMetrics,
    inventory: Inventory,
    recordings: Recordings,
) -> Assessment | None:
    """Whether there is nothing to expect: no such targets, none up, a rule not loaded."""
    if selector.name in recordings:
        return classify_missing_recording(selector, recordings[selector.name], target_metrics)
    selection = target_metrics.target_labels.build_selection(selector)
    if not selection.matchers or selector.name in inventory.recorded_names:
        return None
    metric_names = target_metrics.fetch_metric_names(selection)
    if not metric_names:
        return _classify_unmatched_targets(selection, target_metrics)
    if selector.name not in metric_names and (
        other_form := _find_other_form(selector.name, inventory.dual_histograms, metric_names)
    ):
        problem = f"{selector.name} has no series: the histogram is stored as {other_form}"
        return Assessment(EVENTLESS, problem, DUAL_TIP)
    if selector.name not in PROMETHEUS_SERIES and target_metrics.is_down(selection):
        tip = "start the program, or look why it cannot be scraped, at Status > Targets."
        return Assessment(STALE, f"all targets of {selection} are down", tip)
    return classify_relabeling(selector.name, selection, target_metrics)


def find_dual_histograms(queries: Iterable[ExpandedQuery]) -> frozenset[str]:
    """Histograms that these queries read as native ones and in the series of classic ones."""
    names = {selector.name for query in queries for selector in query.query.selectors}
    return frozenset(name for name in names if f"{name}_count" in names)


def _find_other_form(name: str, dual_histograms: frozenset[str], names: frozenset[str]) -> str:
    """The series that there are of a histogram instead of this one; empty if there are none."""
    family = HISTOGRAM_SUFFIX.sub("", name)
    if family not in dual_histograms:
        return ""
    forms = (family, f"{family}_count")
    return next((form for form in forms if form != name and form in names), "")


def _classify_unmatched_targets(selection: Selection, target_metrics: TargetMetrics) -> Assessment:
    for label, op, value in selection.matchers:
        label_values = target_metrics.fetch_label_values(label)
        if not has_match(op, value, label_values):
            suggestion = suggest_names(value, label_values) or describe_names(
                "there is", label_values
            )
            problem = f'no series has {label}{op}"{value}"'
            return Assessment(NO_LABEL, problem, suggestion)
    problem = f"no series has all of {selection}"
    return Assessment(NO_LABEL, problem, "see which targets have these labels.")


def _classify_gone(
    query: ExpandedQuery, outcome: QueryOutcome, target_metrics: TargetMetrics
) -> Assessment | None:
    """Whether a metric that there was within the hour has no series any more."""
    for selector in query.query.selectors:
        selection = target_metrics.target_labels.build_selection(selector)
        has_recent_series = (
            selector.name in target_metrics.fetch_metric_names(selection)
            and selector.name not in PROMETHEUS_SERIES
        )
        if has_recent_series and not target_metrics.has_series(selection, selector.name):
            last_time_text = (
                f"; the last was at {_format_time(outcome.last_time)}" if outcome.last_time else ""
            )
            target_text = f" of {selection}" if selection.matchers else ""
            tip = "see that the program runs, is scraped, and still exposes it."
            problem = f"{selector.name} has no series{target_text} now{last_time_text}"
            return Assessment(STALE, problem, tip)
    return None


def _classify_eventless(query: ExpandedQuery, outcome: QueryOutcome) -> Assessment:
    if outcome.last_time:
        problem = f"nothing now; the last was at {_format_time(outcome.last_time)}"
    elif outcome.series_count:
        problem = "there are series, but no numbers: nothing is divided by nothing"
    elif has_offset(query.query.expression.tree):
        problem = "the server has nothing yet from that long ago"
    else:
        problem = "all that it names is there, and nothing comes of it now"
    return Assessment(EVENTLESS, f"{problem}{_format_warning(outcome)}", WAIT_TIP)


def _format_warning(outcome: QueryOutcome) -> str:
    """What is missing may be what the server could not read."""
    return f" (the server warns: {outcome.warnings})" if outcome.warnings else ""


def _append_empty_reason(query: ExpandedQuery, assessment: Assessment) -> Assessment:
    """What is wrong, then which variables of the query have no value."""
    if not assessment.problem or not query.empty_reason:
        return assessment
    return replace(assessment, problem=f"{assessment.problem}; {query.empty_reason}")


def _format_time(timestamp: float) -> str:
    return f"{datetime.fromtimestamp(timestamp, UTC):%H:%M} UTC"
