"""What an expression computes, apart from how it is written down.

Two expressions of one shape show the same number: ranges, variables, recorded rates and guards
against NaN make no difference.
"""

from dataclasses import field
from typing import Any

from tailboard.panels.record import record
from tailboard.queries.analysis.recordings import Recordings, is_selectable
from tailboard.queries.parser.promql import (
    SELECTING_AGGREGATIONS,
    find_variables,
    get_node_type,
)
from tailboard.queries.subject import Query

Shape = tuple[Any, ...]
Matchers = frozenset[tuple[str, str, str]]

NESTABLE_AGGREGATIONS = {"sum", "max", "min"}
"""Aggregations that come to the same in one step as in two."""


@record
class ShapeReader:
    """Builds shapes: `recordings` are filled in, matchers of `ignored_labels` are left out.

    With `is_grouping_significant`, expressions that differ in grouping by such a label differ.
    """

    recordings: Recordings = field(default_factory=dict)
    ignored_labels: frozenset[str] = frozenset()
    is_grouping_significant: bool = True

    def build_shape(self, node: Any, extra_matchers: Matchers = frozenset()) -> Shape:
        """The shape of a tree; `extra_matchers` narrow the series below it."""
        node_type = get_node_type(node)
        builders = {
            "AggregateExpr": self._build_aggregation_shape,
            "BinaryExpr": self._build_binary_shape,
            "Call": self._build_call_shape,
            "MatrixSelector": self._build_selector_shape,
            "VectorSelector": self._build_selector_shape,
        }
        if node_type in builders:
            return builders[node_type](node, extra_matchers)
        if node_type in {"ParenExpr", "SubqueryExpr"}:
            return self.build_shape(node.expr, extra_matchers)
        return (
            ("minus", self.build_shape(node.expr, extra_matchers))
            if node_type == "UnaryExpr"
            else ("is", node.val)
        )

    def _build_call_shape(self, node: Any, extra_matchers: Matchers) -> Shape:
        return (
            "call",
            node.func.name,
            *(self.build_shape(argument, extra_matchers) for argument in node.args),
        )

    def _build_selector_shape(self, node: Any, extra_matchers: Matchers) -> Shape:
        selector = node.vector_selector if get_node_type(node) == "MatrixSelector" else node
        relevant_matchers = frozenset(
            matcher
            for matcher in {*selector.matchers, *extra_matchers}
            if matcher[0] not in self.ignored_labels
        )
        for rule in self.recordings.get(selector.name or "", ()):
            if not rule.expression.problem and is_selectable(rule.labels, relevant_matchers):
                remaining_matchers = frozenset(
                    matcher for matcher in relevant_matchers if matcher[0] not in rule.labels
                )
                return ShapeReader(
                    {}, self.ignored_labels, self.is_grouping_significant
                ).build_shape(rule.expression.tree, remaining_matchers)
        return ("series", selector.name, relevant_matchers, str(selector.offset))

    def _build_aggregation_shape(self, node: Any, extra_matchers: Matchers) -> Shape:
        operator, inner = str(node.op), self.build_shape(node.expr, extra_matchers)
        if operator in SELECTING_AGGREGATIONS:
            return inner
        modifier, labels = "by", frozenset[str]()
        if node.modifier is not None:
            modifier = "by" if str(node.modifier.type).endswith("By") else "without"
            labels = frozenset(node.modifier.labels)
        labels -= frozenset() if self.is_grouping_significant else self.ignored_labels
        labels -= {label for label, op, _ in _find_matchers(inner) if op == "="}
        if operator in NESTABLE_AGGREGATIONS and inner[:3] == ("aggregate", operator, "by"):
            inner = inner[-1] if modifier == "by" and labels <= inner[3] else inner
        parameter = getattr(node.param, "val", None)
        return ("aggregate", operator, modifier, labels, parameter, inner)

    def _build_binary_shape(self, node: Any, extra_matchers: Matchers) -> Shape:
        left, right = (
            self.build_shape(node.lhs, extra_matchers),
            self.build_shape(node.rhs, extra_matchers),
        )
        operator = str(node.op)
        is_guard = operator in {">", ">="} and right == ("is", 0.0)
        return left if is_guard else ("binary", operator, left, right)


def find_variable_labels(query: Query) -> set[str]:
    """The labels that a variable chooses."""
    pairs = (
        (label, value) for selector in query.selectors for label, _, value in selector.matchers
    )
    return {label for label, value in pairs if find_variables(value)}


def _find_matchers(shape: Any) -> Matchers:
    """All matchers within a shape."""
    if not isinstance(shape, tuple):
        return frozenset()
    if shape[:1] == ("series",):
        return frozenset(shape[2])
    return frozenset().union(*(_find_matchers(part) for part in shape))
