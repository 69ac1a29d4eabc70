"""Which values an expression can have, as far as its functions and literals say.

NaN is outside of every range; no comparison but `!=` is true of it.
"""

import operator
from collections.abc import Callable
from math import inf, isnan
from typing import Any

from tailboard.panels.record import record
from tailboard.queries.parser.promql import get_node_type

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
MIRRORED = {"==": "==", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
COUNTER_SUFFIXES = ("_total", "_count", "_bucket")
BINARY_METRICS = {"up", "probe_success"}
"""Metrics that are 0 or 1."""


@record
class ValueRange:
    """The least and the largest value."""

    low: float = -inf
    high: float = inf

    def join(self, other: "ValueRange") -> "ValueRange":
        """What is in this range or in the other."""
        return ValueRange(min(self.low, other.low), max(self.high, other.high))

    def narrow(self, comparison: str, other: "ValueRange") -> "ValueRange":
        """What of this range passes a comparison with some value of the other; it may be empty."""
        low, high = self.low, self.high
        if comparison in {">", ">=", "=="}:
            low = max(low, other.low)
        if comparison in {"<", "<=", "=="}:
            high = min(high, other.high)
        return ValueRange(low, high)


ANY_VALUE = ValueRange()
NOT_NEGATIVE = ValueRange(0, inf)
POSITIVE_COUNT = ValueRange(1, inf)
FRACTION = ValueRange(0, 1)

FUNCTION_RANGES = {
    **dict.fromkeys(
        ("rate", "irate", "increase", "changes", "resets", "abs", "sqrt"), NOT_NEGATIVE
    ),
    **dict.fromkeys(("time", "timestamp", "exp", "histogram_count"), NOT_NEGATIVE),
    **dict.fromkeys(("stddev_over_time", "stdvar_over_time", "mad_over_time"), NOT_NEGATIVE),
    **dict.fromkeys(("histogram_stddev", "histogram_stdvar"), NOT_NEGATIVE),
    **dict.fromkeys(("absent", "absent_over_time", "present_over_time"), ValueRange(1, 1)),
    "count_over_time": POSITIVE_COUNT,
    "histogram_fraction": FRACTION,
    "sgn": ValueRange(-1, 1),
    "minute": ValueRange(0, 59),
    "hour": ValueRange(0, 23),
    "day_of_week": ValueRange(0, 6),
    "day_of_month": ValueRange(1, 31),
    "day_of_year": ValueRange(1, 366),
    "days_in_month": ValueRange(28, 31),
    "month": ValueRange(1, 12),
}
"""What a function returns, whatever it is given."""

INNER_FUNCTIONS = {
    *("avg_over_time", "first_over_time", "last_over_time", "max_over_time", "min_over_time"),
    *("label_join", "label_replace", "scalar", "sort", "sort_by_label", "sort_by_label_desc"),
    *("sort_desc", "vector"),
}
"""Functions that return some value of their first argument, or one between two of them."""

AGGREGATION_RANGES = {
    "count": POSITIVE_COUNT,
    "count_values": POSITIVE_COUNT,
    "group": ValueRange(1, 1),
    "stddev": NOT_NEGATIVE,
    "stdvar": NOT_NEGATIVE,
}
INNER_AGGREGATIONS = {"avg", "bottomk", "limit_ratio", "limitk", "max", "min", "topk"}


def infer_range(node: Any) -> ValueRange:
    """Which values the samples of an expression can have."""
    builder = RANGE_BUILDERS.get(get_node_type(node))
    value_range = builder(node) if builder else ANY_VALUE
    return ANY_VALUE if isnan(value_range.low) or isnan(value_range.high) else value_range


def is_comparison(node: Any) -> bool:
    """Whether a node drops the samples of which a comparison is false."""
    return (
        get_node_type(node) == "BinaryExpr"
        and node.op in COMPARISONS
        and not has_bool_modifier(node)
    )


def has_bool_modifier(node: Any) -> bool:
    """Whether an operator returns 0 or 1 in place of dropping samples."""
    return bool(node.modifier is not None and node.modifier.return_bool)


def is_never_true(comparison: str, left: ValueRange, right: ValueRange) -> bool:
    """Whether no value of the one compares so with any value of the other."""
    if comparison == "!=":
        return left.low == left.high == right.low == right.high
    if comparison == "==":
        return left.high < right.low or right.high < left.low
    compare = COMPARISONS[comparison]
    return (
        not compare(left.high, right.low)
        if comparison in {">", ">="}
        else not compare(left.low, right.high)
    )


def is_always_true(comparison: str, left: ValueRange, right: ValueRange) -> bool:
    """Whether every value of the one compares so with every value of the other."""
    if comparison == "==":
        return left.low == left.high == right.low == right.high
    if comparison == "!=":
        return left.high < right.low or right.high < left.low
    compare = COMPARISONS[comparison]
    return (
        compare(left.low, right.high)
        if comparison in {">", ">="}
        else compare(left.high, right.low)
    )


def _build_selector_range(node: Any) -> ValueRange:
    name = str(node.name or "")
    if name in BINARY_METRICS:
        return FRACTION
    return NOT_NEGATIVE if name.endswith(COUNTER_SUFFIXES) else ANY_VALUE


def _build_call_range(node: Any) -> ValueRange:
    name = str(node.func.name)
    if name in FUNCTION_RANGES or not node.args:
        return FUNCTION_RANGES.get(name, ANY_VALUE)
    inner = infer_range(node.args[0])
    if name in INNER_FUNCTIONS:
        return inner
    if name == "sum_over_time":
        return NOT_NEGATIVE if inner.low >= 0 else ANY_VALUE
    bounds = [getattr(argument, "val", None) for argument in node.args[1:]]
    return CLAMPS[name](inner, *bounds) if name in CLAMPS and None not in bounds else ANY_VALUE


CLAMPS: dict[str, Callable[..., ValueRange]] = {
    "clamp": lambda inner, low, high: ValueRange(low, high),
    "clamp_min": lambda inner, low: ValueRange(max(inner.low, low), max(inner.high, low)),
    "clamp_max": lambda inner, high: ValueRange(min(inner.low, high), min(inner.high, high)),
}


def _build_aggregation_range(node: Any) -> ValueRange:
    if node.op in AGGREGATION_RANGES:
        return AGGREGATION_RANGES[node.op]
    inner = infer_range(node.expr)
    if node.op in INNER_AGGREGATIONS:
        return inner
    return NOT_NEGATIVE if node.op == "sum" and inner.low >= 0 else ANY_VALUE


def _build_binary_range(node: Any) -> ValueRange:
    left, right = infer_range(node.lhs), infer_range(node.rhs)
    if node.op in COMPARISONS:
        return _build_comparison_range(node, left, right)
    builder = OPERATOR_RANGES.get(node.op)
    return builder(left, right) if builder else ANY_VALUE


def _build_comparison_range(node: Any, left: ValueRange, right: ValueRange) -> ValueRange:
    if has_bool_modifier(node):
        return FRACTION
    if get_node_type(node.lhs) == "NumberLiteral":
        return right.narrow(MIRRORED[node.op], left)
    return left.narrow(node.op, right)


def _build_product_range(sign: str, left: ValueRange, right: ValueRange) -> ValueRange:
    """Products and quotients by a positive number, and of what is never negative."""
    if right.low == right.high and 0 < right.low < inf:
        factor = right.low if sign == "*" else 1 / right.low
        return ValueRange(left.low * factor, left.high * factor)
    if sign == "*" and left.low == left.high and 0 < left.low < inf:
        return ValueRange(right.low * left.low, right.high * left.low)
    return NOT_NEGATIVE if left.low >= 0 and right.low >= 0 else ANY_VALUE


OPERATOR_RANGES: dict[str, Callable[[ValueRange, ValueRange], ValueRange]] = {
    "and": lambda left, right: left,
    "unless": lambda left, right: left,
    "or": ValueRange.join,
    "+": lambda left, right: ValueRange(left.low + right.low, left.high + right.high),
    "-": lambda left, right: ValueRange(left.low - right.high, left.high - right.low),
    "*": lambda left, right: _build_product_range("*", left, right),
    "/": lambda left, right: _build_product_range("/", left, right),
}


def _build_negative_range(node: Any) -> ValueRange:
    inner = infer_range(node.expr)
    return ValueRange(-inner.high, -inner.low)


RANGE_BUILDERS: dict[str, Callable[[Any], ValueRange]] = {
    "AggregateExpr": _build_aggregation_range,
    "BinaryExpr": _build_binary_range,
    "Call": _build_call_range,
    "MatrixSelector": lambda node: _build_selector_range(node.vector_selector),
    "NumberLiteral": lambda node: ValueRange(node.val, node.val),
    "ParenExpr": lambda node: infer_range(node.expr),
    "SubqueryExpr": lambda node: infer_range(node.expr),
    "UnaryExpr": _build_negative_range,
    "VectorSelector": _build_selector_range,
}
