"""What an expression computes as plain values: equal ones are the same query.

Parentheses and the order of matchers make no difference.
"""

from typing import Any

from tailboard.queries.parser.promql import find_grouping_labels, find_matching, get_node_type

Structure = tuple[Any, ...]


def describe_tree(node: Any) -> Structure:
    """The structure of a tree of any depth that the parser takes."""
    return DESCRIBERS[get_node_type(node)](node)


def build_selector(
    name: str | None,
    matchers: tuple[tuple[str, str, str], ...],
    times: Structure,
) -> Structure:
    """The structure of a selector; `times` are its offset and its `@`."""
    names = [value for label, op, value in matchers if (label, op) == ("__name__", "=")]
    labels = sorted(matcher for matcher in matchers if matcher[:2] != ("__name__", "="))
    return "selector", tuple(sorted({*names, *([name] if name else [])})), tuple(labels), times


def build_number(value: float) -> Structure:
    """The structure of a number."""
    return "number", repr(float(value))


def build_call(name: str, *arguments: Structure) -> Structure:
    """The structure of a function's call."""
    return ("call", name, *arguments)


def build_operation(
    op: str, left: Structure, right: Structure, modifier: Structure = ()
) -> Structure:
    """The structure of an operator with its operands."""
    return "operation", op, modifier, left, right


def describe_times(node: Any) -> Structure:
    """The offset and the `@` of a selector or a subquery."""
    at = node.at
    at_value = at if at is None else (str(at), *_list_plain_values(at))
    return str(node.offset), str(at_value)


def describe_modifier(node: Any) -> Structure:
    """The `bool`, `on`, `group_left` and `fill` of an operator, without their labels."""
    modifier = node.modifier
    if modifier is None:
        return ()
    matching = find_matching(node)
    return (
        bool(modifier.return_bool),
        str(modifier.card),
        "" if matching is None else ("on" if matching.is_on else "ignoring"),
        *_list_plain_values(modifier.fill_values),
    )


def describe_matching_labels(node: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of `on` or `ignoring`, and those of `group_left` or `group_right`."""
    modifier = node.modifier
    if modifier is None:
        return (), ()
    labels = modifier.matching.labels if modifier.matching is not None else ()
    return tuple(labels), tuple(modifier.group_labels or ())


def build_aggregation(
    node: Any, labels: tuple[str, ...], param: Structure, inner: Structure
) -> Structure:
    """The structure of an aggregation with these labels of its `by` or `without`."""
    is_by = find_grouping_labels(node) is not None
    return "aggregation", str(node.op), is_by, tuple(sorted(labels)), param, inner


def list_modifier_labels(node: Any) -> tuple[str, ...]:
    """The labels of an aggregation's `by` or `without`."""
    return tuple(node.modifier.labels) if node.modifier is not None else ()


def _list_plain_values(value: Any) -> tuple[str, ...]:
    """The attributes of an object of the parser."""
    names = [name for name in dir(value) if not name.startswith("_")]
    return tuple(
        f"{name}={attribute}"
        for name in names
        for attribute in [getattr(value, name)]
        if not callable(attribute)
    )


def _describe_aggregation(node: Any) -> Structure:
    param = () if node.param is None else describe_tree(node.param)
    return build_aggregation(node, list_modifier_labels(node), param, describe_tree(node.expr))


def _describe_operation(node: Any) -> Structure:
    modifier = (*describe_modifier(node), *describe_matching_labels(node))
    return build_operation(str(node.op), describe_tree(node.lhs), describe_tree(node.rhs), modifier)


def describe_selector(node: Any) -> Structure:
    """The structure of a selector."""
    return build_selector(node.name, tuple(node.matchers), describe_times(node))


DESCRIBERS = {
    "AggregateExpr": _describe_aggregation,
    "BinaryExpr": _describe_operation,
    "Call": lambda node: build_call(node.func.name, *map(describe_tree, node.args)),
    "MatrixSelector": lambda node: (
        "range",
        str(node.range),
        describe_selector(node.vector_selector),
    ),
    "NumberLiteral": lambda node: build_number(node.val),
    "ParenExpr": lambda node: describe_tree(node.expr),
    "StringLiteral": lambda node: ("string", str(node.val)),
    "SubqueryExpr": lambda node: (
        "subquery",
        str(node.range),
        str(node.step),
        describe_times(node),
        describe_tree(node.expr),
    ),
    "UnaryExpr": lambda node: ("sign", describe_tree(node.expr)),
    "VectorSelector": describe_selector,
}
