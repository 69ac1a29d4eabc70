"""What is taken for a dashboard, and what is not."""

import enum
import math
from collections.abc import Callable
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

from dashboards import Dashboard, Row, document, written
from panels.definition_error import DefinitionError
from tests.dashboards.sample_dashboards import (
    Json,
    everywhere,
    exported,
    json_of,
    line,
    one,
    refused,
    rows_of,
)


class LikeNumpy:
    """What a scalar of numpy looks like to whoever did not import numpy."""

    def __float__(self) -> float:
        return 1.0

    def __repr__(self) -> str:
        return "LikeNumpy(1.0)"


class FloatOfNumpy(float):
    """numpy.float64 is a float, but not one that orjson writes."""


class Unit(enum.StrEnum):
    SECONDS = "s"


NOT_JSON = [
    {1, 2},
    frozenset({1}),
    datetime(2024, 1, 1, tzinfo=UTC),
    Decimal("1.5"),
    LikeNumpy(),
    object(),
    b"bytes",
    1j,
    range(3),
    line,
]
NOT_FINITE = [math.nan, math.inf, -math.inf]

Maker = Callable[[Any], Any]
SOMEWHERE: dict[str, Maker] = {
    "a threshold": lambda it: line("P99", thresholds=[{"color": "red", "value": it}]),
    "an override": lambda it: line("P99", overrides=[{"properties": [{"value": it}]}]),
    "extra JSON": lambda it: line("P99", extraJson={"fieldConfig": {"defaults": {"max": it}}}),
    "a query": lambda it: TimeSeries(title="P99", targets=[Target(expr="up", step=it)]),
    "a list of lists": lambda it: line("P99", links=[[[it]]]),
    "a place": lambda it: line("P99", gridPos={"h": it, "w": 12}),
}
somewhere = pytest.mark.parametrize("maker", SOMEWHERE.values(), ids=SOMEWHERE)


@pytest.mark.parametrize("odd", [None, 1, "Orders", [], line("A"), Row("A", []), Dashboard])
def test_what_is_no_dashboard_is_refused_by_its_type(odd: object) -> None:
    error = refused(odd)
    assert error.problem == f"a {type(odd).__name__} is not a dashboard"
    assert "grafanalib" in error.tip


@pytest.mark.parametrize("odd", [1, "text", Row("A", []), Target(expr="up"), {"title": "A"}])
def test_what_is_no_panel_is_refused_by_its_type(odd: object) -> None:
    error = refused(Dashboard("Orders", [Row("Golden signals", [odd])]))
    assert error.where[:2] == ("dashboard 'Orders'", "row 'Golden signals'")
    assert "is not a panel" in error.problem


@pytest.mark.parametrize("odd", [line("A"), {"title": "A"}, [line("A")]])
def test_a_panel_outside_of_a_row_is_refused(odd: Any) -> None:
    error = refused(Dashboard("Orders", [odd]))
    assert error.where == ("dashboard 'Orders'",)
    assert "stands where a row is expected" in error.problem


@pytest.mark.parametrize(
    "dashboard",
    [Dashboard("Orders", Row("A", [])), Dashboard("Orders", [Row("A", line("A"))])],  # type: ignore[arg-type]
)
def test_forgotten_brackets_are_answered_with_a_sentence(dashboard: Dashboard) -> None:
    error = refused(dashboard)
    assert "dashboard 'Orders'" in error.where
    assert "is not a list" in error.problem


@somewhere
@pytest.mark.parametrize("number", NOT_FINITE)
def test_a_number_that_json_cannot_say_is_found_with_its_panel(maker: Maker, number: float) -> None:
    for dashboard in (
        Dashboard("Orders", [Row("Row", [maker(number)])]),
        GrafanalibDashboard(title="Orders", panels=[maker(number)]),
        GrafanalibDashboard(title="Orders", rows=[SpanRow(panels=[maker(number)])]),
        GrafanalibDashboard(title="Orders", panels=[RowPanel(title="R", panels=[maker(number)])]),
    ):
        error = refused(dashboard)
        assert error.where[0] == "dashboard 'Orders'"
        assert error.where[-1] == "panel 'P99'"
        assert repr(number) in error.problem


