"""The labels that the series of an expression have, and operators whose two sides never match.

Without metrics, little is known of a selector: the labels that its matchers ask for, and those that
Prometheus gives to every target. Aggregations, functions and operators then say which are left.
https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from tailboard.metrics.exposition import has_match
from tailboard.queries.promql import (
    PLACEHOLDER,
    SELECTING_AGGREGATIONS,
    find_grouping_labels,
    find_selectors,
    find_variables,
    get_node_type,
    walk_nodes,
)
from tailboard.queries.recordings import RecordingRule, Recordings, find_rules_of_selector

TARGET_LABELS = frozenset({"job", "instance"})
"""The labels that every target has."""

UNTARGETED_SERIES = {"", "ALERTS", "ALERTS_FOR_STATE"}
MAX_RULE_DEPTH = 60
"""How deep within a tree, and those of rules around it, another recording rule is followed."""

NUMBER_FUNCTIONS = {"scalar", "time", "pi"}
RELABEL_FUNCTIONS = {"label_replace", "label_join"}
ABSENT_FUNCTIONS = {"absent", "absent_over_time"}


@dataclass(frozen=True)
class SeriesLabels:
    """The labels of all series of an expression.

    `possible` are those that a series may have, None where it may have any; `certain` those that
    each has. `constants` are the values that all series share.
    """

    possible: frozenset[str] | None = None
    certain: frozenset[str] = frozenset()
    constants: Mapping[str, str] = field(default_factory=dict)

    def keep(self, labels: frozenset[str]) -> "SeriesLabels":
        """The labels that are left where only these are kept."""
        possible = labels if self.possible is None else self.possible & labels
        return SeriesLabels(possible, self.certain & labels, _select(self.constants, labels))

    def drop(self, labels: frozenset[str]) -> "SeriesLabels":
        """The labels that are left without these."""
        possible = None if self.possible is None else self.possible - labels
        constants = _select(self.constants, {*self.constants} - labels)
        return SeriesLabels(possible, self.certain - labels, constants)

    def add(self, labels: frozenset[str]) -> "SeriesLabels":
        """The labels where these may have been added, with any value."""
        dropped = self.drop(labels)
        possible = None if dropped.possible is None else dropped.possible | labels
        return replace(dropped, possible=possible)


EMPTY = SeriesLabels(frozenset())


@dataclass(frozen=True)
class Mismatch:
    """An operator of which no series of one side matches one of the other, and why."""

    operator: str
    reason: str


def find_mismatches(tree: Any, recordings: Recordings) -> Iterator[Mismatch]:
    """The operators of a tree that never have a result."""
    reader = SeriesLabelReader(recordings)
    for node in walk_nodes(tree):
        if get_node_type(node) == "BinaryExpr" and node.op not in {"or", "unless"}:
            left, right = (reader.infer_labels(side) for side in (node.lhs, node.rhs))
            reason = _find_reason(node, left, right) if left and right else ""
            if reason:
                yield Mismatch(node.op, reason)


class SeriesLabelReader:
    """Infers the labels of expressions; each recording rule is followed once."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._rule_labels: dict[RecordingRule, SeriesLabels] = {}
        self._depth = 0

    def infer_labels(self, node: Any) -> SeriesLabels | None:
        """The labels of an expression; None for a number, which has none to match."""
        self._depth += 1
        labels = self._infer_node(node)
        self._depth -= 1
        return labels

    def _infer_node(self, node: Any) -> SeriesLabels | None:
        node_type = get_node_type(node)
        if node_type in {"VectorSelector", "MatrixSelector"}:
            return self._infer_selector(node)
        if node_type == "AggregateExpr":
            return _infer_aggregation(node, self.infer_labels(node.expr) or EMPTY)
        if node_type == "BinaryExpr":
            return _infer_operator(node, self.infer_labels(node.lhs), self.infer_labels(node.rhs))
        if node_type == "Call":
            return _infer_call(node, [self.infer_labels(argument) for argument in node.args])
        inner = getattr(node, "expr", None)
        return None if inner is None else self.infer_labels(inner)

    def _infer_selector(self, node: Any) -> SeriesLabels:
        (selector,) = find_selectors(node)
        matched = _read_matchers(selector.matchers)
        rules = find_rules_of_selector(selector, self._recordings)
        if rules:
            recorded = reduce(_unite, map(self._infer_rule, rules))
            constants = {**recorded.constants, **matched.constants}
            return SeriesLabels(recorded.possible, recorded.certain | matched.certain, constants)
        is_recorded = ":" in selector.name or selector.name in self._recordings
        if is_recorded or selector.name in UNTARGETED_SERIES or PLACEHOLDER in selector.name:
            return matched
        empty = {label for label, op, value in selector.matchers if op == "=" and not value}
        return SeriesLabels(None, (matched.certain | TARGET_LABELS) - empty, matched.constants)

    def _infer_rule(self, rule: RecordingRule) -> SeriesLabels:
        if rule.expression.tree is None or self._depth >= MAX_RULE_DEPTH:
            return SeriesLabels()
        if rule not in self._rule_labels:
            self._rule_labels[rule] = SeriesLabels()  # while it is followed: it may name itself
            labels = self.infer_labels(rule.expression.tree) or EMPTY
            self._rule_labels[rule] = _add_rule_labels(labels, rule.labels)
        return self._rule_labels[rule]


