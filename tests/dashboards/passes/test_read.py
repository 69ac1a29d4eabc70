"""What is read as a dashboard, and which values JSON can represent."""

import enum
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attr
import pytest
from grafanalib.core import Alert as GraphAlert
from grafanalib.core import Dashboard as GrafanalibDashboard
from grafanalib.core import (
    Graph,
    GraphThreshold,
    PieChart,
    RowPanel,
    Stat,
    Target,
    Template,
    Templating,
    Threshold,
    TimeSeries,
)
from grafanalib.core import Row as SpanRow

from tailboard.dashboards import Dashboard, Row, annotations, build_document, encode_document
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.sample_dashboards import (
    Json,
    build_panel,
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
def test_a_dashboard_of_the_second_schema_is_read_with_or_without_an_envelope(
    dashboard: Json,
) -> None:
    document = build_document(dashboard)
    assert {name: document[name] for name in V2_DOCUMENT} == V2_DOCUMENT


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
    assert "tailboard pull" in error.tip


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


class NumpyLikeNumber:
    """What a scalar of numpy looks like to whoever did not import numpy."""

    def __float__(self) -> float:
        return 1.0

    def __repr__(self) -> str:
        return "LikeNumpy(1.0)"


class NumpyLikeFloat(float):
    """numpy.float64 is a float, but not one that orjson writes."""


class Unit(enum.StrEnum):
    SECONDS = "s"


NOT_JSON = [
    {1, 2},
    frozenset({1}),
    datetime(2024, 1, 1, tzinfo=UTC),
    Decimal("1.5"),
    NumpyLikeNumber(),
    object(),
    b"bytes",
    1j,
    range(3),
    build_timeseries,
]


NOT_FINITE = [math.nan, math.inf, -math.inf]


DashboardBuilder = Callable[[Any], Any]


DASHBOARD_BUILDERS: dict[str, DashboardBuilder] = {
    "a threshold": lambda value: build_timeseries(
        "P99", thresholds=[{"color": "red", "value": value}]
    ),
    "an override": lambda value: build_timeseries(
        "P99", overrides=[{"properties": [{"value": value}]}]
    ),
    "extra JSON": lambda value: build_timeseries(
        "P99", extraJson={"fieldConfig": {"defaults": {"max": value}}}
    ),
    "a query": lambda value: TimeSeries(title="P99", targets=[Target(expr="up", step=value)]),
    "a list of lists": lambda value: build_timeseries("P99", links=[[[value]]]),
    "a place": lambda value: build_timeseries("P99", gridPos={"h": value, "w": 12}),
}


each_builder = pytest.mark.parametrize("maker", DASHBOARD_BUILDERS.values(), ids=DASHBOARD_BUILDERS)


@each_builder
@pytest.mark.parametrize("number", NOT_FINITE)
def test_a_number_that_json_cannot_say_is_found_with_its_panel(
    maker: DashboardBuilder, number: float
) -> None:
    for dashboard in (
        Dashboard("Orders", [Row("Row", [maker(number)])]),
        GrafanalibDashboard(title="Orders", panels=[maker(number)]),
        GrafanalibDashboard(title="Orders", rows=[SpanRow(panels=[maker(number)])]),
        GrafanalibDashboard(title="Orders", panels=[RowPanel(title="R", panels=[maker(number)])]),
    ):
        error = catch_definition_error(dashboard)
        assert error.location[0] == "dashboard 'Orders'"
        assert error.location[-1] == "panel 'P99'"
        assert repr(number) in error.problem


def test_a_panel_without_title_is_named_by_its_kind() -> None:
    error = catch_definition_error(
        GrafanalibDashboard(title="Orders", panels=[set_attribute(Stat())])
    )
    assert error.location == ("dashboard 'Orders'", "panel 'Stat'")
    error = catch_definition_error(
        Dashboard("Orders", [Row("", [{"type": "stat", "options": {1}}])])
    )
    assert error.location == ("dashboard 'Orders'", "row ''", "panel 'stat'")


@pytest.mark.parametrize("odd", [math.nan, {1}])
def test_a_mistake_in_a_panel_of_json_is_found_with_its_panel(odd: object) -> None:
    panel = {"type": "stat", "title": "P99", "options": odd}
    error = catch_definition_error(Dashboard("Orders", [Row("Row", [panel])]))
    assert error.location == ("dashboard 'Orders'", "row 'Row'", "panel 'P99'")


@each_builder
@pytest.mark.parametrize("odd", NOT_JSON)
def test_an_object_that_json_cannot_say_is_found_with_its_panel(
    maker: DashboardBuilder, odd: object
) -> None:
    for dashboard in (
        Dashboard("Orders", [Row("Row", [maker(odd)])]),
        GrafanalibDashboard(title="Orders", panels=[maker(odd)]),
    ):
        error = catch_definition_error(dashboard)
        assert error.location[0] == "dashboard 'Orders'"
        assert error.location[-1] == "panel 'P99'"
        assert f"is a {type(odd).__name__}, which JSON cannot say" in error.problem


@pytest.mark.parametrize("number", NOT_FINITE)
def test_a_number_that_json_cannot_say_is_found_in_json(number: float) -> None:
    """Python's own reader of JSON takes NaN for a number."""
    position = {"h": 8, "w": 24, "x": 0, "y": 0}
    panel = {"type": "stat", "title": "P99", "gridPos": position, "options": {"x": number}}
    row = {"type": "row", "title": "Row", "collapsed": True, "panels": [panel]}
    for panels in ([panel], [row]):
        error = catch_definition_error({"title": "Orders", "panels": panels})
        assert error.location[0] == "dashboard 'Orders'"
        assert error.location[-1] == "panel 'P99'"
        assert repr(number) in error.problem


def test_a_number_outside_of_the_panels_is_found_with_its_dashboard() -> None:
    for dashboard in (
        Dashboard("Orders", extra={"fiscalYearStartMonth": math.nan}),
        Dashboard("Orders", variables=[{"name": "a", "query": math.nan}]),
        GrafanalibDashboard(title="Orders", refresh=math.nan),
        {"title": "Orders", "refresh": math.nan},
    ):
        error = catch_definition_error(dashboard)
        assert error.location == ("dashboard 'Orders'",)
        assert "nan" in error.problem


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NumpyLikeFloat(1.5), 1.5),
        (Unit.SECONDS, "s"),
        ((1, 2), [1, 2]),
        ({Unit.SECONDS: 1, 2: 3}, {"s": 1, "2": 3}),
        (True, True),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_what_json_can_say_is_written(value: object, expected: object) -> None:
    panel = build_timeseries("A", extraJson={"options": {"probe": value}})
    document = build_rows_document(Row("", [panel]))
    probe = document["panels"][0]["options"]["probe"]
    assert probe == expected
    assert encode_document(document)


