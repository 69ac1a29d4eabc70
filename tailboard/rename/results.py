"""What the result of an expression has under the old names: labels, bounds of buckets, metrics."""

from tailboard.queries.analysis.structure import list_modifier_labels
from tailboard.queries.parser.positions import PlacedNode, walk_placed_nodes
from tailboard.queries.parser.promql import SELECTING_AGGREGATIONS, find_grouping_labels
from tailboard.rename.degrees import HISTOGRAM_FUNCTIONS
from tailboard.rename.renames import Renames

SELECTORS = {"VectorSelector", "MatrixSelector"}


def find_result_labels(tree: PlacedNode, renames: Renames) -> frozenset[str]:
    """The old labels that the result may have: all that no aggregation drops."""
    return frozenset(label for label in renames.labels if _has_result_label(tree, label, renames))


def _has_result_label(node: PlacedNode, label: str, renames: Renames) -> bool:
    if node.kind in SELECTORS:
        return renames.has_metric(find_metric(node))
    if node.kind == "AggregateExpr" and node.node.op not in SELECTING_AGGREGATIONS:
        by_labels = find_grouping_labels(node.node)
        if by_labels is not None:
            return label in by_labels and is_any_renamed(node, renames)
        if label in list_modifier_labels(node.node):
            return False
    return any(_has_result_label(child, label, renames) for child in node.children)


def has_result_bounds(node: PlacedNode, renames: Renames) -> bool:
    """Whether bounds of buckets in the unit are labels of the result."""
    if node.kind in SELECTORS:
        return renames.is_bucket(find_metric(node))
    if node.kind == "Call" and node.node.func.name in HISTOGRAM_FUNCTIONS:
        return False
    if node.kind == "AggregateExpr" and node.node.op not in SELECTING_AGGREGATIONS:
        by_labels = find_grouping_labels(node.node)
        is_dropped = "le" not in by_labels if by_labels is not None else False
        if is_dropped or (by_labels is None and "le" in list_modifier_labels(node.node)):
            return False
    return any(has_result_bounds(child, renames) for child in node.children)


def is_any_renamed(node: PlacedNode, renames: Renames) -> bool:
    """Whether an expression reads a metric that is renamed, or one whose labels are."""
    return any(
        renames.has_metric(find_metric(selector))
        for selector in walk_placed_nodes(node)
        if selector.kind in SELECTORS
    )


def find_metric(node: PlacedNode) -> str:
    """The metric of a selector; empty where it has none."""
    return next((name.value for name in node.names if name.kind == "metric"), "")
