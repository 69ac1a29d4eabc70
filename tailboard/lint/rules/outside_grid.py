"""A panel outside of the 24 columns, without a size, or over another one.

Grafana pushes such panels about until they fit: what was arranged with care is found elsewhere. A
closed row's panels have places of their own.

Bad: `"gridPos": {"x": 20, "y": 8, "w": 12, "h": 8}`, which reaches to column 32
Good: `"gridPos": {"x": 12, "y": 8, "w": 12, "h": 8}`
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import Subject, list_top_level_panels

COLUMNS = 24


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    boxes: list[tuple[Place, tuple[int, int, int, int]]] = []
    # Those in a closed row have places of their own.
    open_ids = {id(panel) for panel in list_top_level_panels(subject.json)}
    for panel in subject.panels:
        if "span" in panel.json:
            continue  # how wide a panel was before there was a grid
        box = _parse_box(panel.json.get("gridPos"))
        if box is None:
            yield "it has no place (gridPos)", "give it x, y, w and h.", panel.place
            continue
        for problem, tip in _check_box(*box):
            yield problem, tip, panel.place
        if id(panel.json) not in open_ids:
            continue
        covered_place = next(
            (place for place, other_box in boxes if _is_overlap(box, other_box)), None
        )
        if covered_place:
            yield f"it lies over the panel {covered_place.panel!r}", "move it.", panel.place
        boxes.append((panel.place, box))


def _check_box(x: int, y: int, width: int, height: int) -> Problems:
    if width < 1 or height < 1:
        yield f"it is {width} wide and {height} high", "give it a size."
    elif x < 0 or x + width > COLUMNS:
        yield f"it reaches from column {x} to {x + width} of {COLUMNS}", "move it."
    if y < 0:
        yield f"it begins above the dashboard, at y = {y}", "move it."


def _parse_box(grid: Any) -> tuple[int, int, int, int] | None:
    try:
        return int(grid["x"]), int(grid["y"]), int(grid["w"]), int(grid["h"])
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


def _is_overlap(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    (ax, ay, aw, ah), (bx, by, bw, bh) = box, other
    return ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah


RULE = LintRule(
    "outside-grid",
    "error",
    "a panel outside of the grid, or over another",
    __doc__,
    check_document=_check_document,
)
