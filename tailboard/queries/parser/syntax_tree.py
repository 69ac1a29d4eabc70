"""The tree of an expression as plain data, with the names of promql-parser.

The parser's own nodes each hold a copy of everything below them, so a sum of a thousand terms would
keep half a million. These hold one reference; literals, functions and modifiers are the parser's.
Nodes are not there to be compared: as tuples, `-x` and `(x)` are equal.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from tailboard.panels.patterns import find_pattern_problem, has_match


class AggregateExpr(NamedTuple):
    """An aggregation: `sum by (job) (expr)`, `topk(param, expr)`."""

    op: str
    expr: Any
    param: Any
    modifier: Any


class BinaryExpr(NamedTuple):
    """An operator with its two operands, and with `bool`, `on`, `ignoring`, `group_left` if any."""

    op: str
    lhs: Any
    rhs: Any
    modifier: Any


class Call(NamedTuple):
    """A function and its arguments."""

    func: Any
    args: tuple[Any, ...]


class ParenExpr(NamedTuple):
    """An expression in parentheses."""

    expr: Any


class SubqueryExpr(NamedTuple):
    """A subquery: `expr[range:step]`."""

    expr: Any
    range: timedelta
    step: timedelta | None
    offset: timedelta | None
    at: Any


class UnaryExpr(NamedTuple):
    """A sign before an expression."""

    expr: Any


class VectorSelector(NamedTuple):
    """A selector: `name{matchers} offset 5m @ 0`; a name in a matcher is not in `name`.

    A matcher is a label, an operator and a value.
    """

    name: str | None
    matchers: tuple[tuple[str, str, str], ...]
    offset: timedelta | None
    at: Any


class MatrixSelector(NamedTuple):
    """A selector with a range: `name[5m]`."""

    vector_selector: VectorSelector
    range: timedelta


OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!="}
PATTERN_MARK = "\ufdd0"
"""A code point that is no character: how a value begins that is a regular expression.

The parser compiles every pattern, and some take a second: `\\w{1000}`. So it gets `label="…"` for
`label=~"…"`, with this mark.
"""


def convert_tree(node: Any) -> Any:
    """The parser's tree as this one; the depth of it has to be limited before.

    Raises ValueError for what the parser took and Prometheus does not.
    """
    converter = CONVERTERS.get(type(node).__name__)
    return converter(node) if converter else node


def _convert_selector(node: Any) -> VectorSelector:
    name, parser_matchers = node.name, node.matchers
    if parser_matchers.or_matchers:
        raise ValueError("a selector has no `or` between its matchers")
    matchers = tuple(map(_convert_matcher, parser_matchers.matchers))
    if not name and all(has_match(op, value, ("",)) for _, op, value in matchers):
        raise ValueError("vector selector must contain at least one non-empty matcher")
    return VectorSelector(name, matchers, node.offset, node.at)


def _convert_matcher(matcher: Any) -> tuple[str, str, str]:
    label, op, value = matcher.name, OPERATORS[str(matcher.op)], matcher.value
    if not value.startswith(PATTERN_MARK):
        return label, op, value
    pattern_op, pattern = "=~" if op == "=" else "!~", value.removeprefix(PATTERN_MARK)
    if problem := find_value_problem(pattern_op, pattern):
        raise ValueError(f"a regular expression of {label} is not valid: {problem}")
    return label, pattern_op, pattern


def find_value_problem(op: str, value: str) -> str:
    """Why Prometheus refuses the value of a matcher; empty where it takes it.

    Where a variable of Grafana is in a pattern, that is unknown.
    """
    is_known_pattern = op in {"=~", "!~"} and "$" not in value and "[[" not in value
    return find_pattern_problem(value) if is_known_pattern else ""


CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "AggregateExpr": lambda node: AggregateExpr(
        str(node.op), convert_tree(node.expr), convert_tree(node.param), node.modifier
    ),
    "BinaryExpr": lambda node: BinaryExpr(
        str(node.op), convert_tree(node.lhs), convert_tree(node.rhs), node.modifier
    ),
    "Call": lambda node: Call(node.func, tuple(map(convert_tree, node.args))),
    "MatrixSelector": lambda node: MatrixSelector(
        _convert_selector(node.vector_selector), node.range
    ),
    "ParenExpr": lambda node: ParenExpr(convert_tree(node.expr)),
    "SubqueryExpr": lambda node: SubqueryExpr(
        convert_tree(node.expr), node.range, node.step, node.offset, node.at
    ),
    "UnaryExpr": lambda node: UnaryExpr(convert_tree(node.expr)),
    "VectorSelector": _convert_selector,
}
