"""Where panels stand."""

from itertools import combinations
from typing import Any

import pytest
from grafanalib.core import (
    AlertList,
    GaugePanel,
    Graph,
    GridPos,
    Pixels,
    RowPanel,
    Stat,
    Table,
    Target,
    Text,
)
from grafanalib.core import Dashboard as GrafanalibDashboard
from grafanalib.core import Row as SpanRow
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import Dashboard, Row, build_document
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.kinds import grid_size
from tests.dashboards.sample_dashboards import (
    Json,
    build_grafanalib_document,
    build_json_document,
    build_placed_timeseries,
    build_rows_document,
    build_sized_timeseries,
    build_timeseries,
    catch_definition_error,
    find_panel,
)
from tests.example_counts import count_examples

WIDTH = 24


def read_position(panel: Json) -> tuple[int, int, int, int]:
    """X, y, width, height."""
    position = panel["gridPos"]
    return position["x"], position["y"], position["w"], position["h"]


def list_positions(document: Json) -> dict[str, tuple[int, int, int, int]]:
    return {panel["title"]: read_position(panel) for panel in document["panels"]}


def check_grid(panels: list[Json]) -> None:
    """Every panel is within the grid and alone in its cells."""
    for panel in panels:
        x, y, width, height = read_position(panel)
        assert x >= 0
        assert y >= 0
        assert width >= 1
        assert height >= 1
        assert x + width <= WIDTH, panel["title"]
    for first, second in combinations(panels, 2):
        x, y, width, height = read_position(first)
        left, top, across, down = read_position(second)
        apart = x + width <= left or left + across <= x or y + height <= top or top + down <= y
        assert apart, (first["title"], second["title"])


def check_full_lines(panels: list[Json]) -> None:
    """Every line of flowing panels ends at the grid's right edge, without gaps, at one height."""
    lines: dict[int, list[Json]] = {}
    for panel in panels:
        lines.setdefault(panel["gridPos"]["y"], []).append(panel)
    for line_panels in lines.values():
        assert sum(panel["gridPos"]["w"] for panel in line_panels) == WIDTH
        assert len({panel["gridPos"]["h"] for panel in line_panels}) == 1


def test_panels_flow_from_left_to_right() -> None:
    document = build_rows_document(
        Row(
            "",
            [
                build_sized_timeseries("A", 8, 9),
                build_sized_timeseries("B", 8, 9),
                build_sized_timeseries("C", 8, 9),
            ],
        )
    )
    assert list_positions(document) == {"A": (0, 0, 8, 9), "B": (8, 0, 8, 9), "C": (16, 0, 8, 9)}


def test_a_panel_that_does_not_fit_starts_a_new_line() -> None:
    document = build_rows_document(
        Row("", [build_sized_timeseries("A", 16, 5), build_sized_timeseries("B", 12, 7)])
    )
    assert list_positions(document) == {"A": (0, 0, 24, 5), "B": (0, 5, 24, 7)}


def test_a_line_is_stretched_to_the_full_width_in_proportion() -> None:
    document = build_rows_document(
        Row("", [build_sized_timeseries("A", 4, 4), build_sized_timeseries("B", 8, 4)])
    )
    assert list_positions(document) == {"A": (0, 0, 8, 4), "B": (8, 0, 16, 4)}


def test_a_line_is_as_high_as_its_highest_panel() -> None:
    document = build_rows_document(
        Row(
            "",
            [
                build_sized_timeseries("A", 12, 4),
                build_sized_timeseries("B", 12, 9),
                build_sized_timeseries("C", 24, 3),
            ],
        )
    )
    assert list_positions(document) == {"A": (0, 0, 12, 9), "B": (12, 0, 12, 9), "C": (0, 9, 24, 3)}


@pytest.mark.parametrize(("count", "lines"), [(4, [2, 2]), (5, [3, 2]), (7, [3, 2, 2])])
def test_panels_of_one_width_are_shared_out_evenly(count: int, lines: list[int]) -> None:
    document = build_rows_document(
        Row("", [build_sized_timeseries(f"{index}", 8, 9) for index in range(count)])
    )
    tops = [panel["gridPos"]["y"] for panel in document["panels"]]
    assert [tops.count(top) for top in sorted(set(tops))] == lines
    check_full_lines(document["panels"])


