"""A percentile of classic buckets that were added up without keeping `le`: it is empty.

Every aggregation between the buckets and the percentile has to keep it, so that `without (le)` is
found too. A native histogram has no label `le`, and needs none.

Bad: `histogram_quantile(0.99, sum by (route) (rate(took_bucket[5m])))`
Good: `histogram_quantile(0.99, sum by (le, route) (rate(took_bucket[5m])))`

Exclude it where the label is written anew by other means.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.parser.promql import (
    SELECTING_AGGREGATIONS,
    Selector,
    find_grouping_labels,
    find_selectors,
    get_node_type,
    walk_nodes,
)
from tailboard.queries.subject import Query

VMRANGE = "vmrange"
"""What VictoriaMetrics' own histograms have in the place of `le`."""

LABEL_FUNCTIONS = {"label_replace", "label_join"}
"""Functions that may write the label anew."""


def _check_query(query: Query) -> Problems:
    # Trees are parsed again where many are in use: the selectors say which are worth it.
    if not any(map(_may_lack_le, query.selectors)):
        return
    for node in walk_nodes(query.expression.tree):
        if (
            get_node_type(node) == "Call"
            and node.func.name == "histogram_quantile"
            and not _has_new_le(node)
        ):
            yield from _check_percentile(node.args[-1])


def _may_lack_le(selector: Selector) -> bool:
    """Whether some aggregation around buckets takes the label away."""
    remaining_labels = selector.remaining_labels
    return selector.name.endswith("_bucket") and (
        "le" in selector.dropped_labels
        or (remaining_labels is not None and "le" not in remaining_labels)
    )


def _check_percentile(tree: Any) -> Problems:
    for node in _find_le_drop(tree):
        for name in sorted(
            {
                selector.name
                for selector in find_selectors(node.expr)
                if selector.name.endswith("_bucket")
            }
        ):
            yield (
                f"a percentile of {name} without the label le: it is always empty",
                _build_tip(node),
            )


def _find_le_drop(tree: Any) -> Iterator[Any]:
    """The outermost aggregation that takes the label away; one is enough to say so."""
    for node in walk_nodes(tree):
        if (
            get_node_type(node) == "AggregateExpr"
            and str(node.op) not in SELECTING_AGGREGATIONS
            and _is_le_dropped(node)
        ):
            yield node
            return


def _is_le_dropped(node: Any) -> bool:
    by_labels = find_grouping_labels(node)
    if by_labels is not None and VMRANGE in by_labels:
        return False
    return "le" in node.modifier.labels if by_labels is None else "le" not in by_labels


def _build_tip(node: Any) -> str:
    from tailboard.panels.promql import format_labels  # brings all that composes PromQL

    by_labels = find_grouping_labels(node)
    others = [label for label in node.modifier.labels if label != "le"] if by_labels is None else []
    labels = (
        f"without {format_labels(others)}"
        if others
        else f"by {format_labels(('le', *(by_labels or ())))}"
    )
    return f"keep it: {node.op} {labels} (...)."


def _has_new_le(percentile: Any) -> bool:
    calls = (
        node
        for node in walk_nodes(percentile)
        if get_node_type(node) == "Call" and node.func.name in LABEL_FUNCTIONS
    )
    return any(getattr(argument, "val", None) == "le" for call in calls for argument in call.args)


RULE = LintRule(
    "percentile-without-le",
    "error",
    "a percentile without the label le",
    __doc__,
    check_query=_check_query,
    query_word="histogram_quantile",
)
