"""Why a server does not have what the rules of a run record."""

from collections.abc import Iterable, Mapping

from tailboard.check.selectors import describe_names, suggest_names
from tailboard.check.states import EVENTLESS, NO_LABEL, Assessment
from tailboard.panels.patterns import has_match
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.selection import MAX_VALUE_LENGTH, Matcher, Selection
from tailboard.queries.analysis.recordings import RecordingRule, is_selectable
from tailboard.queries.parser.promql import Selector

NOTHING_TO_RECORD = Assessment(
    EVENTLESS,
    "a rule of this run is to record it, and has had nothing to record yet",
    "see the state of the rules of this run.",
)
RULES_NOT_LOADED = Assessment(
    EVENTLESS,
    "rules of this run record it, and the server has not loaded them yet",
    "load the rules into Prometheus, then check again.",
)


def classify_missing_recording(
    selector: Selector, recording_rules: Iterable[RecordingRule], target_metrics: TargetMetrics
) -> Assessment | None:
    """Why the server has no series of a selector of what rules record; None where it has."""
    recording_rules = tuple(recording_rules)
    matchers = tuple(
        sorted(
            matcher
            for matcher in set(selector.matchers)
            if matcher[0] != "__name__" and len(matcher[2]) <= MAX_VALUE_LENGTH
        )
    )
    if selector.name in target_metrics.fetch_metric_names(Selection(matchers)):
        return None
    matching_rules = [rule for rule in recording_rules if is_selectable(rule.labels, matchers)]
    if matching_rules and not any(
        selector.name in target_metrics.fetch_metric_names(_build_selection(rule.labels))
        for rule in matching_rules
    ):
        loaded_labels = (
            labels for name, labels in target_metrics.loaded_recordings if name == selector.name
        )
        return (
            NOTHING_TO_RECORD
            if any(is_selectable(labels, matchers) for labels in loaded_labels)
            else RULES_NOT_LOADED
        )
    return _classify_missing_value(matchers, recording_rules, target_metrics)


def _classify_missing_value(
    matchers: Iterable[Matcher],
    recording_rules: tuple[RecordingRule, ...],
    target_metrics: TargetMetrics,
) -> Assessment | None:
    """Whether a label that every series has lacks the value; of others it may still happen."""
    for label, op, value in matchers:
        rule_values = [rule.labels[label] for rule in recording_rules if label in rule.labels]
        known_values = rule_values if len(rule_values) == len(recording_rules) else []
        if label in target_metrics.target_labels.all_names:
            known_values = [*rule_values, *target_metrics.fetch_label_values(label)]
        if known_values and not has_match(op, value, known_values):
            all_values = sorted({*known_values, *target_metrics.fetch_label_values(label)})
            tip = suggest_names(value, all_values) or describe_names("there is", all_values)
            return Assessment(NO_LABEL, f'no series has {label}{op}"{value}"', tip)
    return None


def _build_selection(labels: Mapping[str, str]) -> Selection:
    return Selection(tuple(sorted((label, "=", value) for label, value in labels.items())))
