"""Operators whose two sides never match, by the labels that each side has.

https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

from collections.abc import Iterator
from typing import Any

from tailboard.panels.record import record
from tailboard.queries.analysis.series_labels import METRIC_NAME_LABEL, LabelReader, SeriesLabels
from tailboard.queries.parser.promql import (
    PLACEHOLDER,
    find_matching,
    find_selectors,
    get_node_type,
    is_scalar,
    walk_nodes,
)

UNMATCHED_OPERATORS = {"or", "unless"}
"""Operators that return what does not match."""


@record
class Mismatch:
    """An operator of which no series of one side matches one of the other, and why.

    With `is_certain`, that holds for whatever there is; else unless the labels that one side lacks
    are empty on the other.
    """

    operation: str
    reason: str
    is_certain: bool

    def __str__(self) -> str:
        return f"the sides of `{self.operation}` never match: {self.reason}"


def find_mismatches(tree: Any, reader: LabelReader) -> Iterator[Mismatch]:
    """The operators of a tree that never have a result, the innermost first."""
    for node in reversed([*walk_nodes(tree)]):
        if get_node_type(node) != "BinaryExpr" or node.op in UNMATCHED_OPERATORS:
            continue
        if not is_scalar(node.lhs) and not is_scalar(node.rhs):
            yield from _find_mismatch(node, reader)


def _find_mismatch(node: Any, reader: LabelReader) -> Iterator[Mismatch]:
    """What is wrong with one operator, if anything."""
    left, right = reader.infer_labels(node.lhs), reader.infer_labels(node.rhs)
    matching = find_matching(node)
    labels = matching.labels if matching else ()
    if _has_fill(node) or any(PLACEHOLDER in label for label in labels):
        return
    if matching and matching.is_on:
        left, right = left.keep(labels), right.keep(labels)
    else:
        ignored = {*labels, METRIC_NAME_LABEL}
        left, right = left.drop(ignored), right.drop(ignored)
    if reason := _find_certain_reason(left, right):
        yield Mismatch(_describe_operation(node), reason, is_certain=True)
    elif reason := _find_possible_reason(left, right):
        yield Mismatch(_describe_operation(node), reason, is_certain=False)


def _has_fill(node: Any) -> bool:
    """Whether the operator has a value for series without a match."""
    fill = getattr(node.modifier, "fill_values", None)
    return any(getattr(fill, side, None) is not None for side in ("lhs", "rhs"))


def _find_certain_reason(left: SeriesLabels, right: SeriesLabels) -> str:
    """A label that all series of one side have and none of the other, or with another value."""
    for side, own, other in (("left", left, right), ("right", right, left)):
        missing = sorted(label for label in other.certain if not own.has_possible_label(label))
        if missing:
            return f"the {side} side never has {' and '.join(missing)}, which the other has"
    for label in sorted(left.constants.keys() & right.constants.keys()):
        if left.constants[label] != right.constants[label]:
            values = f'"{left.constants[label]}" on the left and "{right.constants[label]}"'
            return f"{label} is {values} on the right"
    return ""


def _find_possible_reason(left: SeriesLabels, right: SeriesLabels) -> str:
    """Labels that only one side keeps; they may be empty there."""
    if left.possible is None or right.possible is None:
        return ""
    names = sorted(left.possible ^ right.possible)
    return f"only one of them has {' and '.join(names)}" if names else ""


def _describe_operation(node: Any) -> str:
    """The operator between the first metrics of its sides."""
    names = [
        next((selector.name for selector in find_selectors(side) if selector.name), "...")
        for side in (node.lhs, node.rhs)
    ]
    return f" {node.op} ".join(names)
