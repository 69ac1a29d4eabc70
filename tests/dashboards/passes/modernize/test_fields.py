"""What is repaired in the fields of every kind of panel."""

from typing import Any

import pytest
from grafanalib.core import (
    BarChart,
    BarGauge,
    GaugePanel,
    Histogram,
    Stat,
    StatRangeMapping,
    StatRangeMappings,
    StatValueMapping,
    StatValueMappingItem,
    StatValueMappings,
    Text,
    Threshold,
    TimeSeries,
)
from grafanalib.core import Dashboard as GrafanalibDashboard

from tailboard.dashboards import Dashboard, Row
from tests.dashboards.sample_dashboards import (
    THRESHOLDS,
    TWO_STEP_THRESHOLDS,
    UP_TARGETS,
    build_field_defaults,
    build_json_document,
    build_panel,
    build_timeseries,
    catch_definition_error,
)


@pytest.mark.parametrize("kind", [TimeSeries, Stat, GaugePanel, BarGauge])
def test_the_lowest_threshold_has_no_value_and_the_others_are_numbers(kind: Any) -> None:
    """grafanalib writes the string "null", and five fields that nothing reads."""
    assert (
        build_field_defaults(kind(title="A", targets=UP_TARGETS, thresholds=THRESHOLDS))[
            "thresholds"
        ]
        == TWO_STEP_THRESHOLDS
    )


@pytest.mark.parametrize(
    "panel", [Stat(title="A", targets=UP_TARGETS), build_timeseries("A"), Text(title="A")]
)
def test_no_thresholds_are_not_an_empty_string(panel: Any) -> None:
    assert "thresholds" not in build_panel(panel).get("fieldConfig", {}).get("defaults", {})


def test_thresholds_of_an_override_are_repaired_too() -> None:
    thresholds = {"mode": "absolute", "steps": THRESHOLDS}
    override = {
        "matcher": {"id": "byName", "options": "P99"},
        "properties": [{"id": "thresholds", "value": thresholds}],
    }
    panel = build_panel(build_timeseries("A", overrides=[override]))
    assert panel["fieldConfig"]["overrides"][0]["properties"][0]["value"] == TWO_STEP_THRESHOLDS


@pytest.mark.parametrize("name", ["thresholds", "mappings", "unit"])
@pytest.mark.parametrize("value", [None, {}, []])
def test_an_override_may_say_nothing(name: str, value: object) -> None:
    rule = {"matcher": {"id": "byName"}, "properties": [{"id": name, "value": value}, {"id": name}]}
    panel = {"type": "stat", "title": "A", "fieldConfig": {"overrides": [rule]}}
    (document,) = build_json_document(panel)["panels"]
    assert document["fieldConfig"]["overrides"] == [rule]


def test_a_threshold_whose_value_grafanalib_lost_is_refused() -> None:
    """Whoever gives two thresholds the index 0 loses the second one's value."""
    panel = Stat(title="P99", thresholds=[Threshold("green", 0, 0.0), Threshold("red", 0, 80.0)])
    error = catch_definition_error(GrafanalibDashboard(title="Orders", panels=[panel]))
    assert error.location == ("dashboard 'Orders'", "panel 'P99'")
    assert "'red'" in error.problem
    assert "index" in error.tip


def test_value_mappings_of_grafana_7_become_those_of_grafana_8() -> None:
    stat = Stat(
        title="A",
        targets=UP_TARGETS,
        mappings=[
            StatValueMapping("down", mapValue="0"),
            StatValueMapping("up", mapValue="1"),
            StatValueMapping("unknown", mapValue="null"),
            StatRangeMapping("many", startValue="2", endValue="9"),
        ],
    )
    assert build_field_defaults(stat)["mappings"] == [
        {
            "type": "value",
            "options": {
                "0": {"index": 0, "text": "down"},
                "1": {"index": 1, "text": "up"},
            },
        },
        {
            "type": "special",
            "options": {
                "match": "null",
                "result": {"index": 2, "text": "unknown"},
            },
        },
        {
            "type": "range",
            "options": {
                "from": 2.0,
                "result": {"index": 3, "text": "many"},
                "to": 9.0,
            },
        },
    ]


def test_value_mappings_of_grafana_8_stay_as_they_are() -> None:
    stat = Stat(
        title="A",
        targets=UP_TARGETS,
        mappings=[
            StatValueMappings(StatValueMappingItem("down", "0", "red")),
            StatRangeMappings("many", startValue=2, endValue=9, color="blue"),
        ],
    )
    assert build_field_defaults(stat)["mappings"] == [
        {"type": "value", "options": {"0": {"color": "red", "text": "down"}}},
        {
            "type": "range",
            "options": {
                "from": 2,
                "result": {"color": "blue", "text": "many"},
                "to": 9,
            },
        },
    ]


@pytest.mark.parametrize("kind", [BarChart, Histogram])
def test_what_is_the_default_of_lines_is_kept_where_it_is_none(kind: Any) -> None:
    """Bars are filled unless somebody says 0; a line is not filled unless somebody says more."""
    assert (
        build_field_defaults(kind(title="A", targets=UP_TARGETS, fillOpacity=0))["custom"][
            "fillOpacity"
        ]
        == 0
    )


@pytest.mark.parametrize(
    ("field", "odd", "tip"),
    [
        ("drawStyle", "lins", "did you mean 'line'?"),
        ("lineInterpolation", "smoth", "did you mean 'smooth'?"),
        ("showPoints", "allways", "did you mean 'always'?"),
        ("gradientMode", "opacty", "did you mean 'opacity'?"),
        ("axisPlacement", "rihgt", "did you mean 'right'?"),
    ],
)
def test_a_misspelt_choice_is_refused(field: str, odd: str, tip: str) -> None:
    error = catch_definition_error(
        Dashboard("Orders", [Row("Row", [build_timeseries("P99", **{field: odd})])])
    )
    assert error.location == ("dashboard 'Orders'", "panel 'P99'")
    assert error.problem == f"{field} is {odd!r}"
    assert error.tip == tip
