"""A document of schema v2 becomes one of schema v1, and what that cannot hold is listed."""

from typing import Any

from tailboard.dashboards import build_document
from tailboard.dashboards.schema_v2.flatten import build_view, flatten_document
from tailboard.dashboards.schema_v2.losses import LossKind, describe_losses, list_losses
from tests.dashboards.schema_v2.sample_documents import (
    HAS_DATA,
    Json,
    build_auto_grid,
    build_condition,
    build_constant,
    build_grid,
    build_panel_element,
    build_rows,
    build_spec,
    build_tabs,
    build_tabs_spec,
)

ELEMENTS = {
    f"panel-{number}": build_panel_element(number, f"P{number}", "up") for number in range(1, 8)
}


def flatten(layout: Json, **fields: Any) -> list[Json]:
    """The panels of a layout in schema v1."""
    panels: list[Json] = flatten_document(build_spec(layout, ELEMENTS, **fields))["panels"]
    return panels


def list_titles(panels: list[Json]) -> list[str]:
    return [panel["title"] for panel in panels]


def test_tabs_and_rows_become_rows_with_the_panels_below_their_headings() -> None:
    panels = flatten_document(build_tabs_spec())["panels"]
    assert [(panel["type"], panel["title"], panel["gridPos"]["y"]) for panel in panels] == [
        ("row", "Overview", 0),
        ("timeseries", "Up", 1),
        ("row", "Routes", 9),
        ("row", "Speed", 10),
        ("timeseries", "Latency", 11),
        ("row", "Errors", 19),
        ("timeseries", "Errors", 20),
        ("timeseries", "Traffic", 20),
        ("row", "Database", 29),
        ("timeseries", "Pool", 30),
    ]


def test_a_flat_document_builds() -> None:
    document = build_document({**flatten_document(build_tabs_spec()), "uid": "orders"})
    assert sum(panel["type"] == "timeseries" for panel in document["panels"]) == 5


def test_a_closed_row_holds_its_panels() -> None:
    [row] = flatten(build_rows(("A", build_grid("panel-1", "panel-2")), collapse=True))
    assert row["collapsed"]
    assert [panel["gridPos"]["y"] for panel in row["panels"]] == [1, 9]


def test_a_closed_row_with_rows_in_it_stays_open_so_that_they_are_reachable() -> None:
    inner = build_rows(("B", build_grid("panel-1")))
    assert list_titles(flatten(build_rows(("A", inner), collapse=True))) == ["A", "B", "P1"]


def test_a_row_without_a_heading_leaves_its_panels() -> None:
    assert list_titles(flatten(build_rows(("A", build_grid("panel-1")), hideHeader=True))) == ["P1"]


def test_an_auto_grid_gets_the_positions_of_a_wide_screen() -> None:
    panels = flatten(build_auto_grid("panel-1", "panel-2", "panel-3", columns=2))
    assert [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels] == [
        (0, 0),
        (12, 0),
        (0, 9),
    ]


def test_panels_in_one_place_are_separated_and_those_beside_the_grid_are_moved_onto_it() -> None:
    grid = build_grid("panel-1", "panel-2", "panel-3")
    for item in grid["spec"]["items"]:
        item["spec"] |= {"x": 20, "y": -1}
    panels = flatten(grid)
    assert [panel["gridPos"] for panel in panels] == [
        {"x": 12, "y": y, "w": 12, "h": 8} for y in (0, 8, 16)
    ]


def test_a_repetition_stays() -> None:
    grid = build_auto_grid("panel-1", columns=4)
    grid["spec"]["items"][0]["spec"]["repeat"] = {"mode": "variable", "value": "job"}
    [panel] = flatten(grid)
    assert (panel["repeat"], panel["repeatDirection"], panel["maxPerRow"]) == ("job", "h", 4)
    repeat = {"mode": "variable", "value": "job"}
    assert flatten(build_tabs(("A", build_grid("panel-1")), repeat=repeat))[0]["repeat"] == "job"