def test_a_number_of_more_than_64_bits_is_refused() -> None:
    document = build_rows_document(
        Row("", [build_timeseries("A", extraJson={"options": {"probe": 2**70}})])
    )
    with pytest.raises(DefinitionError, match="'Orders' cannot be written as JSON") as excinfo:
        encode_document(document)
    assert "64 bits" in excinfo.value.tip


def set_attribute(thing: Any, name: str = "titel") -> Any:
    setattr(thing, name, "P99")
    return thing


@pytest.mark.parametrize(
    ("dashboard", "place"),
    [
        (Dashboard("Orders", [Row("Row", [set_attribute(build_timeseries("A"))])]), "panel 'A'"),
        (
            GrafanalibDashboard(title="Orders", panels=[set_attribute(build_timeseries("A"))]),
            "panel 'A'",
        ),
        (
            GrafanalibDashboard(
                title="Orders", rows=[SpanRow(panels=[set_attribute(Graph(title="A", span=6))])]
            ),
            "panel 'A'",
        ),
        (
            GrafanalibDashboard(
                title="Orders",
                panels=[RowPanel(title="R", panels=[set_attribute(build_timeseries("A"))])],
            ),
            "panel 'A'",
        ),
        (
            GrafanalibDashboard(title="Orders", rows=[set_attribute(SpanRow(title="R"))]),
            "dashboard 'Orders'",
        ),
        (set_attribute(GrafanalibDashboard(title="Orders")), "dashboard 'Orders'"),
    ],
)
def test_a_misspelt_assignment_is_found(dashboard: object, place: str) -> None:
    error = catch_definition_error(dashboard)
    assert error.location[-1] == place
    assert "has no field 'titel'" in error.problem
    assert error.tip == "did you mean 'title'?"


def test_a_misspelt_assignment_on_a_query_is_found() -> None:
    panel = TimeSeries(title="A", targets=[set_attribute(Target(expr="up"), "legendformat")])
    error = catch_definition_error(GrafanalibDashboard(title="Orders", panels=[panel]))
    assert error.location == ("dashboard 'Orders'", "panel 'A'")
    assert error.problem == "a Target has no field 'legendformat'"
    assert error.tip == "did you mean 'legendFormat'?"


def test_a_private_attribute_is_nobodys_business() -> None:
    assert build_panel(set_attribute(build_timeseries("A"), "_made_by"))["title"] == "A"


def test_a_null_that_is_a_value_is_kept() -> None:
    override = {
        "matcher": {"id": "byName", "options": "A"},
        "properties": [{"id": "custom.align", "value": None}],
    }
    assert build_panel(build_timeseries("A", overrides=[override]))["fieldConfig"]["overrides"] == [
        override
    ]


def test_a_known_assignment_is_written() -> None:
    panel = build_timeseries("A")
    panel.title = "B"
    assert build_panel(panel)["title"] == "B"


class PlainSubclass(TimeSeries):  # type: ignore[misc]  # grafanalib has no types
    """A team's own panel, made as one makes subclasses everywhere else."""

    def __init__(self, metric: str) -> None:
        super().__init__(title=metric, targets=[Target(expr=metric)])
        self.metric = metric


def test_a_subclass_may_have_attributes_of_its_own() -> None:
    assert build_panel(PlainSubclass("up"))["targets"][0]["expr"] == "up"


@attr.define
class SlottedPanel:
    """A team's own object, without a dictionary of attributes."""

    title: str

    def to_json_data(self) -> Json:
        return {"type": "text", "title": self.title, "options": {"content": "", "mode": "html"}}


def test_an_object_of_ones_own_is_a_panel_if_it_writes_itself_as_one() -> None:
    assert build_panel(SlottedPanel("A"))["title"] == "A"


@pytest.mark.parametrize(
    "panel",
    [
        PieChart(title="A"),
        Graph(
            title="A",
            thresholds=[GraphThreshold(value=1.0)],
            alert=GraphAlert(name="A", message="", alertConditions=[]),
        ),
    ],
)
def test_what_grafanalib_prints_does_not_reach_stdout(
    panel: object, capfd: pytest.CaptureFixture[str]
) -> None:
    build_panel(panel)
    assert capfd.readouterr().out == ""
