"""Tabs of a dashboard of ours: tabs in schema v2, rows in schema v1, the same panels in both."""

from dataclasses import replace
from typing import get_args

import pytest

from tailboard.dashboards import Dashboard, Row, build_document
from tailboard.dashboards.dashboard import Layout
from tailboard.dashboards.document import list_row_layouts
from tailboard.dashboards.library import build_service_dashboards
from tailboard.dashboards.panel_ids import find_panel_ids
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.layout import AUTO_GRID, GRID, list_items, list_sections
from tailboard.dashboards.schema_v2.losses import LossKind, list_losses
from tailboard.dashboards.schema_v2.variables import find_variable_name
from tailboard.panels import Objectives, Service, latency
from tailboard.panels.conventions import CONVENTIONS, PROMETHEUS_CLIENT
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.sample_dashboards import Json, build_timeseries

ROWS = [
    Row("Numbers", [build_timeseries("A")]),
    Row("Slow", [build_timeseries("B")], tab="Latency"),
    Row("Latency", [build_timeseries("C")], tab="Latency", collapsed=True),
    Row("Pool", [build_timeseries("D")], tab="Database", hide_empty=True),
]


def build_v2(dashboard: Dashboard) -> Json:
    return convert_document(build_document(dashboard), list_row_layouts(dashboard))


def describe_sections(dashboard: Dashboard) -> list[str]:
    return [section.describe() for section in list_sections(build_v2(dashboard)["layout"])]


def list_headings(dashboard: Dashboard) -> list[tuple[str, bool]]:
    """The headings in schema v1, and which of them are closed."""
    panels = build_document(dashboard)["panels"]
    return [(panel["title"], panel["collapsed"]) for panel in panels if panel["type"] == "row"]


def test_rows_of_one_tab_stand_below_each_other_in_it() -> None:
    assert describe_sections(Dashboard("D", rows=ROWS[1:])) == [
        "tab 'Latency'",
        "row 'Slow' of tab 'Latency'",
        "row 'Latency' of tab 'Latency'",
        "tab 'Database'",
        "row 'Pool' of tab 'Database'",
    ]


def test_rows_without_a_tab_stand_above_the_tabs() -> None:
    sections = describe_sections(Dashboard("D", rows=ROWS))
    assert sections[:3] == [
        "row 'Numbers'",
        "a row without a title",
        "tab 'Latency' of a row without a title",
    ]


def test_with_the_layout_tabs_every_row_is_a_tab() -> None:
    sections = describe_sections(Dashboard("D", rows=ROWS, layout="tabs"))
    assert [name for name in sections if name.startswith("tab")] == [
        "tab 'Numbers'",
        "tab 'Latency'",
        "tab 'Database'",
    ]


def test_in_schema_v1_tabs_are_rows_and_those_behind_the_first_are_closed() -> None:
    assert list_headings(Dashboard("D", rows=ROWS)) == [
        ("Numbers", False),
        ("Latency / Slow", False),
        ("Latency", True),
        ("Database / Pool", True),
    ]
    assert list_headings(Dashboard("D", rows=ROWS, layout="tabs"))[1] == ("Latency / Slow", True)


def test_a_row_of_a_tab_is_closed_in_schema_v2_only_if_it_is_declared_so() -> None:
    closed = {
        section.title
        for section in list_sections(build_v2(Dashboard("D", rows=ROWS))["layout"])
        if section.is_closed
    }
    assert closed == {"Latency"}


def test_no_closed_row_hides_its_heading() -> None:
    rows = [replace(row, collapsed=True, auto_grid=True) for row in ROWS]
    untitled = [Row("", [build_timeseries("E")], collapsed=True, tab=tab) for tab in ("", "T")]
    layouts: tuple[Layout, ...] = get_args(Layout)
    for layout in layouts:
        document = build_v2(Dashboard("D", rows=[*rows, *untitled], layout=layout))
        sections = list(list_sections(document["layout"]))
        assert any(section.is_closed for section in sections)
        assert all(section.has_heading for section in sections if section.is_closed)


def test_a_row_without_a_heading_can_be_an_auto_grid() -> None:
    rows = [ROWS[0], Row("", [build_timeseries("E"), build_timeseries("F")], auto_grid=True)]
    items = list(list_items(build_v2(Dashboard("D", rows=rows))["layout"]))
    assert [item.layout["kind"] for item in items] == [GRID, AUTO_GRID, AUTO_GRID]
    assert not items[-1].path[-1].has_heading


