"""The pass that places panels on Grafana's grid of 24 columns.

A panel with `x` and `y` stands where a hand put it. The others flow from left to right below what
is already there, and each line is stretched to the full width.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil
from typing import Any

from tailboard.panels.definition_error import DefinitionError, inside
from tailboard.panels.kinds.size import COLUMNS

Panel = dict[str, Any]

ROW_PIXELS = 30 + 8
"""The height of a grid row and of the gap below it, by which Grafana divides a height in pixels."""
SHORTEST = 3
"""Grafana makes no panel of a lower height in pixels."""
SPAN_COLUMNS = 2
DEFAULT_SIZE = (12, 8)
SIZES = {"stat": (4, 4), "gauge": (4, 4), "text": (24, 3), "table": (24, 9)}


def place(panels: list[Panel]) -> None:
    """Give every panel of the list, and of the rows in it, a place."""
    taken = [panel for panel in panels if _is_placed(panel)]
    for panel in taken:
        if panel.get("type") == "row":
            panel["gridPos"] = _heading(panel["gridPos"]["y"])
    _check_overlap(taken)
    bottom, line = 0, list[Panel]()
    for panel in panels:
        if panel.get("type") != "row" and not _is_placed(panel):
            line.append(panel)
            continue
        bottom, line = _flow(line, bottom, taken), []
        if panel.get("type") == "row":
            _place_row(panel, bottom, taken)
        bottom = max(bottom, panel["gridPos"]["y"] + panel["gridPos"]["h"])
    _flow(line, bottom, taken)


def _place_row(row: Panel, bottom: int, taken: Sequence[Panel]) -> None:
    """A heading is one row high; what a collapsed row holds takes no room until it is opened."""
    if not _is_placed(row):
        row["gridPos"] = _heading(_free(bottom, 1, taken))
    by_hand = [child for child in row.get("panels") or [] if _is_placed(child)]
    _check_overlap(by_hand)
    ends = (it["gridPos"]["y"] + it["gridPos"]["h"] for it in by_hand)
    flowing = [child for child in row.get("panels") or [] if child not in by_hand]
    _flow(flowing, max(ends, default=row["gridPos"]["y"] + 1), ())


def _heading(y: int) -> Panel:
    return {"h": 1, "w": COLUMNS, "x": 0, "y": y}


def _is_placed(panel: Panel) -> bool:
    position = panel.get("gridPos") or {}
    if position.get("x") is None or position.get("y") is None:
        return False
    with inside(f"panel {panel.get('title', '')!r}"):
        _check_position(position)
    return True


def _check_position(position: Panel) -> None:
    numbers = [position.get(key) for key in ("x", "y", "w", "h")]
    if any(isinstance(it, bool) or not isinstance(it, int) for it in numbers):
        raise DefinitionError(
            f"its place {position} is not four whole numbers",
            tip="give x, y, w and h, or leave x and y out and let the panel flow.",
        )
    if position["x"] < 0 or position["y"] < 0 or position["w"] < 1 or position["h"] < 1:
        raise DefinitionError(
            f"its place {position} is not on the grid", tip="x and y begin at 0, w and h at 1."
        )
    if position["x"] + position["w"] > COLUMNS:
        raise DefinitionError(
            f"it ends at column {position['x'] + position['w']}, beyond the grid",
            tip=f"the grid has {COLUMNS} columns: x + w is at most {COLUMNS}.",
        )


def _flow(panels: Iterable[Panel], top: int, taken: Sequence[Panel]) -> int:
    """Place panels line by line from `top` on, around what is taken; the new bottom."""
    sized = list(panels)
    for panel in sized:
        width, height = _size(panel)
        panel["gridPos"] = {"h": height, "w": width}
    for line in _balanced(_lines(sized)):
        height = max(panel["gridPos"]["h"] for panel in line)
        top = _settle(line, _free(top, height, taken), height)
    return top


def _free(top: int, height: int, taken: Sequence[Panel]) -> int:
    """The first place from `top` on where a line of this height is on nobody's panel."""
    line = {"h": height, "w": COLUMNS, "x": 0, "y": top}
    while hit := [it["gridPos"] for it in taken if _overlap(line, it["gridPos"])]:
        line["y"] = max(it["y"] + it["h"] for it in hit)
    return line["y"]


