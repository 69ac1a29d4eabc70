"""What recording rules compute, and which of them are behind a selector."""

from collections.abc import Iterable, Mapping

from tailboard.panels.patterns import has_match
from tailboard.panels.record import record
from tailboard.queries.parser.promql import Expression, Selector, find_variables
from tailboard.queries.subject import JsonMapping, Query


@record
class RecordingRule:
    """What one rule computes, and the labels that it adds; it is equal to itself alone."""

    expression: Expression
    labels: Mapping[str, str]

    __eq__ = object.__eq__
    __hash__ = object.__hash__


Recordings = Mapping[str, tuple[RecordingRule, ...]]
"""What is recorded, by the name that it is given."""


def find_recordings(rules: Iterable[tuple[Query, JsonMapping]]) -> Recordings:
    """What the recording rules among these compute."""
    recordings: dict[str, list[RecordingRule]] = {}
    for query, rule in rules:
        if "record" in rule:
            rule_labels = rule.get("labels")
            labels = rule_labels if isinstance(rule_labels, Mapping) else {}
            recording = RecordingRule(
                query.expression, {label: str(labels[label]) for label in labels}
            )
            recordings.setdefault(str(rule["record"]), []).append(recording)
    return {name: tuple(group) for name, group in recordings.items()}


def find_rules_of_selector(selector: Selector, recordings: Recordings) -> list[RecordingRule]:
    """The rules that may have recorded what a selector chooses."""
    return [
        rule
        for rule in recordings.get(selector.name, ())
        if is_selectable(rule.labels, selector.matchers)
    ]


def is_selectable(labels: Mapping[str, str], matchers: Iterable[tuple[str, str, str]]) -> bool:
    """Whether these matchers may choose what has these labels and others; a variable may be any."""
    return all(
        has_match(op, value, (labels[label],))
        for label, op, value in matchers
        if label in labels and not find_variables(value)
    )
