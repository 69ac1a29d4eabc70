"""Which labels the series of an expression have.

Without metrics, little is known of a selector: the labels that its matchers ask for, and those that
Prometheus gives to every target. Aggregations, functions and operators then say which are left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import reduce
from typing import Any

from tailboard.panels.patterns import has_match
from tailboard.panels.record import record
from tailboard.queries.analysis.recordings import RecordingRule, Recordings, find_rules_of_selector
from tailboard.queries.parser.promql import (
    PLACEHOLDER,
    SELECTING_AGGREGATIONS,
    find_grouping_labels,
    find_matching,
    find_selectors,
    find_variables,
    get_node_type,
    is_scalar,
)

Matchers = tuple[tuple[str, str, str], ...]

METRIC_NAME_LABEL = "__name__"
TARGET_LABELS = frozenset({"job", "instance"})
"""The labels that every target has."""

UNTARGETED_SERIES = {"", "ALERTS", "ALERTS_FOR_STATE"}
"""Series that no target exposes, and selectors without a name, which may choose such."""

MAX_RULE_DEPTH = 60
"""How deep within a tree, and those of rules around it, another recording rule is followed."""

ABSENCE_FUNCTIONS = {"absent", "absent_over_time"}
RELABEL_FUNCTIONS = {"label_join", "label_replace"}
LABEL_PARAMETERS = {**dict.fromkeys(RELABEL_FUNCTIONS, 1), "histogram_quantiles": 1}
"""Functions that write a label, and which of their arguments is its name."""


@record
class SeriesLabels:
    """The labels of all series of an expression.

    `possible` are those that a series may have; where it is None, any but those `dropped`.
    `certain` are those that each of them has, `constants` the values that all of them share.
    """

    possible: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()
    constants: Mapping[str, str] = field(default_factory=dict)

    def has_possible_label(self, label: str) -> bool:
        """Whether some of the series may have the label."""
        return label not in self.dropped if self.possible is None else label in self.possible

    def keep(self, labels: Iterable[str]) -> "SeriesLabels":
        """What is left where no other labels are kept."""
        possible = frozenset(filter(self.has_possible_label, labels))
        return SeriesLabels(
            possible, frozenset(), self.certain & possible, self._select_constants(possible)
        )

    def drop(self, labels: Iterable[str]) -> "SeriesLabels":
        """What is left without these labels."""
        labels = frozenset(labels)
        constants = self._select_constants(self.constants.keys() - labels)
        if self.possible is None:
            return SeriesLabels(None, self.dropped | labels, self.certain - labels, constants)
        return SeriesLabels(self.possible - labels, frozenset(), self.certain - labels, constants)

    def add(self, labels: Iterable[str]) -> "SeriesLabels":
        """The same where these labels may have got any value, or none."""
        labels = frozenset(labels)
        rest = self.drop(labels)
        possible = None if rest.possible is None else rest.possible | labels
        return SeriesLabels(possible, rest.dropped - labels, rest.certain, rest.constants)

    def set_values(self, values: Mapping[str, str]) -> "SeriesLabels":
        """The same where every series got these values; an empty one takes its label away."""
        present = {label: value for label, value in values.items() if value}
        rest = self.drop(values).add(present)
        constants = {**rest.constants, **present}
        return SeriesLabels(rest.possible, rest.dropped, rest.certain | present.keys(), constants)

    def join(self, other: "SeriesLabels") -> "SeriesLabels":
        """The labels of the series of both."""
        certain = self.certain & other.certain
        constants = {
            label: value
            for label, value in self.constants.items()
            if other.constants.get(label) == value
        }
        if self.possible is not None and other.possible is not None:
            possible = self.possible | other.possible
            return SeriesLabels(possible, frozenset(), certain, constants)
        dropped = frozenset(
            label
            for label in self.dropped | other.dropped
            if not self.has_possible_label(label) and not other.has_possible_label(label)
        )
        return SeriesLabels(None, dropped, certain, constants)

    def _select_constants(self, labels: Iterable[str]) -> dict[str, str]:
        return {label: self.constants[label] for label in labels if label in self.constants}


ANY_LABELS = SeriesLabels()
NO_LABELS = SeriesLabels(frozenset())


class LabelReader:
    """Infers the labels of expressions; each recording rule of the run is followed once."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._rule_labels: dict[RecordingRule, SeriesLabels] = {}
        self._selector_labels: dict[tuple[str | None, Matchers], SeriesLabels] = {}
        self._depth = 0

    def infer_labels(self, node: Any) -> SeriesLabels:
        """The labels of the result of an expression; a number has none."""
        self._depth += 1
        labels = self._infer_node(node)
        self._depth -= 1
        return labels

    def _infer_node(self, node: Any) -> SeriesLabels:
        node_type = get_node_type(node)
        if node_type == "MatrixSelector":
            return self._infer_node(node.vector_selector)
        if node_type == "VectorSelector":
            key = (node.name, node.matchers)
            if key not in self._selector_labels:
                self._selector_labels[key] = self._infer_selector(node)
            return self._selector_labels[key]
        if node_type == "AggregateExpr":
            return _infer_aggregation(node, self.infer_labels(node.expr))
        if node_type == "BinaryExpr":
            return self._infer_operator(node)
        if node_type == "Call":
            return self._infer_call(node)
        inner = getattr(node, "expr", None)
        return NO_LABELS if inner is None else self.infer_labels(inner)

    def _infer_selector(self, node: Any) -> SeriesLabels:
        (selector,) = find_selectors(node)
        is_recorded = ":" in selector.name or selector.name in self._recordings
        rules = find_rules_of_selector(selector, self._recordings)
        if rules:
            labels = reduce(SeriesLabels.join, map(self._infer_rule, rules))
        elif is_recorded or selector.name in UNTARGETED_SERIES or PLACEHOLDER in selector.name:
            labels = ANY_LABELS
        else:
            labels = SeriesLabels(certain=TARGET_LABELS)
        return _apply_matchers(labels, selector.matchers)

    def _infer_rule(self, rule: RecordingRule) -> SeriesLabels:
        if rule.expression.tree is None or self._depth >= MAX_RULE_DEPTH:
            return ANY_LABELS
        if rule not in self._rule_labels:
            self._rule_labels[rule] = ANY_LABELS  # while it is followed: it may name itself
            labels = self.infer_labels(rule.expression.tree)
            self._rule_labels[rule] = labels.set_values(rule.labels)
        return self._rule_labels[rule]

    def _infer_operator(self, node: Any) -> SeriesLabels:
        if is_scalar(node.lhs):
            return self.infer_labels(node.rhs)
        left = self.infer_labels(node.lhs)
        if node.op in {"and", "unless"} or is_scalar(node.rhs):
            return left
        right = self.infer_labels(node.rhs)
        return left.join(right) if node.op == "or" else _match_labels(node, left, right)

    def _infer_call(self, node: Any) -> SeriesLabels:
        name = str(node.func.name)
        vector = next((argument for argument in node.args if not is_scalar(argument)), None)
        if vector is None or name == "scalar":
            return NO_LABELS
        if name in ABSENCE_FUNCTIONS:
            return _infer_absence(vector)
        labels = self.infer_labels(vector)
        if name.startswith("histogram_"):
            labels = labels.drop({"le"})
        if name in LABEL_PARAMETERS:
            label = getattr(node.args[LABEL_PARAMETERS[name]], "val", None)
            return labels.add({label}) if isinstance(label, str) else ANY_LABELS
        return SeriesLabels(certain=labels.certain) if name == "info" else labels


