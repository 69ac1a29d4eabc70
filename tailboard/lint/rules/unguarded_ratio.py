"""A ratio of rates whose whole may be 0: without traffic it is NaN, and a line has a gap.

The whole is guarded by a comparison, by `or`, by `clamp_min` or by a number that is added. What is
compared needs no guard: an alert on NaN does not fire. That the part may have no series, and the
ratio with it, cannot be read from an expression: write `or 0 * whole` where no series is there
before the first event.

Bad: `sum(rate(failed[5m])) / sum(rate(requests[5m]))`
Good: `(sum(rate(failed[5m])) or 0 * sum(rate(requests[5m]))) / (sum(rate(requests[5m])) > 0)`
"""

from collections.abc import Iterator
from typing import Any

from tailboard.lint.linting import LintRule, Said
from tailboard.queries.promql_reading import RATES, kind, nodes, series
from tailboard.queries.subject import Query

COMPARING = {">", ">=", "<", "<=", "=="}
"""What NaN never is; `!=` it always is."""

GUARDING = {*COMPARING, "!=", "or"}
LEAST = {"clamp_min": 1, "clamp": 1}
"""Functions that keep a value above an argument, and which one that is."""


def _of_query(query: Query) -> Said:
    if "/" not in query.text or query.reading.tree is None:
        return
    for node in _ratios(query.reading.tree):
        if _bare_rate(node.rhs):
            yield (
                "a ratio whose whole may be 0 or have no series",
                "write ... / (whole > 0), and (part or 0 * whole) where the part may be missing.",
            )


def _ratios(node: Any, *, compared: bool = False) -> Iterator[Any]:
    """Every division of which the result is not compared, and so may be seen as NaN."""
    found = kind(node)
    if found == "BinaryExpr":
        operator = str(node.op)
        compared = compared or (operator in COMPARING and not _returns_bool(node))
        if operator == "/" and not compared:
            yield node
        yield from _ratios(node.lhs, compared=compared)
        yield from _ratios(node.rhs, compared=compared)
    elif found == "Call":
        for it in node.args:
            yield from _ratios(it, compared=compared and "_over_time" not in node.func.name)
    elif found == "AggregateExpr":
        yield from _ratios(node.expr)
    elif found in {"ParenExpr", "UnaryExpr", "SubqueryExpr"}:
        yield from _ratios(node.expr, compared=compared)


def _returns_bool(node: Any) -> bool:
    return bool(node.modifier is not None and node.modifier.return_bool)


def _bare_rate(node: object) -> bool:
    """Whether it is a rate, or made of some, that nothing keeps above 0."""
    if any(_keeps_above_0(it) for it in nodes(node)):
        return False
    return any(RATES & {*it.within} for it in series(node))


def _keeps_above_0(node: Any) -> bool:
    if kind(node) == "BinaryExpr":
        added = (getattr(it, "val", 0) for it in (node.lhs, node.rhs))
        return str(node.op) in GUARDING or (str(node.op) == "+" and any(it > 0 for it in added))
    if kind(node) != "Call" or node.func.name not in LEAST:
        return False
    least = getattr(node.args[LEAST[node.func.name]], "val", None)
    return least is None or least > 0


RULE = LintRule(
    "unguarded-ratio",
    "warning",
    "a ratio that may divide by nothing",
    __doc__,
    of_query=_of_query,
)
