"""What is taken for a dashboard, and what is not."""

from collections.abc import Callable, Iterator
from typing import Any

import attr
import pytest
from grafanalib.core import Dashboard as GrafanalibDashboard
from grafanalib.core import (
    Graph,
    Stat,
    Target,
    Template,
    Templating,
    Threshold,
)
from grafanalib.core import Row as SpanRow

from tailboard.dashboards import Dashboard, Row, annotations, build_document
from tests.dashboards.sample_dashboards import (
    Json,
    build_rows_document,
    build_timeseries,
    catch_definition_error,
    load_export,
    walk_panels,
)

ENVELOPES: dict[str, Callable[[Json], Json]] = {
    "the dashboard API": lambda document: {"dashboard": document, "meta": {"slug": "orders"}},
    "an API resource": lambda document: {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "orders", "annotations": {}},
        "spec": {key: value for key, value in document.items() if key != "uid"},
    },
    "an old API resource": lambda document: {
        "apiVersion": "dashboard.grafana.app/v0alpha1",
        "kind": "Dashboard",
        "metadata": {"name": "orders"},
        "spec": document,
    },
}


V2_DOCUMENT = {
    "title": "Orders",
    "elements": {"panel-1": {"kind": "Panel", "spec": {"id": 1, "title": "A"}}},
    "layout": {"kind": "GridLayout", "spec": {"items": []}},
    "variables": [],
}


@pytest.mark.parametrize(
    "odd", [None, 1, "Orders", [], build_timeseries("A"), Row("A", []), Dashboard]
)
def test_what_is_no_dashboard_is_refused_by_its_type(odd: object) -> None:
    error = catch_definition_error(odd)
    assert error.problem == f"a {type(odd).__name__} is not a dashboard"
    assert "grafanalib" in error.tip


@pytest.mark.parametrize("odd", [1, "text", Row("A", []), Target(expr="up"), {"title": "A"}])
def test_what_is_no_panel_is_refused_by_its_type(odd: object) -> None:
    error = catch_definition_error(Dashboard("Orders", [Row("Golden signals", [odd])]))
    assert error.location[:2] == ("dashboard 'Orders'", "row 'Golden signals'")
    assert "is not a panel" in error.problem


@pytest.mark.parametrize("odd", [build_timeseries("A"), {"title": "A"}, [build_timeseries("A")]])
def test_a_panel_outside_of_a_row_is_refused(odd: Any) -> None:
    error = catch_definition_error(Dashboard("Orders", [odd]))
    assert error.location == ("dashboard 'Orders'",)
    assert "stands where a row is expected" in error.problem


@pytest.mark.parametrize("rows", [Row("A", []), "text", {"A": []}, None])
def test_forgotten_brackets_around_rows_are_answered_with_a_sentence(rows: Any) -> None:
    error = catch_definition_error(Dashboard("Orders", rows))
    assert error.location == ("dashboard 'Orders'",)
    assert "`rows` is a" in error.problem
    assert error.tip == "write rows=[...]."


@pytest.mark.parametrize("panels", [build_timeseries("A"), "text", {"type": "text"}, None])
def test_forgotten_brackets_around_panels_are_answered_with_a_sentence(panels: Any) -> None:
    error = catch_definition_error(Dashboard("Orders", [Row("A", panels)]))
    assert error.location == ("dashboard 'Orders'", "row 'A'")
    assert "`panels` is a" in error.problem
    assert error.tip == "write panels=[...]."


@pytest.mark.parametrize("collapsed", [True, False])
def test_a_row_of_grafanalib_keeps_its_heading_and_its_repetition(collapsed: bool) -> None:
    row = SpanRow(title="Row", collapse=collapsed, repeat="job", panels=[Graph(title="A")])
    document = build_document(GrafanalibDashboard(title="Orders", rows=[row]))
    heading = document["panels"][0]
    assert (heading["type"], heading["title"], heading["repeat"]) == ("row", "Row", "job")
    assert heading["collapsed"] is collapsed
    assert [panel["title"] for panel in heading["panels"]] == (["A"] if collapsed else [])


def test_a_row_of_grafanalib_that_hides_its_title_has_no_heading() -> None:
    row = SpanRow(title="Hidden", showTitle=False, panels=[Graph(title="A")])
    document = build_document(GrafanalibDashboard(title="Orders", rows=[row]))
    assert [panel["title"] for panel in document["panels"]] == ["A"]


def test_a_row_without_title_has_no_heading() -> None:
    assert [
        panel["title"] for panel in build_rows_document(Row("", [build_timeseries("A")]))["panels"]
    ] == ["A"]


@pytest.mark.parametrize(
    "row", [Row("", [build_timeseries("A")], repeat="job"), Row("", [], collapsed=True)]
)
def test_a_row_that_needs_a_heading_has_one_even_without_title(row: Row) -> None:
    heading = build_rows_document(row)["panels"][0]
    assert heading["type"] == "row"
    assert heading.get("repeat", "") == row.repeat
    assert heading["collapsed"] is row.collapsed