def test_columns_that_cannot_be_shared_evenly_go_to_the_first_panels() -> None:
    document = build_rows_document(
        Row("", [build_sized_timeseries(title, 4, 4) for title in "ABCDE"])
    )
    assert [read_position(panel)[2] for panel in document["panels"]] == [5, 5, 5, 5, 4]


def test_a_row_has_a_heading_over_the_full_width_and_its_panels_below() -> None:
    document = build_rows_document(
        Row("Golden signals", [build_sized_timeseries("A", 24, 8)]),
        Row("Database", [build_sized_timeseries("B", 24, 8)]),
    )
    assert list_positions(document) == {
        "Golden signals": (0, 0, 24, 1),
        "A": (0, 1, 24, 8),
        "Database": (0, 9, 24, 1),
        "B": (0, 10, 24, 8),
    }


def test_a_heading_has_the_full_width_whatever_its_json_says() -> None:
    row = {"type": "row", "title": "R", "gridPos": {"x": 0, "y": 3, "w": 0, "h": 0}, "panels": []}
    document = build_json_document(row)
    assert document["panels"][0]["gridPos"] == {"x": 0, "y": 3, "w": 24, "h": 1}


def test_a_row_begins_a_new_line() -> None:
    document = build_rows_document(
        Row("", [build_sized_timeseries("A", 6, 8)]),
        Row("Database", [build_sized_timeseries("B", 6, 8)]),
    )
    assert list_positions(document) == {
        "A": (0, 0, 24, 8),
        "Database": (0, 8, 24, 1),
        "B": (0, 9, 24, 8),
    }


def test_the_panels_of_a_collapsed_row_are_in_it_and_below_its_heading() -> None:
    document = build_rows_document(
        Row(
            "Health",
            [
                build_sized_timeseries("A", 12, 8),
                build_sized_timeseries("B", 12, 8),
                build_sized_timeseries("C", 24, 4),
            ],
            collapsed=True,
        ),
        Row("After", [build_sized_timeseries("D", 24, 8)]),
    )
    assert [panel["title"] for panel in document["panels"]] == ["Health", "After", "D"]
    assert document["panels"][0]["collapsed"] is True
    assert list_positions({"panels": document["panels"][0]["panels"]}) == {
        "A": (0, 1, 12, 8),
        "B": (12, 1, 12, 8),
        "C": (0, 9, 24, 4),
    }


def test_a_collapsed_row_takes_no_more_room_than_its_heading() -> None:
    document = build_rows_document(
        Row("Health", [build_sized_timeseries("A", 24, 8)], collapsed=True),
        Row("After", [build_sized_timeseries("B", 24, 8)]),
    )
    assert list_positions(document) == {
        "Health": (0, 0, 24, 1),
        "After": (0, 1, 24, 1),
        "B": (0, 2, 24, 8),
    }


def test_the_panels_of_an_expanded_row_follow_it_at_top_level() -> None:
    document = build_rows_document(Row("Golden signals", [build_sized_timeseries("A", 24, 8)]))
    assert [panel["title"] for panel in document["panels"]] == ["Golden signals", "A"]
    assert document["panels"][0]["panels"] == []
    assert document["panels"][0]["collapsed"] is False


def test_the_panels_inside_an_expanded_row_of_grafanalib_move_out_of_it() -> None:
    """Grafana does not draw what an open row holds."""
    row = RowPanel(
        title="Open",
        panels=[build_sized_timeseries("A", 24, 8), build_sized_timeseries("B", 24, 8)],
    )
    document = build_grafanalib_document(row, build_sized_timeseries("C", 24, 8))
    assert [panel["title"] for panel in document["panels"]] == ["Open", "A", "B", "C"]
    assert document["panels"][0]["panels"] == []
    check_grid(document["panels"])


def test_the_panels_inside_a_collapsed_row_of_grafanalib_stay_in_it() -> None:
    document = build_grafanalib_document(
        RowPanel(title="Closed", panels=[build_sized_timeseries("A", 24, 8)], collapsed=True)
    )
    (row,) = document["panels"]
    assert [panel["title"] for panel in row["panels"]] == ["A"]
    assert row["panels"][0]["gridPos"] == {"h": 8, "w": 24, "x": 0, "y": 1}


def test_hand_placed_panels_stay_where_they_are() -> None:
    document = build_grafanalib_document(
        build_placed_timeseries("A", 3, 2, 5, 4), build_placed_timeseries("B", 12, 40, 12, 8)
    )
    assert list_positions(document) == {"A": (3, 2, 5, 4), "B": (12, 40, 12, 8)}


