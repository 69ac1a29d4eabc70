"""A panel outside of the 24 columns, without a size, or over another one."""

from collections.abc import Iterator
from typing import Any

from publish.finding import Place
from publish.linting import LintRule
from publish.subject import Subject

COLUMNS = 24


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    placed: list[tuple[Place, tuple[int, int, int, int]]] = []
    for panel in subject.panels:
        box = _box(panel.plain.get("gridPos"))
        if box is None:
            yield "it has no place (gridPos)", "give it x, y, w and h.", panel.place
            continue
        x, _, width, _ = box
        if x < 0 or width < 1 or x + width > COLUMNS:
            yield f"it reaches from column {x} to {x + width} of 24", "move it.", panel.place
        over = next((place for place, other in placed if _overlap(box, other)), None)
        if over and _top_level(subject, panel.plain):
            yield f"it lies over the panel {over.panel!r}", "move it.", panel.place
        if _top_level(subject, panel.plain):
            placed.append((panel.place, box))


def _box(grid: Any) -> tuple[int, int, int, int] | None:
    try:
        return int(grid["x"]), int(grid["y"]), int(grid["w"]), int(grid["h"])
    except (KeyError, TypeError, ValueError):
        return None


def _top_level(subject: Subject, panel: Any) -> bool:
    """Whether it stands on the dashboard itself; those in a closed row have places of their own."""
    return any(it is panel for it in subject.plain.get("panels") or [])


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
