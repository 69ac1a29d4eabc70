"""Which panels lie over one another, whatever their number, size and place."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tailboard.lint.rules import outside_grid
from tailboard.queries.subject import build_document_subject

Box = tuple[int, int, int, int]

NUMBERS = st.one_of(st.integers(-3, 30), st.integers(-1000, 1000))
BOXES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=25)


def build_document(boxes: list[Box]) -> dict[str, Any]:
    panels = [
        {
            "type": "text",
            "title": f"number {number}",
            "gridPos": dict(zip("xywh", box, strict=True)),
        }
        for number, box in enumerate(boxes)
    ]
    return {"title": "Orders", "panels": panels}


def list_overlaps(boxes: list[Box]) -> list[tuple[str, str]]:
    """The panels that lie over another one, and which the rule says that is."""
    subject = build_document_subject(build_document(boxes), "orders.json")
    return [
        (place.panel, problem.removeprefix("it lies over the panel "))
        for problem, _, place in outside_grid.RULE.check_document(subject)
        if problem.startswith("it lies over")
    ]


def is_overlap(box: Box, other: Box) -> bool:
    (ax, ay, aw, ah), (bx, by, bw, bh) = box, other
    return ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah


@given(BOXES)
def test_each_panel_lies_over_the_first_that_it_shares_a_cell_with(boxes: list[Box]) -> None:
    expected = []
    for number, box in enumerate(boxes):
        covered = [other for other in range(number) if is_overlap(box, boxes[other])]
        if covered:
            expected.append((f"number {number}", repr(f"number {covered[0]}")))
    assert list_overlaps(boxes) == expected


def test_thousands_of_panels_are_compared_with_those_near_them_alone() -> None:
    boxes = [(0, 0, 24, 8)] * 2 + [(0, 8 * number, 24, 8) for number in range(1, 20_000)]
    assert list_overlaps(boxes) == [("number 1", "'number 0'")]