@somewhere
@pytest.mark.parametrize("odd", NOT_JSON)
def test_an_object_that_json_cannot_say_is_found_with_its_panel(maker: Maker, odd: object) -> None:
    for dashboard in (
        Dashboard("Orders", [Row("Row", [maker(odd)])]),
        GrafanalibDashboard(title="Orders", panels=[maker(odd)]),
    ):
        error = refused(dashboard)
        assert error.where[0] == "dashboard 'Orders'"
        assert error.where[-1] == "panel 'P99'"
        assert f"is a {type(odd).__name__}, which JSON cannot say" in error.problem


@pytest.mark.parametrize("number", NOT_FINITE)
def test_a_number_that_json_cannot_say_is_found_in_json(number: float) -> None:
    """Python's own reader of JSON takes NaN for a number."""
    position = {"h": 8, "w": 24, "x": 0, "y": 0}
    panel = {"type": "stat", "title": "P99", "gridPos": position, "options": {"x": number}}
    row = {"type": "row", "title": "Row", "collapsed": True, "panels": [panel]}
    for panels in ([panel], [row]):
        error = refused({"title": "Orders", "panels": panels})
        assert error.where[0] == "dashboard 'Orders'"
        assert error.where[-1] == "panel 'P99'"
        assert repr(number) in error.problem


def test_a_number_outside_of_the_panels_is_found_with_its_dashboard() -> None:
    for dashboard in (
        Dashboard("Orders", extra={"fiscalYearStartMonth": math.nan}),
        Dashboard("Orders", variables=[{"name": "a", "query": math.nan}]),
        GrafanalibDashboard(title="Orders", refresh=math.nan),
        {"title": "Orders", "refresh": math.nan},
    ):
        error = refused(dashboard)
        assert error.where == ("dashboard 'Orders'",)
        assert "nan" in error.problem


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (FloatOfNumpy(1.5), 1.5),
        (Unit.SECONDS, "s"),
        ((1, 2), [1, 2]),
        ({Unit.SECONDS: 1, 2: 3}, {"s": 1, "2": 3}),
        (True, True),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_what_json_can_say_is_written(value: object, expected: object) -> None:
    panel = line("A", extraJson={"options": {"probe": value}})
    made = rows_of(Row("", [panel]))
    found = made["panels"][0]["options"]["probe"]
    assert found == expected
    assert written(made)


def test_a_number_of_more_than_64_bits_is_refused() -> None:
    made = rows_of(Row("", [line("A", extraJson={"options": {"probe": 2**70}})]))
    with pytest.raises(DefinitionError, match="'Orders' cannot be written as JSON") as caught:
        written(made)
    assert "64 bits" in caught.value.tip


def misspelt(thing: Any, name: str = "titel") -> Any:
    setattr(thing, name, "P99")
    return thing


@pytest.mark.parametrize(
    ("dashboard", "place"),
    [
        (Dashboard("Orders", [Row("Row", [misspelt(line("A"))])]), "panel 'A'"),
        (GrafanalibDashboard(title="Orders", panels=[misspelt(line("A"))]), "panel 'A'"),
        (
            GrafanalibDashboard(
                title="Orders", rows=[SpanRow(panels=[misspelt(Graph(title="A", span=6))])]
            ),
            "panel 'A'",
        ),
        (
            GrafanalibDashboard(
                title="Orders", panels=[RowPanel(title="R", panels=[misspelt(line("A"))])]
            ),
            "panel 'A'",
        ),
        (
            GrafanalibDashboard(title="Orders", rows=[misspelt(SpanRow(title="R"))]),
            "dashboard 'Orders'",
        ),
        (misspelt(GrafanalibDashboard(title="Orders")), "dashboard 'Orders'"),
    ],
)
def test_a_misspelt_assignment_is_found(dashboard: object, place: str) -> None:
    error = refused(dashboard)
    assert error.where[-1] == place
    assert "has no field 'titel'" in error.problem
    assert error.tip == "did you mean 'title'?"


def test_a_misspelt_assignment_on_a_query_is_found() -> None:
    panel = TimeSeries(title="A", targets=[misspelt(Target(expr="up"), "legendformat")])
    error = refused(GrafanalibDashboard(title="Orders", panels=[panel]))
    assert error.where == ("dashboard 'Orders'", "panel 'A'")
    assert error.problem == "a Target has no field 'legendformat'"
    assert error.tip == "did you mean 'legendFormat'?"


