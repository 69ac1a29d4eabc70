"""A document of schema v1 becomes one of schema v2 that says the same."""

from typing import Any

import pytest

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.flatten import flatten_document
from tailboard.dashboards.schema_v2.layout import AUTO_GRID, list_items, list_sections
from tailboard.dashboards.schema_v2.resource import build_spec, find_version
from tailboard.dashboards.schema_v2.row_layout import RowLayout
from tests.dashboards.sample_dashboards import Json, build_library_documents


def list_panels(document: Json) -> list[Json]:
    """Every panel but rows, without what only the server adds."""
    return [
        panel
        for top_panel in document["panels"]
        for panel in (top_panel, *(top_panel.get("panels") or []))
        if panel["type"] != "row"
    ]


def describe_panels(document: Json) -> list[Any]:
    """What must survive the way to schema v2 and back."""
    return [
        (
            panel["id"],
            panel["title"],
            panel["type"],
            panel.get("description"),
            panel.get("options") or {},
            [(target["refId"], target.get("expr")) for target in panel.get("targets") or []],
            panel.get("transformations") or [],
        )
        for panel in list_panels(document)
    ]


@pytest.fixture(scope="module")
def library() -> dict[str, Json]:
    return build_library_documents()


def test_the_way_to_schema_v2_and_back_keeps_every_panel(library: dict[str, Json]) -> None:
    for name, document in library.items():
        back = flatten_document(convert_document(document))
        assert describe_panels(back) == describe_panels(document), name
        assert [panel["gridPos"] for panel in back["panels"]] == [
            panel["gridPos"] for panel in document["panels"]
        ], name


def test_the_way_to_schema_v2_and_back_keeps_variables_annotations_and_links(
    library: dict[str, Json],
) -> None:
    for name, document in library.items():
        back = flatten_document(convert_document(document))
        for field, holder in (("templating", "list"), ("annotations", "list")):
            for old, new in zip(document[field][holder], back[field][holder], strict=True):
                assert {key: new.get(key) for key in old} == old, (name, old["name"])
        for old, new in zip(document["links"], back["links"], strict=True):
            assert {key: new.get(key) for key in old} == old, name
        for field in ("title", "time", "refresh", "tags", "graphTooltip", "timezone"):
            assert back[field] == document[field], name


def test_both_versions_say_the_same(library: dict[str, Json]) -> None:
    transformation_kinds = set()
    for name, document in library.items():
        converted = convert_document(document, version="v2")
        assert find_version(build_spec(converted)) in {"v2", "v2beta1"}, name
        assert flatten_document(converted) == flatten_document(convert_document(document)), name
        for element in converted["elements"].values():
            transformations = element["spec"].get("data", {}).get("spec", {}).get("transformations")
            transformation_kinds |= {entry["kind"] for entry in transformations or []}
    assert transformation_kinds == {"Transformation"}


def test_every_panel_stands_in_the_layout_under_its_id(library: dict[str, Json]) -> None:
    for document in library.values():
        converted = convert_document(document)
        names = [item.element for item in list_items(converted["layout"])]
        assert names == list(converted["elements"])
        assert names == [f"panel-{panel['id']}" for panel in list_panels(document)]


def build_rows_document(*titles: str) -> Json:
    """A document with a row of one panel for each title."""
    panels: list[Json] = []
    for number, title in enumerate(titles):
        row = {"type": "row", "title": title, "gridPos": {"x": 0, "y": 9 * number, "w": 24, "h": 1}}
        place = {"x": 0, "y": 9 * number + 1, "w": 12, "h": 8}
        panels += [row, {"type": "stat", "id": number + 1, "title": f"P{number}", "gridPos": place}]
    return {"title": "Orders", "uid": "orders", "panels": panels}


def describe_sections(document: Json, *rows: RowLayout) -> list[str]:
    converted = convert_document(document, rows)
    return [section.describe() for section in list_sections(converted["layout"])]


def test_rows_become_tabs_where_they_name_one() -> None:
    document = build_rows_document("A", "B", "C")
    rows = [RowLayout("", tab="A"), RowLayout("B", tab="X"), RowLayout("C", tab="X")]
    assert describe_sections(document, *rows) == [
        "tab 'A'",
        "tab 'X'",
        "row 'B' of tab 'X'",
        "row 'C' of tab 'X'",
    ]


def test_rows_without_a_tab_stand_above_the_tabs() -> None:
    document = build_rows_document("A", "B")
    sections = describe_sections(document, RowLayout("A"), RowLayout("", tab="B"))
    assert sections == ["row 'A'", "a row without a title", "tab 'B' of a row without a title"]


def test_panels_are_placed_from_the_top_of_their_section() -> None:
    converted = convert_document(build_rows_document("A", "B"))
    assert [item.spec["y"] for item in list_items(converted["layout"])] == [0, 0]


def test_an_auto_grid_can_hide_panels_without_data() -> None:
    rows = [RowLayout("A", auto_grid=True), RowLayout("B", hide_empty=True)]
    converted = convert_document(build_rows_document("A", "B"), rows)
    shown, hidden = list_items(converted["layout"])
    assert shown.layout["kind"] == AUTO_GRID
    assert shown.conditions == []
    assert hidden.layout["kind"] == AUTO_GRID
    assert hidden.conditions == [{"kind": "ConditionalRenderingData", "spec": {"value": True}}]


@pytest.mark.parametrize(
    ("width", "height", "grid"),
    [
        (4, 4, {"maxColumnCount": 6, "columnWidthMode": "narrow", "rowHeightMode": "short"}),
        (12, 8, {"maxColumnCount": 2, "columnWidthMode": "standard", "rowHeightMode": "standard"}),
        (24, 12, {"maxColumnCount": 1, "columnWidthMode": "wide", "rowHeightMode": "tall"}),
        (24, 90, {"maxColumnCount": 1, "columnWidthMode": "wide", "rowHeightMode": "tall"}),
    ],
)
def test_an_auto_grid_is_about_as_dense_as_the_grid_was(
    width: int, height: int, grid: Json
) -> None:
    document = build_rows_document("A")
    document["panels"][1]["gridPos"] = {"x": 0, "y": 1, "w": width, "h": height}
    [item] = list_items(convert_document(document, [RowLayout("A", auto_grid=True)])["layout"])
    assert {name: item.layout["spec"][name] for name in grid} == grid


def test_a_document_without_rows_is_one_grid() -> None:
    document = build_rows_document("A")
    panels = [panel for panel in document["panels"] if panel["type"] != "row"]
    assert convert_document({**document, "panels": panels})["layout"]["kind"] == "GridLayout"
    assert convert_document({"title": "Empty", "uid": "e"})["layout"]["kind"] == "GridLayout"