def test_a_panel_has_one_id_in_both_schemas_and_in_links() -> None:
    dashboard = Dashboard("D", rows=ROWS, layout="tabs")
    elements = build_v2(dashboard)["elements"]
    ids = {spec["spec"]["title"]: spec["spec"]["id"] for spec in elements.values()}
    assert ids == find_panel_ids(dashboard)
    assert set(elements) == {f"panel-{number}" for number in ids.values()}


def test_a_dashboard_without_tabs_is_laid_out_by_schema_v1() -> None:
    dashboard = Dashboard("D", rows=[replace(row, tab="", hide_empty=False) for row in ROWS])
    assert list_row_layouts(dashboard) == ()
    assert list_losses(build_v2(dashboard)) == []


def test_panels_without_data_are_hidden_where_the_row_says_so() -> None:
    items = {
        item.element: item for item in list_items(build_v2(Dashboard("D", rows=ROWS))["layout"])
    }
    hidden = [item.describe_place() for item in items.values() if item.conditions]
    assert hidden == ["row 'Pool' of tab 'Database' of a row without a title"]


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(DefinitionError, match="layout 'tab'"):
        Dashboard("D", layout="tab")  # type: ignore[arg-type]  # what somebody may write


def test_rows_that_are_none_are_refused_in_tabs_as_well() -> None:
    with pytest.raises(DefinitionError, match="stands where a row is expected"):
        build_document(Dashboard("D", rows=[build_timeseries("A")], layout="tabs"))


def build_service(**fields: object) -> Service:
    objectives = Objectives(latency={0.99: 1.0}, availability=0.999)
    service = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT, objectives)
    return replace(service, **fields)  # type: ignore[arg-type]  # fields of any type


def test_one_dashboard_has_every_dashboard_of_the_service_as_a_tab() -> None:
    separate_dashboards = list(build_service_dashboards(build_service()))
    [combined] = build_service_dashboards(build_service(one_dashboard=True))
    assert combined.uid == separate_dashboards[0].uid == "orders-overview"
    assert combined.title == "Orders"
    tabs = [
        section.title
        for section in list_sections(build_v2(combined)["layout"])
        if section.kind == "tab"
    ]
    assert tabs == [dashboard.title.removeprefix("Orders / ") for dashboard in separate_dashboards]
    panel_count = sum(
        len(row.panels) for dashboard in separate_dashboards for row in dashboard.rows
    )
    assert len(build_v2(combined)["elements"]) == panel_count


def test_one_dashboard_has_the_variables_and_annotations_of_all_once() -> None:
    separate_dashboards = list(build_service_dashboards(build_service()))
    [combined] = build_service_dashboards(build_service(one_dashboard=True))
    names = {
        variable["name"] for dashboard in separate_dashboards for variable in dashboard.variables
    }
    document = build_v2(combined)
    variable_names = [find_variable_name(variable) for variable in document["variables"]]
    assert sorted(variable_names) == sorted({*names, "datasource"})
    annotation_names = [entry["name"] for entry in combined.annotations]
    assert len(set(annotation_names)) == len(annotation_names)


def test_a_route_opens_its_tab_where_there_is_one_dashboard() -> None:
    [combined] = build_service_dashboards(build_service(one_dashboard=True))
    text = str(build_document(combined))
    assert "/d/orders-overview?dtab=routes&${__url_time_range}" in text
    assert "orders-routes" not in text
    plain = str(latency.slowest_routes(build_service(), detail="orders-routes").to_json_data())
    assert "/d/orders-routes?${__url_time_range}" in plain


def test_only_dependencies_that_a_service_may_not_have_are_hidden_without_data() -> None:
    hidden_tabs = set()
    for convention in CONVENTIONS:
        service = replace(build_service(one_dashboard=True), convention=convention)
        for dashboard in build_service_dashboards(service):
            hidden_tabs |= {row.tab for row in dashboard.rows if row.hide_empty}
    assert hidden_tabs <= {"Dependencies"}


def test_every_convention_can_have_one_dashboard_of_tabs() -> None:
    for convention in CONVENTIONS:
        service = replace(build_service(one_dashboard=True), convention=convention)
        for dashboard in build_service_dashboards(service):
            losses = {loss.kind for loss in list_losses(build_v2(dashboard))}
            assert LossKind.MISSING_ELEMENT not in losses
            assert LossKind.PANEL not in losses


@pytest.mark.parametrize("name", ["title", "tab"])
@pytest.mark.parametrize("value", [["Latency"], {"title": "Latency"}, 5])
def test_a_title_that_is_no_string_is_refused(name: str, value: object) -> None:
    with pytest.raises(DefinitionError, match=f"the {name} of a row is"):
        replace(ROWS[0], **{name: value})  # type: ignore[arg-type]