def test_hand_placed_rows_stay_where_they_are_and_are_one_row_high() -> None:
    row = RowPanel(title="Row", gridPos=GridPos(h=3, w=12, x=0, y=8))
    document = build_grafanalib_document(
        build_placed_timeseries("A", 0, 0, 24, 8), row, build_placed_timeseries("B", 0, 9, 24, 8)
    )
    assert list_positions(document) == {
        "A": (0, 0, 24, 8),
        "Row": (0, 8, 24, 1),
        "B": (0, 9, 24, 8),
    }


def test_hand_placed_panels_of_a_collapsed_row_stay_where_they_are() -> None:
    document = build_rows_document(
        Row(
            "Closed",
            [build_placed_timeseries("A", 6, 30, 6, 6), build_sized_timeseries("B", 24, 8)],
            collapsed=True,
        )
    )
    assert list_positions({"panels": document["panels"][0]["panels"]}) == {
        "A": (6, 30, 6, 6),
        "B": (0, 36, 24, 8),
    }


def test_panels_of_a_collapsed_row_flow_above_a_hand_placed_one_that_comes_later() -> None:
    document = build_rows_document(
        Row(
            "Closed",
            [build_sized_timeseries("A", 24, 8), build_placed_timeseries("B", 0, 9, 12, 8)],
            collapsed=True,
        )
    )
    assert list_positions({"panels": document["panels"][0]["panels"]}) == {
        "A": (0, 1, 24, 8),
        "B": (0, 9, 12, 8),
    }


def test_the_next_panel_flows_below_a_hand_placed_one() -> None:
    document = build_grafanalib_document(
        build_placed_timeseries("A", 0, 0, 12, 8), build_sized_timeseries("B", 12, 8)
    )
    assert list_positions(document) == {"A": (0, 0, 12, 8), "B": (0, 8, 24, 8)}


def test_a_panel_does_not_flow_onto_a_hand_placed_one_that_comes_later() -> None:
    document = build_grafanalib_document(
        build_sized_timeseries("A", 24, 8),
        build_placed_timeseries("B", 6, 4, 6, 2),
        build_sized_timeseries("C", 24, 8),
    )
    assert read_position(find_panel(document, "B")) == (6, 4, 6, 2)
    check_grid(document["panels"])


def test_a_heading_does_not_stand_on_a_hand_placed_panel() -> None:
    document = build_rows_document(
        Row("Row", [build_placed_timeseries("A", 0, 0, 24, 8), build_sized_timeseries("B", 24, 8)])
    )
    assert read_position(find_panel(document, "A")) == (0, 0, 24, 8)
    check_grid(document["panels"])


def test_a_panel_does_not_flow_onto_a_hand_placed_heading() -> None:
    row = RowPanel(title="Row", gridPos=GridPos(h=1, w=24, x=0, y=4))
    document = build_grafanalib_document(
        build_sized_timeseries("A", 24, 8), row, build_sized_timeseries("B", 24, 8)
    )
    assert read_position(find_panel(document, "Row")) == (0, 4, 24, 1)
    check_grid(document["panels"])


def test_a_document_of_rows_and_hand_placed_panels_has_no_overlap() -> None:
    document = build_document(
        GrafanalibDashboard(
            title="Orders",
            rows=[SpanRow(title="Row", panels=[Graph(title="A"), Graph(title="B")])],
            panels=[build_placed_timeseries("C", 0, 0, 24, 8)],
        )
    )
    assert [panel["title"] for panel in document["panels"]] == ["Row", "A", "B", "C"]
    assert read_position(find_panel(document, "C")) == (0, 0, 24, 8)
    check_grid(document["panels"])


def test_a_span_is_twelve_to_the_full_width_and_a_height_is_in_pixels() -> None:
    row = SpanRow(
        title="Row",
        height=Pixels(300),
        panels=[Graph(title="A", span=3), Graph(title="B", span=9, height="61px")],
    )
    document = build_document(GrafanalibDashboard(title="Orders", rows=[row]))
    assert list_positions(document) == {"Row": (0, 0, 24, 1), "A": (0, 1, 6, 8), "B": (6, 1, 18, 8)}


