"""What tests measure of trees."""

from typing import Any

from tailboard.queries.parser.promql import list_children


def measure_depth(tree: Any) -> int:
    """How many nodes stand below one another at most, the tree's own included."""
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [child for node in level for child in list_children(node)]
    return depth