def test_a_repeated_row_names_its_variable() -> None:
    document = build_rows_document(
        Row("Instance $instance", [build_timeseries("A")], repeat="instance")
    )
    assert document["panels"][0]["repeat"] == "instance"


def test_rows_of_an_old_export_become_headings_and_panels() -> None:
    document = build_document(
        {
            "title": "Orders",
            "schemaVersion": 14,
            "rows": [
                {
                    "title": "Shown",
                    "showTitle": True,
                    "height": 250,
                    "panels": [
                        {
                            "type": "text",
                            "title": "A",
                            "span": 6,
                            "content": "Hello",
                            "mode": "html",
                        },
                        {"type": "text", "title": "B", "span": 6},
                    ],
                },
                {"title": "Hidden", "showTitle": False, "panels": [{"type": "text", "title": "C"}]},
                {"title": "Each", "repeat": "job", "panels": [{"type": "text", "title": "E"}]},
                {"title": "Closed", "collapse": True, "panels": [{"type": "text", "title": "D"}]},
            ],
        }
    )
    titles = [panel["title"] for panel in document["panels"]]
    assert titles == ["Shown", "A", "B", "C", "Each", "E", "Closed"]
    assert document["panels"][4]["repeat"] == "job"
    assert [panel["title"] for panel in walk_panels(document["panels"])][-1] == "D"
    assert document["panels"][1]["gridPos"] == {"h": 7, "w": 12, "x": 0, "y": 1}
    assert "rows" not in document


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES)
def test_an_envelope_of_grafanas_api_is_opened(envelope: Callable[[Json], Json]) -> None:
    assert build_document(envelope(load_export())) == build_document(load_export())


@pytest.mark.parametrize(
    "dashboard",
    [
        V2_DOCUMENT,
        {"dashboard": V2_DOCUMENT},
        {
            "apiVersion": "dashboard.grafana.app/v2beta1",
            "kind": "Dashboard",
            "metadata": {"name": "orders"},
            "spec": V2_DOCUMENT,
        },
    ],
)
def test_a_dashboard_of_the_second_schema_is_refused_with_a_way_out(dashboard: Json) -> None:
    error = catch_definition_error(dashboard)
    assert "v2" in error.problem
    assert "classic" in error.tip.lower()


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"title": None},
        {"title": ""},
        {"title": " "},
        {"title": 1},
        {"dashboard": {}},
        {"dashboard": {"title": ""}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {}},
        {"apiVersion": "dashboard.grafana.app/v1", "kind": "Dashboard", "spec": {"title": ""}},
    ],
)
def test_json_without_a_title_is_no_dashboard(odd: Json) -> None:
    error = catch_definition_error(odd)
    assert "is not a dashboard, or its title is empty" in error.problem
    assert "classic JSON" in error.tip


@pytest.mark.parametrize(
    "empty",
    [
        {"panels": None},
        {"rows": None},
        {"templating": None},
        {"templating": {"list": None}},
        {"annotations": None},
        {"annotations": {"list": None}},
        {"tags": None},
        {"timepicker": None},
        {"time": None},
        {"links": None},
        {"__inputs": None},
        {"refresh": None},
        {"uid": None},
    ],
    ids=str,
)
def test_null_in_json_is_as_good_as_nothing(empty: Json) -> None:
    assert build_document({"title": "Orders", **empty}) == build_document({"title": "Orders"})


def test_the_json_given_is_left_as_it_was() -> None:
    before = load_export()
    document = load_export()
    build_document(document)
    assert document == before


def test_the_objects_given_are_left_as_they_were() -> None:
    panel = Stat(
        title="A",
        targets=[Target(expr="up")],
        thresholds=[Threshold("green", 0, 0.0), Threshold("red", 1, 80.0)],
        extraJson={"fieldConfig": {"defaults": {"min": 0}}},
    )
    dashboard = GrafanalibDashboard(
        title="Orders",
        panels=[panel],
        templating=Templating([Template("job", "label_values(job)")]),
    )
    before = attr.asdict(dashboard)
    first = build_document(dashboard)
    assert attr.asdict(dashboard) == before
    assert build_document(dashboard) == first


def list_container_ids(value: Any) -> Iterator[int]:
    """Where each list and object of a document is in memory."""
    if isinstance(value, dict | list):
        yield id(value)
        for item in value.values() if isinstance(value, dict) else value:
            yield from list_container_ids(item)


@pytest.mark.parametrize("title", ["Orders", "Returns"])
def test_two_documents_share_nothing(title: str) -> None:
    """A format may write into the document that it was given."""
    annotation_list = [annotations.deployments()]
    first = build_document(
        Dashboard("Orders", [Row("Row", [build_timeseries("A")])], annotations=annotation_list)
    )
    document = build_document(
        Dashboard(title, [Row("Row", [build_timeseries("A")])], annotations=annotation_list)
    )
    assert not set(list_container_ids(first)) & set(list_container_ids(document))
    assert len(set(list_container_ids(first))) == len(list(list_container_ids(first)))