def test_panels_without_span_share_the_row() -> None:
    row = SpanRow(panels=[Graph(title=title) for title in "ABC"])
    document = build_document(GrafanalibDashboard(title="Orders", rows=[row]))
    assert list_positions(document) == {"A": (0, 0, 8, 7), "B": (8, 0, 8, 7), "C": (16, 0, 8, 7)}


@pytest.mark.parametrize(
    ("height", "rows"), [(250, 7), ("250", 7), ("250px", 7), (266, 7), (267, 8), (1, 3)]
)
def test_a_height_in_pixels_becomes_the_grid_rows_that_grafana_makes_of_it(
    height: object, rows: int
) -> None:
    document = build_json_document({"type": "timeseries", "title": "A", "height": height})
    assert read_position(document["panels"][0]) == (0, 0, 24, rows)


@pytest.mark.parametrize("shift", [0, 1, 9])
def test_a_position_in_a_row_of_grafanalib_counts_from_the_row(shift: int) -> None:
    """Directly below the heading, whether or not `y` counts the heading or the rows above."""
    rows = [
        SpanRow(
            title="Ovens",
            panels=[
                build_placed_timeseries("A", 0, shift, width=10),
                build_placed_timeseries("B", 10, shift + 2, width=14),
            ],
        ),
        SpanRow(
            title="Shops",
            panels=[build_placed_timeseries("C", 0, shift), build_timeseries("D")],
        ),
        SpanRow(title="Flowing", panels=[build_timeseries("E")]),
        SpanRow(title="", showTitle=False, panels=[build_placed_timeseries("F", 4, shift)]),
    ]
    document = build_document(GrafanalibDashboard(title="Orders", rows=rows))
    assert list_positions(document) == {
        "Ovens": (0, 0, 24, 1),
        "A": (0, 1, 10, 8),
        "B": (10, 3, 14, 8),
        "Shops": (0, 11, 24, 1),
        "C": (0, 12, 12, 8),
        "D": (0, 20, 24, 7),
        "Flowing": (0, 27, 24, 1),
        "E": (0, 28, 24, 7),
        "F": (4, 35, 12, 8),
    }
    assert "tailboard" not in str(document["panels"])


def test_a_position_in_a_collapsed_row_of_grafanalib_counts_from_the_row() -> None:
    rows = [
        SpanRow(title="Open", panels=[Graph(title="A", span=12)]),
        SpanRow(
            title="Closed",
            collapse=True,
            panels=[build_placed_timeseries("B", 0, 0), build_placed_timeseries("C", 12, 0)],
        ),
    ]
    document = build_document(GrafanalibDashboard(title="Orders", rows=rows))
    heading = find_panel(document, "Closed")
    assert read_position(heading) == (0, 8, 24, 1)
    assert [read_position(panel) for panel in heading["panels"]] == [
        (0, 9, 12, 8),
        (12, 9, 12, 8),
    ]
    assert "tailboard" not in str(document["panels"])


def test_a_row_of_grafanalib_with_positions_does_not_stand_on_a_hand_placed_panel() -> None:
    row = SpanRow(title="Row", panels=[build_placed_timeseries("A", 0, 0)])
    document = build_grafanalib_document(build_placed_timeseries("B", 0, 4), rows=[row])
    assert read_position(find_panel(document, "A")) == (0, 12, 12, 8)
    check_grid(document["panels"])


def test_two_panels_of_a_row_of_grafanalib_in_one_cell_are_both_named() -> None:
    panels = [build_placed_timeseries("A", 0, 0), build_placed_timeseries("B", 11, 7)]
    error = catch_definition_error(
        GrafanalibDashboard(title="Orders", rows=[SpanRow(title="Row", panels=panels)])
    )
    assert "'A' and 'B' both stand at x=11, y=7" in error.problem


def test_a_position_in_a_row_of_json_counts_from_the_row() -> None:
    position = {"h": 8, "w": 12, "x": 0, "y": 0}
    rows = [
        {
            "title": title,
            "showTitle": True,
            "panels": [{"type": panel_type, "title": title.lower(), "gridPos": dict(position)}],
        }
        for title, panel_type in (("A", "graph"), ("B", "team-plugin-panel"))
    ]
    document = build_document({"title": "Orders", "schemaVersion": 14, "rows": rows})
    assert list_positions(document) == {
        "A": (0, 0, 24, 1),
        "a": (0, 1, 12, 8),
        "B": (0, 9, 24, 1),
        "b": (0, 10, 12, 8),
    }


