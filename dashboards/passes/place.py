"""Pass 4: place panels on Grafana's grid of 24 columns.

A panel with `x` and `y` keeps its position; in a row of Grafana 4 they count from the row. The
others flow from left to right below the panels before them, and each line is stretched to the full
width.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil
from typing import Any

from tailboard.dashboards.schema import ROW_INDEX
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.panels.grid import GRID_COLUMNS

Panel = dict[str, Any]

PIXELS_PER_GRID_ROW = 30 + 8
"""The height of a grid row and of the gap below it: Grafana divides a height in pixels by it."""
MIN_HEIGHT = 3
"""The height that Grafana gives a panel of fewer pixels, in grid rows."""
COLUMNS_PER_SPAN = 2
DEFAULT_SIZE = (12, 8)
KIND_SIZES = {"stat": (4, 4), "gauge": (4, 4), "text": (24, 3), "table": (24, 9)}


def place_panels(panels: list[Panel]) -> None:
    """Give every panel of the list, and of the rows in it, a position; drop `span` and `height`."""
    placed_panels = [panel for panel in panels if _is_placed(panel) and ROW_INDEX not in panel]
    for panel in placed_panels:
        if panel.get("type") == "row":
            panel["gridPos"] = _build_heading_position(panel["gridPos"]["y"])
    _check_overlap(placed_panels)
    bottom = 0
    for row_index, group in groupby(panels, lambda panel: panel.get(ROW_INDEX)):
        if row_index is None:
            bottom = _place_group(group, bottom, placed_panels)
        else:
            bottom = _place_row_panels(list(group), bottom, placed_panels)
    _strip_row_sizes(panels)


def _place_group(panels: Iterable[Panel], bottom: int, placed_panels: Sequence[Panel]) -> int:
    """Place panels in their order below `bottom`; the new bottom."""
    line: list[Panel] = []
    for panel in panels:
        if panel.get("type") != "row" and not _has_place(panel):
            line.append(panel)
            continue
        if line:
            bottom, line = _flow_panels(line, bottom, placed_panels), []
        if panel.get("type") == "row":
            _place_row(panel, bottom, placed_panels)
        bottom = max(bottom, panel["gridPos"]["y"] + panel["gridPos"]["h"])
    return _flow_panels(line, bottom, placed_panels)


def _place_row_panels(panels: list[Panel], bottom: int, placed_panels: Sequence[Panel]) -> int:
    """Place the panels of a Grafana 4 row, whose positions count from the row; the new bottom.

    The highest of the positions is directly below the row's heading, whatever `y` it has.
    """
    for panel in panels:
        del panel[ROW_INDEX]
    positions = [panel["gridPos"] for panel in panels if _is_placed(panel)]
    top = min((position["y"] for position in positions), default=0)
    for position in positions:
        position["y"] -= top
    place_panels(panels)
    height: int = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    top = _find_free_top(bottom, height, placed_panels)
    for panel in panels:
        panel["gridPos"]["y"] += top
    return top + height


def _strip_row_sizes(panels: list[Panel]) -> None:
    """Remove the sizes of panels in Grafana 4 rows, which only this pass reads."""
    for panel in panels:
        panel.pop("span", None)
        panel.pop("height", None)
        if panel.get("panels"):
            _strip_row_sizes(panel["panels"])


def _place_row(row: Panel, bottom: int, placed_panels: Sequence[Panel]) -> None:
    """Place a heading of one row, and the panels of a collapsed row, which take no room yet."""
    if not _has_place(row):
        row["gridPos"] = _build_heading_position(_find_free_top(bottom, 1, placed_panels))
    children = row.get("panels") or []
    top = row["gridPos"]["y"] + 1
    if any(ROW_INDEX in child for child in children):
        _place_row_panels(children, top, ())
        return
    placed_children = [child for child in children if _is_placed(child)]
    _check_overlap(placed_children)
    _place_group(children, top, placed_children)


def _build_heading_position(y: int) -> Panel:
    return {"h": 1, "w": GRID_COLUMNS, "x": 0, "y": y}


def _has_place(panel: Panel) -> bool:
    position = panel.get("gridPos") or {}
    return position.get("x") is not None and position.get("y") is not None


def _is_placed(panel: Panel) -> bool:
    """Whether a panel has a place; raises `DefinitionError` for one that is not on the grid."""
    if not _has_place(panel):
        return False
    position = panel["gridPos"]
    if panel.get("type") == "row":  # a heading has the full width, whatever it says
        position = _build_heading_position(position["y"])
    try:
        _check_position(position)
    except DefinitionError as error:
        error.add_place(f"panel {panel.get('title', '')!r}")
        raise
    return True


def _check_position(position: Panel) -> None:
    x, y, width, height = map(position.get, ("x", "y", "w", "h"))
    if not type(x) is type(y) is type(width) is type(height) is int:
        raise DefinitionError(
            f"its place {position} is not four whole numbers",
            tip="give x, y, w and h, or leave x and y out and let the panel flow.",
        )
    if x < 0 or y < 0 or width < 1 or height < 1:
        raise DefinitionError(
            f"its place {position} is not on the grid", tip="x and y begin at 0, w and h at 1."
        )
    if x + width > GRID_COLUMNS:
        raise DefinitionError(
            f"it ends at column {x + width}, beyond the grid",
            tip=f"the grid has {GRID_COLUMNS} columns: x + w is at most {GRID_COLUMNS}.",
        )


def _flow_panels(panels: Iterable[Panel], top: int, placed_panels: Sequence[Panel]) -> int:
    """Place panels line by line from `top` on, around the placed ones; the new bottom."""
    sized_panels = list(panels)
    for panel in sized_panels:
        width, height = _resolve_size(panel)
        panel["gridPos"] = {"h": height, "w": width}
    for line in _balance_lines(_split_into_lines(sized_panels)):
        height = max(panel["gridPos"]["h"] for panel in line)
        top = _place_line(line, _find_free_top(top, height, placed_panels), height)
    return top


def _find_free_top(top: int, height: int, placed_panels: Sequence[Panel]) -> int:
    """The first `y` from `top` on where a line of this height overlaps no placed panel."""
    spans = [(panel["gridPos"]["y"], panel["gridPos"]["h"]) for panel in placed_panels]
    while hit_bottoms := [
        span_top + span_height
        for span_top, span_height in spans
        if span_top < top + height and top < span_top + span_height
    ]:
        top = max(hit_bottoms)
    return top


def _split_into_lines(panels: Sequence[Panel]) -> list[list[Panel]]:
    """As many panels to a line as fit."""
    lines: list[list[Panel]] = []
    for panel in panels:
        used_columns = (
            sum(placed_panel["gridPos"]["w"] for placed_panel in lines[-1])
            if lines
            else GRID_COLUMNS
        )
        if used_columns + panel["gridPos"]["w"] > GRID_COLUMNS:
            lines.append([])
        lines[-1].append(panel)
    return lines


def _balance_lines(lines: Sequence[list[Panel]]) -> Iterator[list[Panel]]:
    """Distribute panels of one width evenly: four become two and two, not three and one."""
    for width, group in groupby(lines, _find_common_width):
        group_lines = list(group)
        if width is None:
            yield from group_lines
            continue
        panels = [panel for line in group_lines for panel in line]
        panels_per_line, remainder = divmod(len(panels), len(group_lines))
        for index in range(len(group_lines)):
            count = panels_per_line + (index < remainder)
            yield panels[:count]
            panels = panels[count:]


def _find_common_width(line: Sequence[Panel]) -> int | None:
    """The width of all panels of a line, None where they differ."""
    widths = {panel["gridPos"]["w"] for panel in line}
    return widths.pop() if len(widths) == 1 else None


def _place_line(line: Sequence[Panel], top: int, height: int) -> int:
    """Place the panels of one line, as wide as the grid and of one height; the new bottom."""
    widths = _stretch_widths([panel["gridPos"]["w"] for panel in line])
    left = 0
    for panel, width in zip(line, widths, strict=True):
        panel["gridPos"] = {"h": height, "w": width, "x": left, "y": top}
        left += width
    return top + height


def _stretch_widths(widths: Sequence[int]) -> list[int]:
    """The widths grown in proportion until they fill the grid, the first ones first."""
    total = sum(widths)
    stretched_widths = [width * GRID_COLUMNS // total for width in widths]
    for index in range(GRID_COLUMNS - sum(stretched_widths)):
        stretched_widths[index % len(stretched_widths)] += 1
    return stretched_widths


def _resolve_size(panel: Panel) -> tuple[int, int]:
    """Width and height: the panel's own, those of a Grafana 4 row, or its kind's."""
    position = {
        key: value for key, value in (panel.get("gridPos") or {}).items() if value is not None
    }
    width, height = KIND_SIZES.get(panel.get("type", ""), DEFAULT_SIZE)
    with locate_errors(f"panel {panel.get('title', '')!r}"):
        if panel.get("span"):
            width = _convert_span(panel["span"])
        if panel.get("height"):
            height = _convert_height(panel["height"])
        width, height = position.get("w", width), position.get("h", height)
        _check_position({"x": 0, "y": 0, "w": width, "h": height})
    return width, height


def _convert_span(span: object) -> int:
    """Grid columns of a span, of which a full line has twelve."""
    if isinstance(span, bool) or not isinstance(span, int | float):
        raise DefinitionError(f"a span of {span!r} is not a number", tip="a full line has 12.")
    return ceil(span * COLUMNS_PER_SPAN)


def _convert_height(height: object) -> int:
    """Grid rows of a height in pixels, written as 250, "250" or "250px"."""
    digits = str(height).removesuffix("px")
    if not digits.isdigit():
        raise DefinitionError(f"a height of {height!r} is not in pixels", tip='write "250px".')
    return max(MIN_HEIGHT, ceil(int(digits) / PIXELS_PER_GRID_ROW))


def _check_overlap(panels: Sequence[Panel]) -> None:
    """Refuse two panels in one cell: Grafana would move one of them."""
    for first_panel, second_panel in _find_neighbors(
        sorted(panels, key=lambda panel: panel["gridPos"]["y"])
    ):
        first, second = first_panel["gridPos"], second_panel["gridPos"]
        if first["x"] < second["x"] + second["w"] and second["x"] < first["x"] + first["w"]:
            x, y = (max(first[axis], second[axis]) for axis in "xy")
            raise DefinitionError(
                f"the panels {first_panel.get('title', '')!r} and "
                f"{second_panel.get('title', '')!r} both stand at x={x}, y={y}",
                tip="move one of them, or leave x and y out and let them flow.",
            )


def _find_neighbors(panels: Sequence[Panel]) -> Iterator[tuple[Panel, Panel]]:
    """The pairs that share a grid row, of panels sorted by their tops."""
    for index, first_panel in enumerate(panels):
        bottom = first_panel["gridPos"]["y"] + first_panel["gridPos"]["h"]
        for second_panel in panels[index + 1 :]:
            if second_panel["gridPos"]["y"] >= bottom:
                break
            yield first_panel, second_panel
