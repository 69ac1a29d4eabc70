"""A panel outside of the 24 columns, without a size, or over another one.

Grafana pushes such panels about until they fit: what was arranged with care is found elsewhere. A
closed row's panels have places of their own, among themselves. `tailboard build` refuses places
that overlap or are not whole numbers.

Bad: `"gridPos": {"x": 20, "y": 8, "w": 12, "h": 8}`, which reaches to column 32
Good: `"gridPos": {"x": 12, "y": 8, "w": 12, "h": 8}`

There is no reason to exclude it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import JsonMapping, Subject, list_top_level_panels

COLUMNS = 24
DASHBOARD_GRID = -1
"""The key of the grid of the dashboard itself, beside those of its rows."""

LINES_PER_BLOCK = 8
MAX_BLOCKS = 64
"""How many blocks of lines a box covers at most that is looked up by them."""

Box = tuple[int, int, int, int]


class _Grid:
    """The boxes on one grid, found again by the blocks of lines that they cover."""

    def __init__(self) -> None:
        self._names: dict[Box, str] = {}
        self._numbers: dict[Box, int] = {}
        self._boxes_by_block: dict[int, list[Box]] = defaultdict(list)
        self._tall_boxes: list[Box] = []

    def add(self, name: str, box: Box) -> None:
        """Add a box; of several at one place, the first."""
        if box in self._names:
            return
        self._names[box] = name
        self._numbers[box] = len(self._numbers)
        blocks = _list_blocks(box)
        if blocks is None:
            self._tall_boxes.append(box)
        for block in blocks or ():
            self._boxes_by_block[block].append(box)

    def find_overlap(self, box: Box) -> str | None:
        """The name of the first box that shares a part of its place with this one."""
        blocks = _list_blocks(box)
        groups: list[Iterable[Box]] = (
            [self._names]
            if blocks is None
            else [self._tall_boxes, *(self._boxes_by_block.get(block, ()) for block in blocks)]
        )
        overlaps = [
            overlap
            for group in groups
            if (overlap := next((other for other in group if _is_overlap(box, other)), None))
        ]
        return self._names[min(overlaps, key=self._numbers.__getitem__)] if overlaps else None


def _list_blocks(box: Box) -> range | None:
    """The blocks of lines that a box covers; None for too many of them."""
    _, y, _, height = box
    first_block = y // LINES_PER_BLOCK
    last_block = (y + max(height, 1) - 1) // LINES_PER_BLOCK
    return range(first_block, last_block + 1) if last_block - first_block < MAX_BLOCKS else None


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    grid_keys, headings = _list_grids(subject.json)
    grids: dict[int, _Grid] = defaultdict(_Grid)
    for name, box in headings:
        grids[DASHBOARD_GRID].add(name, box)
    for panel in subject.panels:
        if "span" in panel.json:
            continue  # how wide a panel was before there was a grid
        grid = panel.json.get("gridPos")
        fractions = _list_fractions(grid)
        if fractions:
            yield f"its place has {', '.join(fractions)}", "write whole numbers.", panel.place
            continue
        panel_box = _parse_box(grid)
        if panel_box is None:
            yield "it has no place (gridPos)", "give it x, y, w and h.", panel.place
            continue
        for problem, tip in _check_box(*panel_box):
            yield problem, tip, panel.place
        panel_grid = grids[grid_keys.get(id(panel.json), DASHBOARD_GRID)]
        if covered_name := panel_grid.find_overlap(panel_box):
            yield f"it lies over the {covered_name}", "move it.", panel.place
        panel_grid.add(f"panel {panel.place.panel!r}", panel_box)


def _list_grids(document: JsonMapping) -> tuple[dict[int, int], list[tuple[str, Box]]]:
    """The key of the grid of each panel that is in a closed or old row, and the rows' headings.

    Panels are known by their identity. The panels of an open row are on the dashboard's grid.
    """
    grid_keys: dict[int, int] = {}
    headings: list[tuple[str, Box]] = []
    for index, row in enumerate([*(document.get("rows") or []), *list_top_level_panels(document)]):
        is_old_row = "type" not in row
        if row.get("type") == "row" and (box := _parse_box(row.get("gridPos"))):
            headings.append((f"row {str(row.get('title') or '')!r}", (0, box[1], COLUMNS, 1)))
        if is_old_row or (row.get("type") == "row" and row.get("collapsed")):
            grid_keys |= {id(panel): index for panel in row.get("panels") or []}
    return grid_keys, headings


def _list_fractions(grid: Any) -> list[str]:
    """The numbers of a place that are not whole."""
    if not isinstance(grid, dict):
        return []
    return [
        f"{key} = {grid[key]}"
        for key in ("x", "y", "w", "h")
        if isinstance(grid.get(key), float) and isfinite(grid[key]) and not grid[key].is_integer()
    ]


def _check_box(x: int, y: int, width: int, height: int) -> Problems:
    if width < 1 or height < 1:
        yield f"it is {width} wide and {height} high", "give it a size."
    elif x < 0 or x + width > COLUMNS:
        yield f"it reaches from column {x} to {x + width} of {COLUMNS}", "move it."
    if y < 0:
        yield f"it begins above the dashboard, at y = {y}", "move it."


def _parse_box(grid: Any) -> Box | None:
    try:
        return int(grid["x"]), int(grid["y"]), int(grid["w"]), int(grid["h"])
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


def _is_overlap(box: Box, other: Box) -> bool:
    x, y, width, height = box
    other_x, other_y, other_width, other_height = other
    is_beside = x >= other_x + other_width or other_x >= x + width
    is_above_or_below = y >= other_y + other_height or other_y >= y + height
    return not is_beside and not is_above_or_below


RULE = LintRule(
    "outside-grid",
    "error",
    "a panel outside of the grid, or over another",
    __doc__,
    check_document=_check_document,
)