def test_neither_span_nor_height_is_left_in_the_document() -> None:
    document = build_document(
        GrafanalibDashboard(
            title="Orders", rows=[SpanRow(collapse=True, title="Row", panels=[Graph(title="A")])]
        )
    )
    for panel in (document["panels"][0], *document["panels"][0]["panels"]):
        assert not {"span", "height"} & set(panel)


@pytest.mark.parametrize(
    ("panel", "size"),
    [
        (Stat(title="A"), (4, 4)),
        (GaugePanel(title="A"), (4, 4)),
        (Table(title="A"), (24, 9)),
        (Text(title="A"), (24, 3)),
        (build_timeseries("A"), (12, 8)),
        (AlertList(title="A"), (12, 8)),
    ],
)
def test_a_panel_without_a_size_has_that_of_its_kind(panel: Any, size: tuple[int, int]) -> None:
    document = build_grafanalib_document(
        panel, build_sized_timeseries("Rest", 24 - size[0] or 24, 1)
    )
    assert document["panels"][0]["gridPos"]["w"] == size[0]
    assert document["panels"][0]["gridPos"]["h"] == size[1]


def test_a_hundred_panels_stand_side_by_side_and_below_each_other() -> None:
    document = build_rows_document(
        Row(
            "First",
            [
                build_sized_timeseries(f"A{index}", 1 + index % 24, 1 + index % 9)
                for index in range(50)
            ],
        ),
        Row("Second", [build_timeseries(f"B{index}") for index in range(50)]),
    )
    assert len(document["panels"]) == 102
    check_grid(document["panels"])
    check_full_lines(document["panels"])


flowing_sizes = st.lists(st.tuples(st.integers(1, 24), st.integers(1, 12)), max_size=7)
row_shapes = st.lists(
    st.tuples(st.sampled_from(["", "Row"]), flowing_sizes, st.booleans()), max_size=4
)


@given(row_shapes)
@settings(max_examples=count_examples(40))
def test_whatever_flows_fills_its_lines_and_never_overlaps(
    rows: list[tuple[str, list[tuple[int, int]], bool]],
) -> None:
    document = build_rows_document(
        *(
            Row(
                title,
                [
                    build_sized_timeseries(f"{index}.{number}", *size)
                    for number, size in enumerate(sizes)
                ],
                row,
            )
            for index, (title, sizes, row) in enumerate(rows)
        )
    )
    check_grid(document["panels"])
    check_full_lines(document["panels"])
    for row in document["panels"]:
        check_grid(row.get("panels") or [])
        check_full_lines(row.get("panels") or [])
        assert all(child["gridPos"]["y"] > row["gridPos"]["y"] for child in row.get("panels", []))


@given(row_shapes)
@settings(max_examples=count_examples(40))
def test_reading_order_is_the_order_of_the_definition(
    rows: list[tuple[str, list[tuple[int, int]], bool]],
) -> None:
    document = build_rows_document(
        *(
            Row(
                title,
                [
                    build_sized_timeseries(f"{index}.{number}", *size)
                    for number, size in enumerate(sizes)
                ],
                row,
            )
            for index, (title, sizes, row) in enumerate(rows)
        )
    )
    positions = [(read_position(panel)[1], read_position(panel)[0]) for panel in document["panels"]]
    assert positions == sorted(positions)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("flow"), st.integers(1, 24), st.integers(1, 12)),
            st.tuples(st.just("hand"), st.integers(0, 3), st.integers(1, 12)),
            st.tuples(st.just("row"), st.just(0), st.just(0)),
        ),
        max_size=12,
    )
)
@settings(max_examples=count_examples(40))
def test_hand_placed_panels_stay_and_everything_else_flows_around_them(
    shapes: list[tuple[str, int, int]],
) -> None:
    """Each hand-placed panel has a column of its own, so that no two of them overlap."""
    panels: list[Any] = []
    for index, (kind, left, right) in enumerate(shapes):
        if kind == "row":
            panels.append(RowPanel(title=f"{index}"))
        elif kind == "flow":
            panels.append(build_sized_timeseries(f"{index}", left, right))
        else:
            panels.append(build_placed_timeseries(f"{index}", index * 2, left * 4, 2, right))
    document = build_grafanalib_document(*panels)
    check_grid(document["panels"])
    for index, (kind, left, right) in enumerate(shapes):
        if kind == "hand":
            assert read_position(find_panel(document, str(index))) == (
                index * 2,
                left * 4,
                2,
                right,
            )


