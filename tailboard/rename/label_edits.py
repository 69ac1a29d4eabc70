"""The labels that groupings, matchings and functions name, renamed."""

from tailboard.panels.matcher import quote_label
from tailboard.queries.parser.positions import PlacedNode, walk_placed_nodes
from tailboard.rename.errors import RenameError
from tailboard.rename.renames import Renames
from tailboard.rename.results import SELECTORS, find_metric


def write_labels(
    text: str, renames: Renames, node: PlacedNode
) -> tuple[list[tuple[int, int, str]], dict[str, str]]:
    """The edits of the labels that a node names, and which of them have another name now."""
    concerned_labels = {
        name.value for name in node.names if name.kind == "label" and name.value in renames.labels
    }
    if not concerned_labels:
        return [], {}
    metrics = [
        find_metric(selector) for selector in walk_placed_nodes(node) if selector.kind in SELECTORS
    ]
    renamed_metrics = [metric for metric in metrics if renames.has_metric(metric)]
    if not renamed_metrics:
        return [], {}
    label = min(concerned_labels)
    if len(renamed_metrics) < len(metrics):
        other = next(metric for metric in metrics if metric not in renamed_metrics)
        raise RenameError(
            f"{label!r} is a label of {other or 'other metrics'} here too, which keeps it"
        )
    own_labels = {name.value for name in node.names if name.kind == "label"}
    for old_label in concerned_labels:
        new_label = renames.labels[old_label]
        if new_label in own_labels and new_label not in renames.labels:
            raise RenameError(f"it has a label {new_label!r} beside {old_label!r} already")
    edits = []
    for name in node.names:
        if name.kind == "label" and name.value in concerned_labels:
            new_label = renames.labels[name.value]
            quote = text[name.start]
            is_quoted = quote in "\"'`"
            edits.append(
                (
                    name.start,
                    name.end,
                    f"{quote}{new_label}{quote}" if is_quoted else quote_label(new_label),
                )
            )
    return edits, {label: renames.labels[label] for label in concerned_labels}