def test_a_query_keeps_its_data_source_in_every_version() -> None:
    beta = build_panel_element(1, "P", "up")
    alpha = build_panel_element(1, "P")
    alpha["spec"]["data"]["spec"]["queries"] = [
        {
            "kind": "PanelQuery",
            "spec": {
                "refId": "A",
                "hidden": False,
                "datasource": {"type": "prometheus", "uid": "${datasource}"},
                "query": {"kind": "prometheus", "spec": {"expr": "up"}},
            },
        }
    ]
    alpha["spec"]["vizConfig"] = {"kind": "timeseries", "spec": {"pluginVersion": ""}}
    for element in (alpha, beta):
        document = flatten_document(build_spec(build_grid("panel-1"), {"panel-1": element}))
        [panel] = document["panels"]
        source = {"type": "prometheus", "uid": "${datasource}"}
        assert panel["type"] == "timeseries"
        assert panel["targets"] == [{"expr": "up", "refId": "A", "datasource": source}]
        assert panel["datasource"] == source


def test_variables_of_sections_become_ones_of_the_dashboard_unless_their_name_is_taken() -> None:
    sections = build_tabs(("A", build_grid()), variables=[build_constant("a"), build_constant("b")])
    spec = build_spec(sections, {}, variables=[build_constant("a", "outer")])
    variables = flatten_document(spec)["templating"]["list"]
    assert [(variable["name"], variable["query"]) for variable in variables] == [
        ("a", "outer"),
        ("b", "x"),
    ]
    assert [loss.kind for loss in list_losses(spec)] == [
        LossKind.TAB,
        LossKind.DUPLICATE_VARIABLE,
        LossKind.VARIABLE,
    ]


def test_losses_are_counted_in_one_phrase() -> None:
    assert describe_losses(list_losses(build_tabs_spec())) == (
        "3 tabs become rows, 2 rows within other sections become rows of their own, "
        "2 auto grids become grids of fixed positions, 1 condition is lost"
    )
    assert describe_losses([]) == ""


def test_every_loss_says_where_it_is() -> None:
    spec = build_spec(
        build_rows(
            ("A", build_auto_grid("panel-1", "panel-9", condition=HAS_DATA)),
            conditionalRendering=build_condition(
                {
                    "kind": "ConditionalRenderingVariable",
                    "spec": {"variable": "env", "operator": "equals", "value": "prod"},
                }
            ),
        ),
        {"panel-1": ELEMENTS["panel-1"], "panel-2": ELEMENTS["panel-2"]},
    )
    places = {loss.place for loss in list_losses(spec)}
    assert places == {
        "auto grid",
        "condition on variable 'env' of row 'A'",
        "condition 'has data' of panel 'P1' of row 'A'",
        "condition 'has data' of panel 'panel-9' of row 'A'",
        "panel 'panel-9' of row 'A'",
        "panel 'P2'",
    }


def test_a_dashboard_of_rows_loses_nothing() -> None:
    spec = build_spec(build_rows(("A", build_grid(*ELEMENTS))), ELEMENTS)
    assert list_losses(spec) == []


def test_the_view_also_has_panels_that_no_layout_places() -> None:
    spec = build_spec(
        build_grid("panel-1"), {name: ELEMENTS[name] for name in ("panel-1", "panel-2")}
    )
    assert list_titles(flatten_document(spec)["panels"]) == ["P1"]
    assert list_titles(build_view(spec)["panels"]) == ["P1", "P2"]
    assert build_view(spec)["panels"][1]["gridPos"]["y"] == 8


def test_a_library_panel_stays_a_reference() -> None:
    reference = {"name": "Pool", "uid": "pool"}
    element = {"kind": "LibraryPanel", "spec": {"id": 3, "title": "", "libraryPanel": reference}}
    [panel] = flatten_document(build_spec(build_grid("panel-3"), {"panel-3": element}))["panels"]
    assert panel["libraryPanel"] == reference
    assert panel["type"] == "library-panel-ref"
