"""Positions on Grafana's grid without overlaps."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter

from tailboard.panels.grid import GRID_COLUMNS

Position = dict[str, int]
Span = tuple[int, int]

START, END = itemgetter(0), itemgetter(1)


def separate_positions(positions: Iterable[Position]) -> list[Position]:
    """The positions with each that overlaps an earlier one moved down, as Grafana draws it.

    They lie within the columns of the grid.
    """
    columns: list[list[Span]] = [[] for _ in range(GRID_COLUMNS)]
    free_positions = []
    for position in positions:
        own_columns = columns[position["x"] : position["x"] + position["w"]]
        y, height = position["y"], position["h"]
        while (end := max(_find_end(column, y, height) for column in own_columns)) > y:
            y = end
        for column in own_columns:
            _occupy(column, y, y + height)
        free_positions.append({**position, "y": y})
    return free_positions


def _find_end(column: list[Span], y: int, height: int) -> int:
    """Where the first used span ends that lies between `y` and the height below; else `y`."""
    index = bisect_right(column, y, key=END)
    is_free = index == len(column) or column[index][0] >= y + height
    return y if is_free else column[index][1]


def _occupy(column: list[Span], start: int, end: int) -> None:
    """Add a span to the used ones of a column, as one with those that it touches."""
    first = bisect_left(column, start, key=END)
    last = bisect_right(column, end, key=START)
    touched_spans = column[first:last]
    if touched_spans:
        start = min(start, touched_spans[0][0])
        end = max(end, touched_spans[-1][1])
    column[first:last] = [(start, end)]
