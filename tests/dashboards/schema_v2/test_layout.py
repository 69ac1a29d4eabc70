"""A layout of schema v2 is walked in reading order, whatever is nested in what."""

from typing import Any

from tailboard.dashboards.schema_v2.layout import (
    AUTO_GRID,
    GRID,
    list_items,
    list_missing_elements,
    list_sections,
    list_unplaced_elements,
)
from tests.dashboards.schema_v2.sample_documents import (
    build_auto_grid,
    build_grid,
    build_panel_element,
    build_rows,
    build_spec,
    build_tabs,
    build_tabs_spec,
)


def test_every_section_comes_in_reading_order_with_those_around_it() -> None:
    sections = [section.describe() for section in list_sections(build_tabs_spec()["layout"])]
    assert sections == [
        "tab 'Overview'",
        "tab 'Routes'",
        "row 'Speed' of tab 'Routes'",
        "row 'Errors' of tab 'Routes'",
        "tab 'Database'",
    ]


def test_every_place_of_an_element_comes_in_reading_order() -> None:
    items = list(list_items(build_tabs_spec()["layout"]))
    assert [item.element for item in items] == [f"panel-{number}" for number in range(1, 6)]
    assert [item.layout["kind"] for item in items] == [GRID] * 2 + [AUTO_GRID] * 3
    assert items[1].describe_place() == "row 'Speed' of tab 'Routes'"


def test_tabs_within_rows_within_tabs_are_walked() -> None:
    layout = build_tabs(("A", build_rows(("B", build_tabs(("C", build_grid("panel-1")))))))
    [item] = list_items(layout)
    assert item.describe_place() == "tab 'C' of row 'B' of tab 'A'"


def test_a_section_without_a_title_is_described() -> None:
    [section] = list_sections(build_rows(("", build_grid())))
    assert section.describe() == "a row without a title"


def test_places_without_an_element_and_elements_without_a_place_are_listed() -> None:
    layout = build_tabs(("A", build_auto_grid("panel-1", "panel-9")))
    elements = {f"panel-{number}": build_panel_element(number, "P") for number in (1, 2)}
    spec = build_spec(layout, elements)
    assert [item.element for item in list_missing_elements(spec)] == ["panel-9"]
    assert list_unplaced_elements(spec) == ["panel-2"]


def test_what_is_no_layout_has_nothing_in_it() -> None:
    layouts: list[Any] = [None, [], {}, {"kind": "TabsLayout"}]
    for layout in (*layouts, {"kind": "TabsLayout", "spec": {"tabs": 1}}):
        assert list(list_sections(layout)) == []
        assert list(list_items(layout)) == []