def _add_rule_labels(labels: SeriesLabels, rule_labels: Mapping[str, str]) -> SeriesLabels:
    possible = None if labels.possible is None else labels.possible | {*rule_labels}
    constants = {**labels.constants, **rule_labels}
    return SeriesLabels(possible, labels.certain | {*rule_labels}, constants)


def _read_matchers(matchers: tuple[tuple[str, str, str], ...]) -> SeriesLabels:
    named = [matcher for matcher in matchers if matcher[0] != "__name__"]
    fixed = [matcher for matcher in named if not find_variables(matcher[2])]
    certain = {label for label, op, value in fixed if not has_match(op, value, ("",))}
    constants = {label: value for label, op, value in fixed if op == "=" and value}
    return SeriesLabels(None, frozenset(certain), constants)


def _infer_aggregation(node: Any, inner: SeriesLabels) -> SeriesLabels:
    if node.op in SELECTING_AGGREGATIONS:
        return inner
    by_labels = find_grouping_labels(node)
    if by_labels is None:
        result = inner.drop(frozenset(node.modifier.labels))
    elif any(PLACEHOLDER in label for label in by_labels):
        return SeriesLabels()
    else:
        result = inner.keep(frozenset(by_labels))
    label = getattr(node.param, "val", None)
    return result.add(frozenset({label})) if isinstance(label, str) else result


def _infer_operator(
    node: Any, left: SeriesLabels | None, right: SeriesLabels | None
) -> SeriesLabels | None:
    if left is None or right is None:
        return left or right
    if node.op in {"and", "unless"}:
        return left
    if node.op == "or":
        return _unite(left, right)
    return _infer_match(node.modifier, left, right)


def _infer_match(modifier: Any, left: SeriesLabels, right: SeriesLabels) -> SeriesLabels:
    """The labels of the results of an operator on two matching series."""
    card = str(getattr(modifier, "card", ""))
    groups = frozenset(getattr(modifier, "group_labels", None) or ())
    if "ManyToOne" in card:
        return left.add(groups)
    if "OneToMany" in card:
        return right.add(groups)
    matching = getattr(modifier, "matching", None)
    if matching is None:
        return left
    labels = frozenset(matching.labels)
    return left.keep(labels) if _is_on(matching) else left.drop(labels)


def _infer_call(node: Any, arguments: list[SeriesLabels | None]) -> SeriesLabels | None:
    name = node.func.name
    if name in NUMBER_FUNCTIONS:
        return None
    return _infer_function(node, next(filter(None, arguments), EMPTY))


def _infer_function(node: Any, inner: SeriesLabels) -> SeriesLabels:
    name = node.func.name
    if name in ABSENT_FUNCTIONS:
        return SeriesLabels(frozenset(inner.constants), frozenset(inner.constants), inner.constants)
    if name in RELABEL_FUNCTIONS:
        label = getattr(node.args[1], "val", None)
        return inner.add(frozenset({label})) if isinstance(label, str) else SeriesLabels()
    if name.startswith("histogram_"):
        return inner.drop(frozenset({"le"}))
    return SeriesLabels(None, inner.certain) if name == "info" else inner


def _unite(left: SeriesLabels, right: SeriesLabels) -> SeriesLabels:
    """The labels of series of either side."""
    possible = (
        None if left.possible is None or right.possible is None else left.possible | right.possible
    )
    constants = {
        label: value
        for label, value in left.constants.items()
        if right.constants.get(label) == value
    }
    return SeriesLabels(possible, left.certain & right.certain, constants)


def _find_reason(node: Any, left: SeriesLabels, right: SeriesLabels) -> str:
    """Why no series of the two sides have the same labels; empty where some may."""
    matching = getattr(node.modifier, "matching", None)
    fill = getattr(node.modifier, "fill_values", None)
    has_fill = any(getattr(fill, side, None) is not None for side in ("lhs", "rhs"))
    labels = frozenset(matching.labels if matching else ())
    if has_fill or any(PLACEHOLDER in label for label in labels):
        return ""
    if matching and _is_on(matching):
        left, right = left.keep(labels), right.keep(labels)
    else:
        left, right = left.drop(labels | {"__name__"}), right.drop(labels | {"__name__"})
    for one, other, side in ((right, left, "left"), (left, right, "right")):
        if other.possible is not None and (missing := sorted(one.certain - other.possible)):
            return f"the {side} side never has {' and '.join(missing)}, which the other has"
    for label in sorted({*left.constants} & {*right.constants}):
        if left.constants[label] != right.constants[label]:
            values = f'"{left.constants[label]}" on the left and "{right.constants[label]}"'
            return f"{label} is {values} on the right"
    return ""


def _is_on(matching: Any) -> bool:
    return str(matching.type).endswith("Include")


def _select(values: Mapping[str, str], labels: Any) -> dict[str, str]:
    return {label: value for label, value in values.items() if label in labels}