def _lines(panels: Sequence[Panel]) -> list[list[Panel]]:
    """As many panels to a line as fit."""
    lines: list[list[Panel]] = []
    for panel in panels:
        used = sum(it["gridPos"]["w"] for it in lines[-1]) if lines else COLUMNS
        if used + panel["gridPos"]["w"] > COLUMNS:
            lines.append([])
        lines[-1].append(panel)
    return lines


def _balanced(lines: Sequence[list[Panel]]) -> Iterator[list[Panel]]:
    """Share panels of one width out evenly, so that four become two and two, not three and one."""
    for width, group in groupby(lines, _width):
        together = list(group)
        if width is None:
            yield from together
            continue
        panels = [panel for line in together for panel in line]
        each, rest = divmod(len(panels), len(together))
        for index in range(len(together)):
            count = each + (index < rest)
            yield panels[:count]
            panels = panels[count:]


def _width(line: Sequence[Panel]) -> int | None:
    """The width that all panels of a line have, None where they differ."""
    widths = {panel["gridPos"]["w"] for panel in line}
    return widths.pop() if len(widths) == 1 else None


def _settle(line: Sequence[Panel], top: int, height: int) -> int:
    """Give the panels of one line their places, as wide as the grid and of one height."""
    widths = _stretched([panel["gridPos"]["w"] for panel in line])
    left = 0
    for panel, width in zip(line, widths, strict=True):
        panel["gridPos"] = {"h": height, "w": width, "x": left, "y": top}
        left += width
    return top + height


def _stretched(widths: Sequence[int]) -> list[int]:
    """The widths grown in proportion until they fill the grid, the first ones first."""
    total = sum(widths)
    grown = [width * COLUMNS // total for width in widths]
    for index in range(COLUMNS - sum(grown)):
        grown[index % len(grown)] += 1
    return grown


def _size(panel: Panel) -> tuple[int, int]:
    """Width and height: the panel's own, those of a Grafana 4 row, or its kind's."""
    own = {key: it for key, it in (panel.get("gridPos") or {}).items() if it is not None}
    width, height = SIZES.get(panel.get("type", ""), DEFAULT_SIZE)
    with inside(f"panel {panel.get('title', '')!r}"):
        if panel.get("span"):
            width = _columns(panel["span"])
        if panel.get("height"):
            height = _rows(panel["height"])
        width, height = own.get("w", width), own.get("h", height)
        _check_position({"x": 0, "y": 0, "w": width, "h": height})
    return width, height


def _columns(span: object) -> int:
    """Grid columns of a span, of which a full line has twelve."""
    if isinstance(span, bool) or not isinstance(span, int | float):
        raise DefinitionError(f"a span of {span!r} is not a number", tip="a full line has 12.")
    return ceil(span * SPAN_COLUMNS)


def _rows(height: object) -> int:
    """Grid rows of a height in pixels, written as 250, "250" or "250px"."""
    digits = str(height).removesuffix("px")
    if not digits.isdigit():
        raise DefinitionError(f"a height of {height!r} is not in pixels", tip='write "250px".')
    return max(SHORTEST, ceil(int(digits) / ROW_PIXELS))


def _check_overlap(panels: Sequence[Panel]) -> None:
    """No two panels in one cell: Grafana would push one of them somewhere else."""
    for one, other in _within_reach(sorted(panels, key=lambda panel: panel["gridPos"]["y"])):
        if _overlap(one["gridPos"], other["gridPos"]):
            x, y = (max(one["gridPos"][axis], other["gridPos"][axis]) for axis in "xy")
            raise DefinitionError(
                f"the panels {one.get('title', '')!r} and {other.get('title', '')!r} "
                f"both stand at x={x}, y={y}",
                tip="move one of them, or leave x and y out and let them flow.",
            )


def _within_reach(ordered: Sequence[Panel]) -> Iterator[tuple[Panel, Panel]]:
    """The pairs of which the second begins above the bottom of the first."""
    for index, one in enumerate(ordered):
        bottom = one["gridPos"]["y"] + one["gridPos"]["h"]
        for other in ordered[index + 1 :]:
            if other["gridPos"]["y"] >= bottom:
                break
            yield one, other


def _overlap(one: Panel, other: Panel) -> bool:
    across: bool = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
    down: bool = one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]
    return across and down