def test_a_known_assignment_is_written() -> None:
    panel = line("A")
    panel.title = "B"
    assert one(panel)["title"] == "B"


class PlainSubclass(TimeSeries):  # type: ignore[misc]  # grafanalib has no types
    """A team's own panel, made as one makes subclasses everywhere else."""

    def __init__(self, metric: str) -> None:
        super().__init__(title=metric, targets=[Target(expr=metric)])
        self.metric = metric


def test_a_subclass_may_have_attributes_of_its_own() -> None:
    assert one(PlainSubclass("up"))["targets"][0]["expr"] == "up"


@attr.define
class Slotted:
    """A team's own object, without a dictionary of attributes."""

    title: str

    def to_json_data(self) -> Json:
        return {"type": "text", "title": self.title, "options": {"content": "", "mode": "html"}}


def test_an_object_of_ones_own_is_a_panel_if_it_writes_itself_as_one() -> None:
    assert one(Slotted("A"))["title"] == "A"


def test_rows_and_panels_of_grafanalib_are_both_kept(capfd: pytest.CaptureFixture[str]) -> None:
    made = document(
        GrafanalibDashboard(
            title="Orders",
            rows=[SpanRow(title="Row", panels=[Graph(title="A")])],
            panels=[line("B")],
        )
    )
    assert [panel["title"] for panel in made["panels"]] == ["Row", "A", "B"]
    assert capfd.readouterr().out == ""


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
    one(panel)
    assert capfd.readouterr().out == ""


def test_a_row_of_grafanalib_without_title_has_no_heading() -> None:
    made = document(GrafanalibDashboard(title="Orders", rows=[SpanRow(panels=[Graph(title="A")])]))
    assert [panel["title"] for panel in made["panels"]] == ["A"]


@pytest.mark.parametrize("collapsed", [True, False])
def test_a_row_of_grafanalib_keeps_its_heading_and_its_repetition(collapsed: bool) -> None:
    row = SpanRow(title="Row", collapse=collapsed, repeat="job", panels=[Graph(title="A")])
    made = document(GrafanalibDashboard(title="Orders", rows=[row]))
    heading = made["panels"][0]
    assert (heading["type"], heading["title"], heading["repeat"]) == ("row", "Row", "job")
    assert heading["collapsed"] is collapsed
    assert [panel["title"] for panel in heading["panels"]] == (["A"] if collapsed else [])


def test_a_row_of_grafanalib_that_hides_its_title_has_no_heading() -> None:
    row = SpanRow(title="Hidden", showTitle=False, panels=[Graph(title="A")])
    made = document(GrafanalibDashboard(title="Orders", rows=[row]))
    assert [panel["title"] for panel in made["panels"]] == ["A"]


def test_a_row_without_title_has_no_heading() -> None:
    assert [panel["title"] for panel in rows_of(Row("", [line("A")]))["panels"]] == ["A"]


@pytest.mark.parametrize("row", [Row("", [line("A")], repeat="job"), Row("", [], collapsed=True)])
def test_a_row_that_needs_a_heading_has_one_even_without_title(row: Row) -> None:
    heading = rows_of(row)["panels"][0]
    assert heading["type"] == "row"
    assert heading.get("repeat", "") == row.repeat
    assert heading["collapsed"] is row.collapsed


def test_a_repeated_row_names_its_variable() -> None:
    made = rows_of(Row("Instance $instance", [line("A")], repeat="instance"))
    assert made["panels"][0]["repeat"] == "instance"


