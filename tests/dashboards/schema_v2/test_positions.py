"""Panels that lie on others move down to the first free place, as Grafana draws them."""

from hypothesis import given
from hypothesis import strategies as st

from tailboard.dashboards.schema_v2.flatten import build_view
from tailboard.dashboards.schema_v2.positions import Position, separate_positions
from tests.dashboards.schema_v2.sample_documents import (
    build_grid,
    build_panel_element,
    build_spec,
)


@st.composite
def draw_position(draw: st.DrawFn) -> Position:
    width = draw(st.integers(1, 24))
    x = draw(st.integers(0, 24 - width))
    return {"h": draw(st.integers(1, 6)), "w": width, "x": x, "y": draw(st.integers(0, 12))}


def is_overlap(position: Position, other: Position) -> bool:
    return all(
        position[start] < other[start] + other[length]
        and other[start] < position[start] + position[length]
        for start, length in (("x", "w"), ("y", "h"))
    )


@given(st.lists(draw_position(), max_size=20))
def test_each_position_is_the_first_free_one_below_where_it_was(positions: list[Position]) -> None:
    free_positions = separate_positions(positions)
    for index, (position, free_position) in enumerate(zip(positions, free_positions, strict=True)):
        candidate = dict(position)
        while any(is_overlap(candidate, other) for other in free_positions[:index]):
            candidate["y"] += 1
        assert free_position == candidate


def test_thousands_of_panels_at_one_place_are_stacked() -> None:
    count = 2_000
    spec = build_spec(build_grid(*["panel-1"] * count), {"panel-1": build_panel_element(1, "P")})
    for item in spec["layout"]["spec"]["items"]:
        item["spec"] |= {"x": 0, "y": 0, "width": 12, "height": 1}
    tops = [panel["gridPos"]["y"] for panel in build_view(spec)["panels"]]
    assert tops == list(range(count))
