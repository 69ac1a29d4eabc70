"""A ratio of rates whose whole may be 0: without traffic it is NaN, and a line has a gap.

The whole is guarded by a comparison, by `or`, by `clamp_min` or by a number that is added. What is
compared needs no guard: an alert on NaN does not fire. That the part may have no series, and the
ratio with it, cannot be read from an expression: write `or 0 * whole` where no series is there
before the first event.

Bad: `sum(rate(failed[5m])) / sum(rate(requests[5m]))`
Good: `(sum(rate(failed[5m])) or 0 * sum(rate(requests[5m]))) / (sum(rate(requests[5m])) > 0)`

Exclude it where there is always traffic, or a gap is wanted.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.parser.expression_forms import mask_values
from tailboard.queries.parser.promql import (
    RATE_FUNCTIONS,
    find_selectors,
    get_node_type,
    parse_expression,
    walk_nodes,
)
from tailboard.queries.subject import Query

NAN_COMPARISONS = {">", ">=", "<", "<=", "=="}
"""What NaN never is; `!=` it always is."""

GUARD_OPERATORS = {*NAN_COMPARISONS, "!=", "or"}
MINIMUM_ARGUMENTS = {"clamp_min": 1, "clamp": 1}
"""Functions that keep a value above an argument, and which one that is."""


def _check_query(query: Query) -> Problems:
    if query.expression.problem:
        return
    for _ in range(_count_unguarded_ratios(mask_values(query.text))):
        yield (
            "a ratio whose whole may be 0 or have no series",
            "write ... / (whole > 0), and (part or 0 * whole) where the part may be missing.",
        )


@lru_cache(maxsize=1024)
def _count_unguarded_ratios(text: str) -> int:
    """How many there are does not depend on values: the dashboards of a fleet share the result."""
    tree = parse_expression(text).tree
    ratios = _find_ratios(tree) if tree is not None else ()
    return sum(_is_unguarded_rate(node.rhs) for node in ratios)


def _find_ratios(node: Any, *, is_compared: bool = False) -> Iterator[Any]:
    """Every division of which the result is not compared, and so may be seen as NaN."""
    node_type = get_node_type(node)
    if node_type == "BinaryExpr":
        operator = str(node.op)
        is_compared = is_compared or (operator in NAN_COMPARISONS and not _has_bool_modifier(node))
        if operator == "/" and not is_compared:
            yield node
        yield from _find_ratios(node.lhs, is_compared=is_compared)
        yield from _find_ratios(node.rhs, is_compared=is_compared)
    elif node_type == "Call":
        for argument in node.args:
            yield from _find_ratios(
                argument, is_compared=is_compared and "_over_time" not in node.func.name
            )
    elif node_type == "AggregateExpr":
        yield from _find_ratios(node.expr)
    elif node_type in {"ParenExpr", "UnaryExpr", "SubqueryExpr"}:
        yield from _find_ratios(node.expr, is_compared=is_compared)


def _has_bool_modifier(node: Any) -> bool:
    return bool(node.modifier is not None and node.modifier.return_bool)


def _is_unguarded_rate(node: object) -> bool:
    """Whether it is a rate, or made of some, that nothing keeps above 0."""
    if any(_is_guard(child) for child in walk_nodes(node)):
        return False
    return any(RATE_FUNCTIONS & {*selector.operations} for selector in find_selectors(node))


def _is_guard(node: Any) -> bool:
    if get_node_type(node) == "BinaryExpr":
        addends = (getattr(operand, "val", 0) for operand in (node.lhs, node.rhs))
        return str(node.op) in GUARD_OPERATORS or (
            str(node.op) == "+" and any(addend > 0 for addend in addends)
        )
    if get_node_type(node) != "Call" or node.func.name not in MINIMUM_ARGUMENTS:
        return False
    minimum = getattr(node.args[MINIMUM_ARGUMENTS[node.func.name]], "val", None)
    return minimum is None or minimum > 0


RULE = LintRule(
    "unguarded-ratio",
    "warning",
    "a ratio that may divide by nothing",
    __doc__,
    check_query=_check_query,
    query_word="/",
)
