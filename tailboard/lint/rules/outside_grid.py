"""A panel outside of the 24 columns, without a size, or over another one.

Grafana pushes such panels about until they fit: what was arranged with care is found elsewhere. A
closed row's panels have places of their own.

Bad: `"gridPos": {"x": 20, "y": 8, "w": 12, "h": 8}`, which reaches to column 32
Good: `"gridPos": {"x": 12, "y": 8, "w": 12, "h": 8}`
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule, Said
from tailboard.queries.subject import Subject, top_level

COLUMNS = 24


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    placed: list[tuple[Place, tuple[int, int, int, int]]] = []
    # Those in a closed row have places of their own.
    open_ = {id(it) for it in top_level(subject.plain)}
    for panel in subject.panels:
        if "span" in panel.plain:
            continue  # how wide a panel was before there was a grid
        box = _box(panel.plain.get("gridPos"))
        if box is None:
            yield "it has no place (gridPos)", "give it x, y, w and h.", panel.place
            continue
        for problem, tip in _misplaced(*box):
            yield problem, tip, panel.place
        if id(panel.plain) not in open_:
            continue
        over = next((place for place, other in placed if _overlap(box, other)), None)
        if over:
            yield f"it lies over the panel {over.panel!r}", "move it.", panel.place
        placed.append((panel.place, box))


def _misplaced(x: int, y: int, width: int, height: int) -> Said:
    if width < 1 or height < 1:
        yield f"it is {width} wide and {height} high", "give it a size."
    elif x < 0 or x + width > COLUMNS:
        yield f"it reaches from column {x} to {x + width} of {COLUMNS}", "move it."
    if y < 0:
        yield f"it begins above the dashboard, at y = {y}", "move it."


def _box(grid: Any) -> tuple[int, int, int, int] | None:
    try:
        return int(grid["x"]), int(grid["y"]), int(grid["w"]), int(grid["h"])
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    (ax, ay, aw, ah), (bx, by, bw, bh) = one, other
    return ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah


RULE = LintRule(
    "outside-grid",
    "error",
    "a panel outside of the grid, or over another",
    __doc__,
    of_document=_of_document,
)