def test_two_panels_in_one_cell_are_both_named() -> None:
    error = catch_definition_error(
        GrafanalibDashboard(
            title="Orders",
            panels=[build_placed_timeseries("A", 0, 0), build_placed_timeseries("B", 6, 6)],
        )
    )
    assert str(error).startswith(
        "dashboard 'Orders': the panels 'A' and 'B' both stand at x=6, y=6\nTip: "
    )


def test_two_panels_in_one_cell_of_a_collapsed_row_are_both_named() -> None:
    error = catch_definition_error(
        Dashboard(
            "Orders",
            [
                Row(
                    "Closed",
                    [build_placed_timeseries("A", 0, 5), build_placed_timeseries("B", 0, 5)],
                    collapsed=True,
                )
            ],
        )
    )
    assert "the panels 'A' and 'B' both stand at x=0, y=5" in error.problem


def test_panels_that_only_touch_do_not_overlap() -> None:
    touching = [
        build_placed_timeseries("A", 0, 0),
        build_placed_timeseries("B", 12, 0),
        build_placed_timeseries("C", 0, 8, 24, 1),
    ]
    for panels in (touching, touching[::-1]):
        check_grid(build_grafanalib_document(*panels)["panels"])


@pytest.mark.parametrize("position", [GridPos(h=8, w=30, x=None, y=None), GridPos(8, 12, 13, 0)])
def test_a_panel_beyond_the_grid_is_named(position: GridPos) -> None:
    error = catch_definition_error(
        Dashboard("Orders", [Row("Row", [build_timeseries("Wide", gridPos=position)])])
    )
    assert "panel 'Wide'" in error.location
    assert "beyond the grid" in error.problem
    assert "24 columns" in error.tip


def test_a_kind_refuses_a_size_beyond_the_grid_at_once() -> None:
    with pytest.raises(DefinitionError, match="30 columns wide") as excinfo:
        grid_size(30, 8)
    assert "24 columns" in excinfo.value.tip


@pytest.mark.parametrize(
    "position",
    [
        GridPos(h=8, w=12, x=-1, y=0),
        GridPos(h=8, w=12, x=0, y=-1),
        GridPos(h=0, w=12, x=0, y=0),
        GridPos(h=8, w=0, x=0, y=0),
        GridPos(h=0, w=12, x=None, y=None),
        GridPos(h=8, w=0, x=None, y=None),
        GridPos(h=-8, w=12, x=None, y=None),
        GridPos(h=8, w=-12, x=None, y=None),
    ],
)
def test_a_place_off_the_grid_is_refused(position: GridPos) -> None:
    error = catch_definition_error(
        Dashboard("Orders", [Row("Row", [build_timeseries("Odd", gridPos=position)])])
    )
    assert "panel 'Odd'" in error.location
    assert "is not on the grid" in error.problem


@pytest.mark.parametrize("odd", ["12", 12.5, True, [12]])
@pytest.mark.parametrize("key", ["x", "y", "w", "h"])
def test_a_place_that_is_not_four_whole_numbers_is_refused(key: str, odd: object) -> None:
    position = GridPos(**{"x": 0, "y": 0, "w": 12, "h": 8, key: odd})
    error = catch_definition_error(
        Dashboard("Orders", [Row("Row", [build_timeseries("Odd", gridPos=position)])])
    )
    assert "panel 'Odd'" in error.location
    assert "is not four whole numbers" in error.problem


@pytest.mark.parametrize("height", ["50%", "high", "-250px", "25 px"])
def test_a_height_that_is_not_in_pixels_is_refused(height: str) -> None:
    panel = Graph(title="Odd", targets=[Target(expr="up")], height=height)
    error = catch_definition_error(GrafanalibDashboard(title="Orders", panels=[panel]))
    assert "panel 'Odd'" in error.location
    assert "is not in pixels" in error.problem


@pytest.mark.parametrize("span", [13, "wide", -1])
def test_a_span_beyond_twelve_is_refused(span: object) -> None:
    panel = Graph(title="Odd", targets=[Target(expr="up")], span=span)
    error = catch_definition_error(GrafanalibDashboard(title="Orders", panels=[panel]))
    assert "panel 'Odd'" in error.location
