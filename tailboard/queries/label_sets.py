"""Which labels the series of an expression can have, as far as the expression itself says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tailboard.queries.promql import (
    SELECTING_AGGREGATIONS,
    find_grouping_labels,
    find_selectors,
    get_node_type,
)
from tailboard.queries.recordings import RecordingRule, Recordings, find_rules_of_selector

Matchers = tuple[tuple[str, str, str], ...]

METRIC_NAME_LABEL = "__name__"
SET_OPERATORS = {"and", "unless", "or"}
ABSENCE_FUNCTIONS = {"absent", "absent_over_time"}
BARE_FUNCTIONS = {"pi", "scalar", "time", "vector"}
"""Functions whose result has no labels."""

TIME_FUNCTIONS = {
    *("day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month"),
    "year",
}
"""Functions that have no labels where they have no argument."""

WRITING_FUNCTIONS = {"label_join", "label_replace"}


@dataclass(frozen=True)
class LabelSet:
    """The labels that series can have: `possible` alone, or any but those `dropped`."""

    possible: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()

    def can_have(self, label: str) -> bool:
        """Whether some of the series may have the label."""
        return label not in self.dropped if self.possible is None else label in self.possible

    def keep(self, labels: Iterable[str]) -> "LabelSet":
        """The same with no other labels than these."""
        return LabelSet(frozenset(label for label in labels if self.can_have(label)))

    def drop(self, labels: Iterable[str]) -> "LabelSet":
        """The same without these labels."""
        labels = frozenset(labels)
        if self.possible is None:
            return LabelSet(None, self.dropped | labels)
        return LabelSet(self.possible - labels)

    def add(self, labels: Iterable[str]) -> "LabelSet":
        """The same with these labels too."""
        labels = frozenset(labels)
        if self.possible is None:
            return LabelSet(None, self.dropped - labels)
        return LabelSet(self.possible | labels)

    def join(self, other: "LabelSet") -> "LabelSet":
        """What series of the one or of the other can have."""
        if self.possible is not None and other.possible is not None:
            return LabelSet(self.possible | other.possible)
        if self.possible is None and other.possible is None:
            return LabelSet(None, self.dropped & other.dropped)
        unknown, known = (self, other) if self.possible is None else (other, self)
        return LabelSet(None, unknown.dropped - (known.possible or frozenset()))


NO_LABELS = LabelSet(frozenset())
ANY_LABELS = LabelSet()


class LabelReader:
    """Infers label sets; what a recording rule of the run has recorded is followed, once."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._rule_labels: dict[RecordingRule, LabelSet] = {}
        self._selector_labels: dict[tuple[str, Matchers], LabelSet] = {}

    def infer_labels(self, node: Any) -> LabelSet:
        """The labels that the result of an expression can have."""
        node_type = get_node_type(node)
        if node_type in {"VectorSelector", "MatrixSelector"}:
            return self._infer_selector(node)
        if node_type == "AggregateExpr":
            return self._infer_aggregation(node)
        if node_type == "Call":
            return self._infer_call(node)
        if node_type == "BinaryExpr":
            return self._infer_binary(node)
        if node_type in {"NumberLiteral", "StringLiteral"}:
            return NO_LABELS
        inner = getattr(node, "expr", None)
        return ANY_LABELS if inner is None else self.infer_labels(inner)

    def _infer_selector(self, node: Any) -> LabelSet:
        selector = find_selectors(node)[0]
        missing = {label for label, op, value in selector.matchers if op == "=" and not value}
        if selector.name not in self._recordings:
            return ANY_LABELS.drop(missing) if missing else ANY_LABELS
        key = (selector.name, selector.matchers)
        if key not in self._selector_labels:
            rules = find_rules_of_selector(selector, self._recordings)
            labels = NO_LABELS if rules else ANY_LABELS
            for rule in rules:
                labels = labels.join(self._infer_recording(rule))
            self._selector_labels[key] = labels.drop(missing)
        return self._selector_labels[key]

    def _infer_recording(self, rule: RecordingRule) -> LabelSet:
        if rule not in self._rule_labels:
            self._rule_labels[rule] = ANY_LABELS  # of a rule that records itself, nothing is known
            tree = rule.expression.tree
            inner = ANY_LABELS if tree is None else self.infer_labels(tree)
            self._rule_labels[rule] = inner.add(rule.labels)
        return self._rule_labels[rule]

    def _infer_aggregation(self, node: Any) -> LabelSet:
        inner = self.infer_labels(node.expr)
        if node.op in SELECTING_AGGREGATIONS:
            return inner
        by_labels = find_grouping_labels(node)
        if by_labels is None:
            labels = inner.drop([*node.modifier.labels, METRIC_NAME_LABEL])
        else:
            labels = inner.keep(by_labels)
        parameter = getattr(node.param, "val", None)
        return labels.add([str(parameter)]) if node.op == "count_values" else labels

    def _infer_call(self, node: Any) -> LabelSet:
        name = str(node.func.name)
        if name in BARE_FUNCTIONS or (name in TIME_FUNCTIONS and not node.args):
            return NO_LABELS
        if name in ABSENCE_FUNCTIONS:
            return _infer_absence(node.args[0])
        vectors = [
            argument
            for argument in node.args
            if get_node_type(argument) not in {"NumberLiteral", "StringLiteral"}
        ]
        if name == "info" or not vectors:
            return ANY_LABELS
        labels = self.infer_labels(vectors[-1] if "quantile" in name else vectors[0])
        if name in WRITING_FUNCTIONS:
            return labels.add([str(getattr(node.args[1], "val", ""))])
        if name == "histogram_quantile":
            return labels.drop(["le"])
        return ANY_LABELS if name == "histogram_quantiles" else labels

    def _infer_binary(self, node: Any) -> LabelSet:
        left, right = self.infer_labels(node.lhs), self.infer_labels(node.rhs)
        if node.op in {"and", "unless"}:
            return left
        if node.op == "or":
            return left.join(right)
        if is_scalar(node.lhs):
            return right
        if is_scalar(node.rhs):
            return left
        return _match_labels(node.modifier, left, right)


