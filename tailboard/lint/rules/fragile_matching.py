"""An operator between sides that were aggregated `without` labels: a new label breaks the match.

`without` keeps every label that it does not name. As soon as one of the two metrics gets a label
that the other has not, nothing matches any more, and an alert on it is silent. `on` names what both
have.

Bad: `sum without (instance) (errors) / sum without (instance) (requests)`
Good: `sum without (instance) (errors) / on (job) sum without (instance) (requests)`

Exclude it where both sides come from one library, and always have the same labels.
"""

from typing import Any

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.promql import (
    find_grouping_labels,
    find_matching,
    find_selectors,
    get_node_type,
    is_scalar,
    walk_nodes,
)
from tailboard.queries.subject import Query

KEPT_OPERATORS = {"or", "unless"}
"""Operators with which more is returned where nothing matches, and not nothing."""


def _check_query(query: Query) -> Problems:
    if query.expression.problem or "without" not in query.text:
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
    names = [{selector.name for selector in find_selectors(side)} for side in (node.lhs, node.rhs)]
    has_without = any(map(_has_without, (node.lhs, node.rhs)))
    return find_matching(node) is None and has_without and names[0] != names[1]


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
)
