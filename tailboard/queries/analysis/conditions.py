"""Whether an expression drops samples by their values, and whether it can keep any."""

from typing import Any

from tailboard.queries.analysis.recordings import RecordingRule, Recordings, find_rules_of_selector
from tailboard.queries.analysis.shape import ShapeReader
from tailboard.queries.analysis.value_ranges import (
    infer_range,
    is_always_true,
    is_comparison,
    is_never_true,
)
from tailboard.queries.parser.promql import find_matching, find_selectors, get_node_type, is_scalar

ALERT_METRICS = {"ALERTS", "ALERTS_FOR_STATE"}
"""Series that exist only while an alert is pending or fires."""

INFO_SUFFIXES = ("_info", "_labels", "_metadata")
"""How series are called whose value is always 1 and whose labels are what they say."""

TARGET_LABELS = {"cluster", "container", "instance", "job", "namespace", "pod", "service"}
"""Labels that choose where a series comes from, and not what it says."""

ABSENCE_FUNCTIONS = {"absent", "absent_over_time"}
CONSTANT_FUNCTIONS = {"scalar", "time", "vector", "pi"}
"""Functions that have a result whatever there is."""


class ConditionReader:
    """Finds out whether expressions have a condition; recorded series are followed."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._cache: dict[RecordingRule, bool] = {}

    def has_condition(self, node: Any) -> bool:
        """Whether something decides which of the series there are become a result.

        A comparison does that unless it is true of every value, and so do `absent`, `and` and
        `unless`, and a matcher of what an info series says. Series recorded by rules that are not
        known are taken for conditions.
        """
        node_type = get_node_type(node)
        if node_type == "BinaryExpr":
            return self._has_binary_condition(node)
        if node_type == "AggregateExpr":
            return self.has_condition(node.expr)
        if node_type == "Call":
            if node.func.name in ABSENCE_FUNCTIONS:
                return True
            return node.func.name not in CONSTANT_FUNCTIONS and any(
                self.has_condition(argument) for argument in node.args
            )
        if node_type in {"VectorSelector", "MatrixSelector"}:
            return self._has_selector_condition(node)
        inner = getattr(node, "expr", None)
        return inner is not None and self.has_condition(inner)

    def _has_binary_condition(self, node: Any) -> bool:
        sides = (self.has_condition(node.lhs), self.has_condition(node.rhs))
        if node.op == "or":
            return all(sides)
        if node.op in {"and", "unless"}:
            return True
        if is_comparison(node) and not is_always_true(
            node.op, infer_range(node.lhs), infer_range(node.rhs)
        ):
            return True
        return any(sides)

    def _has_selector_condition(self, node: Any) -> bool:
        selector = find_selectors(node)[0]
        if selector.name in ALERT_METRICS:
            return True
        if selector.name.endswith(INFO_SUFFIXES):
            return any(label not in TARGET_LABELS for label, _, _ in selector.matchers)
        rules = find_rules_of_selector(selector, self._recordings)
        if not rules:
            return ":" in selector.name
        return all(map(self._has_rule_condition, rules))

    def _has_rule_condition(self, rule: RecordingRule) -> bool:
        if rule not in self._cache:
            self._cache[rule] = True  # one that records itself has no other source
            tree = rule.expression.tree
            self._cache[rule] = tree is None or self.has_condition(tree)
        return self._cache[rule]


def is_state_selection(node: Any) -> bool:
    """Whether an expression is one selector with a pattern of something else than its target.

    Such a series may exist only while it is in one of these states.
    """
    node = _strip_parentheses(node)
    return get_node_type(node) == "VectorSelector" and any(
        op == "=~" and label not in {*TARGET_LABELS, "__name__"} for label, op, _ in node.matchers
    )


def find_impossible(node: Any) -> str:
    """Why an expression never has a result; empty where it may have one."""
    node_type = get_node_type(node)
    if node_type == "BinaryExpr":
        return _find_impossible_operator(node)
    if node_type == "Call" and node.func.name in ABSENCE_FUNCTIONS | CONSTANT_FUNCTIONS:
        return ""
    if node_type == "Call":
        return next((why for argument in node.args if (why := find_impossible(argument))), "")
    inner = getattr(node, "expr", None)
    return find_impossible(inner) if inner is not None else ""


def _find_impossible_operator(node: Any) -> str:
    left, right = find_impossible(node.lhs), find_impossible(node.rhs)
    if node.op == "or":
        return left and right
    if left:
        return left
    if node.op == "unless":
        is_same = find_matching(node) is None and _is_same_expression(node.lhs, node.rhs)
        return "the same stands on both sides of `unless`" if is_same else ""
    if right:
        return right
    if node.op == "and":
        return _find_contradiction(node)
    return _find_impossible_comparison(node)


def _find_impossible_comparison(node: Any) -> str:
    if not is_comparison(node):
        return ""
    left, right = infer_range(node.lhs), infer_range(node.rhs)
    if left.low > left.high or right.low > right.high:
        return ""  # one inside is impossible, and was found there
    if not is_never_true(node.op, left, right):
        return ""
    if is_scalar(node.rhs):
        return (
            f"it compares what is {_describe_range(left.low, left.high)} `{node.op} {right.low:g}`"
        )
    if is_scalar(node.lhs):
        return (
            f"it compares `{left.low:g} {node.op}` what is {_describe_range(right.low, right.high)}"
        )
    return f"no value of the left side is {node.op} one of the right side"


def _find_contradiction(node: Any) -> str:
    """Two comparisons of the same expression, of which only one can be true."""
    left, right = _strip_parentheses(node.lhs), _strip_parentheses(node.rhs)
    is_pair = is_comparison(left) and is_comparison(right) and find_matching(node) is None
    if not is_pair or not is_scalar(left.rhs) or not is_scalar(right.rhs):
        return ""
    is_excluded = is_never_true(right.op, infer_range(left), infer_range(right.rhs))
    if is_excluded and _is_same_expression(left.lhs, right.lhs):
        return "its two comparisons of the same expression exclude each other"
    return ""


def _is_same_expression(left: Any, right: Any) -> bool:
    reader = ShapeReader()
    return reader.build_shape(left) == reader.build_shape(right)


def _strip_parentheses(node: Any) -> Any:
    while get_node_type(node) == "ParenExpr":
        node = node.expr
    return node


def _describe_range(low: float, high: float) -> str:
    if low == high:
        return f"always {low:g}"
    if high == float("inf"):
        return f"never below {low:g}"
    return f"never above {high:g}" if low == float("-inf") else f"between {low:g} and {high:g}"