def is_scalar(node: Any) -> bool:
    """Whether an expression is one number without labels, and so is not matched with series."""
    node_type = get_node_type(node)
    if node_type == "NumberLiteral":
        return True
    if node_type in {"ParenExpr", "UnaryExpr"}:
        return is_scalar(node.expr)
    if node_type == "BinaryExpr":
        return node.op not in SET_OPERATORS and is_scalar(node.lhs) and is_scalar(node.rhs)
    return node_type == "Call" and node.func.name in {"scalar", "time", "pi"}


def _infer_absence(argument: Any) -> LabelSet:
    """`absent` has the labels that its selector fixes to one value."""
    if get_node_type(argument) == "ParenExpr":
        return _infer_absence(argument.expr)
    if get_node_type(argument) not in {"VectorSelector", "MatrixSelector"}:
        return NO_LABELS
    matchers = find_selectors(argument)[0].matchers
    names = [label for label, _, _ in matchers]
    return LabelSet(
        frozenset(
            label
            for label, op, value in matchers
            if op == "=" and value and label != METRIC_NAME_LABEL and names.count(label) == 1
        )
    )


def _match_labels(modifier: Any, left: LabelSet, right: LabelSet) -> LabelSet:
    """The labels of what an operator matches: those of the side with many series, if one has."""
    if modifier is None:
        return left
    card = str(modifier.card).rpartition(".")[2]
    matching = modifier.matching
    if card == "ManyToOne":
        return left.add(modifier.group_labels or ())
    if card == "OneToMany":
        return right.add(modifier.group_labels or ())
    if matching is None:
        return left
    labels = getattr(matching, "labels", [])
    return left.keep(labels) if str(matching).startswith("on") else left.drop(labels)
