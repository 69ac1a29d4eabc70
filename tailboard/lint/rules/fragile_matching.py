"""An operator between sides that were aggregated `without` labels: a new label breaks the match.

`without` keeps every label that it does not name. As soon as one of the two metrics gets a label
that the other has not, nothing matches any more, and an alert on it is silent. `on` names what both
have.

Bad: `sum without (instance) (errors) / sum without (instance) (requests)`
Good: `sum without (instance) (errors) / on (job) sum without (instance) (requests)`

Metrics of one library that the same matchers select, `node_load1` and `node_cpu_seconds_total`, are
no finding: a new label would come to both. Exclude the rule where metrics of several libraries
always have the same labels.
"""

from typing import Any

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.parser.promql import (
    SELECTING_AGGREGATIONS,
    find_grouping_labels,
    find_matching,
    find_selectors,
    get_node_type,
    is_scalar,
    list_children,
    walk_nodes,
)
from tailboard.queries.subject import Query

Source = tuple[str, frozenset[tuple[str, str, str]]]
"""The first word of metrics' names, which is their library's, and matchers."""

KEPT_OPERATORS = {"or", "unless"}
"""Operators with which more is returned where nothing matches, and not nothing."""


def _check_query(query: Query) -> Problems:
    if query.expression.problem:
        return
    for node in walk_nodes(query.expression.tree):
        if _is_fragile(node):
            yield (
                f"`{node.op}` matches by all labels, and `without` keeps those that come later",
                "name what both sides have: on (job, ...).",
            )
            return


def _is_fragile(node: Any) -> bool:
    if get_node_type(node) != "BinaryExpr" or node.op in KEPT_OPERATORS:
        return False
    if is_scalar(node.lhs) or is_scalar(node.rhs):
        return False
    if find_matching(node) or not any(map(_has_without, (node.lhs, node.rhs))):
        return False
    names = [{selector.name for selector in find_selectors(side)} for side in (node.lhs, node.rhs)]
    return names[0] != names[1] and _list_sources(node.lhs) != _list_sources(node.rhs)


def _list_sources(tree: Any, dropped_labels: frozenset[str] = frozenset()) -> set[Source]:
    """Of which libraries' series, chosen by which matchers, the labels of a result are."""
    node_type = get_node_type(tree)
    if node_type in {"VectorSelector", "MatrixSelector"}:
        (selector,) = find_selectors(tree)
        matchers = (matcher for matcher in selector.matchers if matcher[0] not in dropped_labels)
        library, separator, _ = selector.name.partition("_")
        return {(library if separator else f"{selector.name}:", frozenset(matchers))}
    if node_type == "AggregateExpr" and tree.op not in SELECTING_AGGREGATIONS:
        if find_grouping_labels(tree) is not None:
            return set()
        dropped_labels |= {*tree.modifier.labels}
    operands = _list_labelled_sides(tree) if node_type == "BinaryExpr" else list_children(tree)
    return {source for operand in operands for source in _list_sources(operand, dropped_labels)}


def _list_labelled_sides(node: Any) -> tuple[Any, ...]:
    """The sides of an operator whose labels the result has."""
    matching = find_matching(node)
    if node.op in {"and", "unless"} or (matching and matching.many_side == "left"):
        return (node.lhs,)
    return (node.rhs,) if matching and matching.many_side == "right" else (node.lhs, node.rhs)


def _has_without(tree: Any) -> bool:
    """Whether labels that are not named reach the result: no aggregation outside drops them."""
    node_type = get_node_type(tree)
    if node_type == "AggregateExpr":
        return find_grouping_labels(tree) is None
    if node_type == "BinaryExpr":
        return _has_without(tree.lhs) or _has_without(tree.rhs)
    if node_type == "Call":
        return any(map(_has_without, tree.args))
    inner = getattr(tree, "expr", None)
    return inner is not None and _has_without(inner)


RULE = LintRule(
    "fragile-matching",
    "note",
    "an operator that a new label breaks",
    __doc__,
    check_query=_check_query,
    query_word="without",
)