def test_rows_of_an_old_export_become_headings_and_panels() -> None:
    made = document(
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
    titles = [panel["title"] for panel in made["panels"]]
    assert titles == ["Shown", "A", "B", "C", "Each", "E", "Closed"]
    assert made["panels"][4]["repeat"] == "job"
    assert [panel["title"] for panel in everywhere(made["panels"])][-1] == "D"
    assert made["panels"][1]["gridPos"] == {"h": 7, "w": 12, "x": 0, "y": 1}
    assert "rows" not in made


ENVELOPES: dict[str, Callable[[Json], Json]] = {
    "the dashboard API": lambda it: {"dashboard": it, "meta": {"slug": "orders"}},
    "an API resource": lambda it: {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "orders", "annotations": {}},
        "spec": {key: value for key, value in it.items() if key != "uid"},
    },
    "an old API resource": lambda it: {
        "apiVersion": "dashboard.grafana.app/v0alpha1",
        "kind": "Dashboard",
        "metadata": {"name": "orders"},
        "spec": it,
    },
}


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES)
def test_an_envelope_of_grafanas_api_is_opened(envelope: Callable[[Json], Json]) -> None:
    assert document(envelope(exported())) == document(exported())


V2 = {
    "title": "Orders",
    "elements": {"panel-1": {"kind": "Panel", "spec": {"id": 1, "title": "A"}}},
    "layout": {"kind": "GridLayout", "spec": {"items": []}},
    "variables": [],
}


@pytest.mark.parametrize(
    "dashboard",
    [
        V2,
        {"dashboard": V2},
        {
            "apiVersion": "dashboard.grafana.app/v2beta1",
            "kind": "Dashboard",
            "metadata": {"name": "orders"},
            "spec": V2,
        },
    ],
)
def test_a_dashboard_of_the_second_schema_is_refused_with_a_way_out(dashboard: Json) -> None:
    error = refused(dashboard)
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
    error = refused(odd)
    assert "is not a dashboard, or its title is empty" in error.problem
    assert "classic JSON" in error.tip


MISSHAPEN: list[Json] = [
    {"panels": "text"},
    {"panels": {"a": 1}},
    {"panels": [1]},
    {"panels": ["text"]},
    {"panels": [[]]},
    {"panels": [{"type": "row", "collapsed": True, "panels": ["text"]}]},
    {"panels": [{"type": "timeseries", "targets": "text"}]},
    {"panels": [{"type": "timeseries", "targets": ["text"]}]},
    {"panels": [{"type": "timeseries", "fieldConfig": [1]}]},
    {"panels": [{"type": "timeseries", "fieldConfig": {"defaults": "text"}}]},
    {"panels": [{"type": "timeseries", "fieldConfig": {"defaults": {"thresholds": 1}}}]},
    {"panels": [{"type": "timeseries", "fieldConfig": {"overrides": [1]}}]},
    {"panels": [{"type": "timeseries", "gridPos": [0, 0, 12, 8]}]},
    {"panels": [{"type": "heatmap", "options": "text"}]},
    {"panels": [{"type": ["timeseries"]}]},
    {"panels": [{"type": "graph", "legend": "text"}]},
    {"panels": [{"type": "graph", "yaxes": [1]}]},
    {"panels": [{"type": "graph", "seriesOverrides": "text"}]},
    {"panels": [{"type": "singlestat", "gauge": "text"}]},
    {"rows": "text"},
    {"rows": [1]},
    {"templating": [1]},
    {"templating": {"list": {"a": 1}}},
    {"templating": {"list": ["text"]}},
    {"annotations": [1]},
    {"annotations": {"list": ["text"]}},
    {"tags": "text"},
    {"tags": ["a", 1]},
    {"timepicker": "text"},
    {"links": "text"},
    {"__inputs": [1]},
]


@pytest.mark.parametrize("odd", MISSHAPEN, ids=str)
def test_json_of_the_wrong_shape_is_answered_with_a_sentence(odd: Json) -> None:
    error = refused({"title": "Orders", **odd})
    assert error.where[0] == "dashboard 'Orders'"
    assert error.problem
    assert error.tip


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
    assert document({"title": "Orders", **empty}) == document({"title": "Orders"})


def test_the_json_given_is_left_as_it_was() -> None:
    before = exported()
    given = exported()
    document(given)
    assert given == before


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
    first = document(dashboard)
    assert attr.asdict(dashboard) == before
    assert document(dashboard) == first


def test_two_documents_share_nothing() -> None:
    """A format may write into the document that it was given."""
    one_made, other = json_of(), json_of()
    one_made["annotations"]["list"][0]["datasource"]["uid"] = "changed"
    one_made["templating"]["list"].append({})
    assert json_of() == other
