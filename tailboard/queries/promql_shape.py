"""What an expression computes, apart from how it is written down.

Two expressions of one shape show the same number: ranges, variables, recorded rates and guards
against NaN make no difference.
"""

from dataclasses import dataclass, field
from typing import Any

from tailboard.queries.promql_reading import CHOOSING, OPERATORS, kind, variables
from tailboard.queries.recorded import Recordings, fit
from tailboard.queries.subject import Query

Shape = tuple[Any, ...]
Matchers = frozenset[tuple[str, str, str]]

NESTING = {"sum", "max", "min"}
"""Aggregations that come to the same in one step as in two."""


@dataclass(frozen=True)
class Reader:
    """Reads shapes: `recorded` are filled in, matchers of the labels in `ignored` left out.

    With `apart`, series that are told apart by such a label are another number.
    """

    recorded: Recordings = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    apart: bool = True

    def shape(self, node: Any, added: Matchers = frozenset()) -> Shape:
        """What a tree computes; `added` chooses among the series below it."""
        found = kind(node)
        readers = {
            "AggregateExpr": self._aggregated,
            "BinaryExpr": self._of_both,
            "Call": self._called,
            "MatrixSelector": self._selected,
            "VectorSelector": self._selected,
        }
        if found in readers:
            return readers[found](node, added)
        if found in {"ParenExpr", "SubqueryExpr"}:
            return self.shape(node.expr, added)
        return ("minus", self.shape(node.expr, added)) if found == "UnaryExpr" else ("is", node.val)

    def _called(self, node: Any, added: Matchers) -> Shape:
        return ("call", node.func.name, *(self.shape(it, added) for it in node.args))

    def _selected(self, node: Any, added: Matchers) -> Shape:
        selector = node.vector_selector if kind(node) == "MatrixSelector" else node
        given = {(it.name, OPERATORS[str(it.op)], it.value) for it in selector.matchers.matchers}
        kept = frozenset(it for it in {*given, *added} if it[0] not in self.ignored)
        for rule in self.recorded.get(selector.name or "", ()):
            if not rule.reading.problem and fit(rule.labels, kept):
                below = frozenset(it for it in kept if it[0] not in rule.labels)
                return Reader({}, self.ignored, self.apart).shape(rule.reading.tree, below)
        return ("series", selector.name, kept, str(selector.offset))

    def _aggregated(self, node: Any, added: Matchers) -> Shape:
        operator, inner = str(node.op), self.shape(node.expr, added)
        if operator in CHOOSING:
            return inner
        modifier, labels = "by", frozenset[str]()
        if node.modifier is not None:
            modifier = "by" if str(node.modifier.type).endswith("By") else "without"
            labels = frozenset(node.modifier.labels)
        labels -= frozenset() if self.apart else self.ignored
        labels -= {label for label, op, _ in _matchers(inner) if op == "="}
        if operator in NESTING and inner[:3] == ("aggregate", operator, "by"):
            inner = inner[-1] if modifier == "by" and labels <= inner[3] else inner
        parameter = getattr(node.param, "val", None)
        return ("aggregate", operator, modifier, labels, parameter, inner)

    def _of_both(self, node: Any, added: Matchers) -> Shape:
        left, right = self.shape(node.lhs, added), self.shape(node.rhs, added)
        operator = str(node.op)
        guarded = operator in {">", ">="} and right == ("is", 0.0)
        return left if guarded else ("binary", operator, left, right)


def by_variable(query: Query) -> set[str]:
    """The labels that a variable chooses."""
    chosen = ((label, value) for it in query.selected for label, _, value in it.matchers)
    return {label for label, value in chosen if variables(value)}


def _matchers(shape: Any) -> Matchers:
    """All matchers within a shape."""
    if not isinstance(shape, tuple):
        return frozenset()
    if shape[:1] == ("series",):
        return frozenset(shape[2])
    return frozenset().union(*(_matchers(it) for it in shape))
