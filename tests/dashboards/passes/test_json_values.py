"""What JSON can say, and what it cannot."""

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
    TimeSeries,
)
from grafanalib.core import Row as SpanRow

from tailboard.dashboards import Dashboard, Row, encode_document
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.sample_dashboards import (
    Json,
    build_panel,
    build_rows_document,
    build_timeseries,
    catch_definition_error,
)


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