def _apply_matchers(labels: SeriesLabels, matchers: Matchers) -> SeriesLabels:
    """The labels of those series that matchers choose; the value of a variable is not known."""
    fixed = [
        (label, op, value)
        for label, op, value in matchers
        if label != METRIC_NAME_LABEL and not find_variables(value)
    ]
    rest = labels.drop(label for label, op, value in fixed if op == "=" and not value)
    present = {label for label, op, value in fixed if not has_match(op, value, ("",))}
    constants = {label: value for label, op, value in fixed if op == "=" and value}
    return SeriesLabels(
        rest.possible,
        rest.dropped - present,
        rest.certain | present,
        {**rest.constants, **constants},
    )


def _infer_aggregation(node: Any, inner: SeriesLabels) -> SeriesLabels:
    if node.op in SELECTING_AGGREGATIONS:
        return inner
    by_labels = find_grouping_labels(node)
    if by_labels is None:
        labels = inner.drop([*node.modifier.labels, METRIC_NAME_LABEL])
    elif any(PLACEHOLDER in label for label in by_labels):
        return ANY_LABELS
    else:
        labels = inner.keep(by_labels)
    parameter = getattr(node.param, "val", None)
    return labels.add({str(parameter)}) if node.op == "count_values" else labels


def _match_labels(node: Any, left: SeriesLabels, right: SeriesLabels) -> SeriesLabels:
    """The labels of what an operator matches: those of the side with many series, if one has."""
    matching = find_matching(node)
    if matching is None:
        return left
    if matching.many_side:
        many = left if matching.many_side == "left" else right
        return many.add(matching.group_labels)
    return left.keep(matching.labels) if matching.is_on else left.drop(matching.labels)


def _infer_absence(argument: Any) -> SeriesLabels:
    """`absent` has the labels that its selector fixes to one value."""
    if get_node_type(argument) == "ParenExpr":
        return _infer_absence(argument.expr)
    if get_node_type(argument) not in {"VectorSelector", "MatrixSelector"}:
        return NO_LABELS
    (selector,) = find_selectors(argument)
    names = [label for label, _, _ in selector.matchers]
    fixed = {
        label: value
        for label, op, value in selector.matchers
        if op == "=" and value and label != METRIC_NAME_LABEL and names.count(label) == 1
    }
    known = {label: value for label, value in fixed.items() if not find_variables(value)}
    return SeriesLabels(frozenset(fixed), frozenset(), frozenset(known), known)
