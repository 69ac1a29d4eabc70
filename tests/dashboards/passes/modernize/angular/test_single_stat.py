"""A single stat becomes a stat or a gauge."""

from typing import Any

import pytest
from grafanalib.core import (
    Gauge,
    RangeMap,
    SingleStat,
    SparkLine,
    ValueMap,
)

from tests.dashboards.sample_dashboards import UP_TARGETS, Json, build_json_document, build_panel


def convert_single_stat(**fields: Any) -> Json:
    """What becomes of a single stat."""
    return build_panel(SingleStat(title="A", targets=UP_TARGETS, **fields))


def test_a_single_stat_becomes_a_stat() -> None:
    assert convert_single_stat(format="s", decimals=1) == {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "fieldConfig": {"defaults": {"decimals": 1, "unit": "s"}, "overrides": []},
        "options": {
            "colorMode": "none",
            "graphMode": "none",
            "reduceOptions": {"calcs": ["mean"], "fields": "", "values": False},
            "textMode": "auto",
        },
        "targets": [{"editorMode": "code", "expr": "up", "range": True, "refId": "A"}],
        "title": "A",
        "type": "stat",
    }


@pytest.mark.parametrize(
    ("name", "calc"),
    [
        ("avg", "mean"),
        ("current", "lastNotNull"),
        ("total", "sum"),
        ("max", "max"),
        ("min", "min"),
        ("first", "firstNotNull"),
        ("delta", "delta"),
        ("diff", "diff"),
        ("range", "range"),
        ("name", "lastNotNull"),
    ],
)
def test_the_value_of_a_single_stat_is_kept(name: str, calc: str) -> None:
    options = convert_single_stat(valueName=name)["options"]
    assert options["reduceOptions"]["calcs"] == [calc]
    assert options["textMode"] == ("name" if name == "name" else "auto")


@pytest.mark.parametrize(
    ("fields", "mode"), [({"colorValue": True}, "value"), ({"colorBackground": True}, "background")]
)
def test_the_thresholds_of_a_single_stat_color_it(fields: Json, mode: str) -> None:
    panel = convert_single_stat(thresholds="50,80", colors=["#0f0", "#ff0", "#f00"], **fields)
    assert panel["options"]["colorMode"] == mode
    steps = [
        {"color": "#0f0", "value": None},
        {"color": "#ff0", "value": 50},
        {"color": "#f00", "value": 80},
    ]
    assert panel["fieldConfig"]["defaults"]["thresholds"] == {"mode": "absolute", "steps": steps}


@pytest.mark.parametrize("thresholds", ["", "high,higher", "nan,1", "1,2,3,4"])
def test_thresholds_of_a_single_stat_that_are_none_are_left_out(thresholds: str) -> None:
    panel = convert_single_stat(thresholds=thresholds, colorValue=True)
    assert "thresholds" not in panel["fieldConfig"]["defaults"]


def test_the_value_of_a_single_stat_that_names_none_is_the_mean() -> None:
    (document,) = build_json_document({"type": "singlestat", "title": "A"})["panels"]
    assert document["options"]["reduceOptions"]["calcs"] == ["mean"]


def test_a_spark_line_becomes_an_area() -> None:
    assert convert_single_stat(sparkline=SparkLine(show=True))["options"]["graphMode"] == "area"


def test_a_single_stat_drawn_as_a_gauge_becomes_a_gauge() -> None:
    panel = convert_single_stat(
        gauge=Gauge(
            show=True, minValue=1, maxValue=7, thresholdLabels=True, thresholdMarkers=False
        ),
        thresholds="50,80",
        valueName="max",
    )
    assert panel["type"] == "gauge"
    assert panel["options"] == {
        "reduceOptions": {"calcs": ["max"], "fields": "", "values": False},
        "showThresholdLabels": True,
        "showThresholdMarkers": False,
    }
    defaults = panel["fieldConfig"]["defaults"]
    assert (defaults["min"], defaults["max"]) == (1, 7)
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None, 50, 80]


def test_the_texts_of_a_single_stat_are_kept() -> None:
    panel = convert_single_stat(
        valueMaps=[ValueMap(text="down", value="0"), ValueMap(text="unknown", value="null")],
        nullText="nothing",
    )
    defaults = panel["fieldConfig"]["defaults"]
    assert defaults["noValue"] == "nothing"
    assert defaults["mappings"] == [
        {"type": "value", "options": {"0": {"index": 0, "text": "down"}}},
        {
            "type": "special",
            "options": {"match": "null", "result": {"index": 1, "text": "unknown"}},
        },
    ]


def test_the_ranges_of_a_single_stat_are_kept_where_it_shows_ranges() -> None:
    panel = convert_single_stat(mappingType=2, rangeMaps=[RangeMap(start=2, end=9, text="many")])[
        "fieldConfig"
    ]
    assert panel["defaults"]["mappings"] == [
        {"type": "range", "options": {"from": 2, "to": 9, "result": {"index": 0, "text": "many"}}}
    ]
