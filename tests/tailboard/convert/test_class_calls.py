"""Panels are calls of grafanalib's classes where these say all of them."""

from typing import Any

import pytest

from tailboard.convert.conversion import convert_dashboard
from tests.tailboard.convert.wild_documents import Document, build_document, build_panel


def convert_panel(kind: str, **fields: Any) -> str:
    """The text of a definition of one panel, on which a build gives the same dashboard."""
    conversion = convert_dashboard(build_document(build_panel("Use", kind, **fields)))
    assert not conversion.differences
    return conversion.text


def build_fields(**defaults: Any) -> Document:
    return {"defaults": defaults, "overrides": []}


CLASS_PANELS: dict[str, tuple[str, Document, list[str]]] = {
    "lines": (
        "timeseries",
        {
            "fieldConfig": build_fields(
                unit="bytes",
                min=0,
                custom={
                    "lineWidth": 2,
                    "stacking": {"group": "A", "mode": "normal"},
                    "thresholdsStyle": {"mode": "area"},
                },
            ),
            "options": {
                "legend": {"calcs": ["max"], "displayMode": "table", "placement": "right"},
                "tooltip": {"mode": "multi", "sort": "desc"},
            },
        },
        [
            "TimeSeries(",
            'title="Use"',
            'targets=[Query("up", "{{pod}}")]',
            'unit="bytes"',
            "valueMin=0",
            "lineWidth=2",
            'stacking={"mode": "normal"}',
            'thresholdsStyleMode="area"',
            'legendCalcs=["max"]',
            'legendDisplayMode="table"',
            'legendPlacement="right"',
            'tooltipMode="multi"',
            'tooltipSort="desc"',
        ],
    ),
    "a hidden legend": (
        "timeseries",
        {"options": {"legend": {"showLegend": False}}},
        ["TimeSeries(", 'legendDisplayMode="hidden"'],
    ),
    "a number": (
        "stat",
        {
            "fieldConfig": build_fields(
                unit="s",
                thresholds={
                    "mode": "absolute",
                    "steps": [{"color": "blue", "value": None}, {"color": "red", "value": 9}],
                },
            ),
            "options": {"reduceOptions": {"calcs": ["max"]}, "textMode": "name"},
        },
        [
            "Stat(",
            'format="s"',
            'thresholds=build_threshold_steps([(9, "red")], "blue")',
            "noValue=None",
            'reduceCalc="max"',
            'textMode="name"',
        ],
    ),
    "a table": (
        "table",
        {
            "fieldConfig": build_fields(custom={"cellOptions": {"type": "color-text"}}),
            "options": {"sortBy": [{"desc": True, "displayName": "Pod"}]},
        },
        ["Table(", 'displayMode="color-text"', 'sortBy=[TableSortByField("Pod", desc=True)]'],
    ),
    "a repeated gauge": (
        "gauge",
        {
            "fieldConfig": build_fields(max=1, min=0, unit="percentunit", decimals=1),
            "repeat": "pod",
            "repeatDirection": "h",
        },
        [
            "GaugePanel(",
            'format="percentunit"',
            "decimals=1",
            'calc="lastNotNull"',
            "max=1",
            'repeat=Repeat(variable="pod", direction="h")',
        ],
    ),
    "HTML": (
        "text",
        {"options": {"content": "<b>x</b>", "mode": "html"}, "transparent": True, "targets": []},
        ["Text(", 'content="<b>x</b>"', 'mode="html"', "transparent=True"],
    ),
    "a query with more than a legend": (
        "timeseries",
        {"targets": [{"exemplar": True, "expr": "up", "interval": "1m", "legendFormat": "x"}]},
        ["TimeSeries(", 'Query("up", "x", interval="1m", exemplar=True)'],
    ),
    "logs": (
        "logs",
        {
            "datasource": {"type": "loki", "uid": "x"},
            "options": {"showLabels": False, "showTime": True},
            "targets": [{"expr": '{job="x"}', "refId": "A"}],
        },
        [
            "Logs(",
            'dataSource={"type": "loki", "uid": "x"}',
            """targets=[{"expr": '{job="x"}'}]""",
            "enableLogDetails=True",
            "showTime=True",
        ],
    ),
}


@pytest.mark.parametrize("name", CLASS_PANELS)
def test_a_panel_is_the_call_of_the_class_that_says_all_of_it(name: str) -> None:
    kind, fields, codes = CLASS_PANELS[name]
    text = convert_panel(kind, **fields)
    assert [code for code in codes if code not in text] == []
    assert "raw(" not in text


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("timeseries", {"options": {"legend": {"sortBy": "Max"}}}),
        ("timeseries", {"fieldConfig": build_fields(max=0.5)}),
        ("timeseries", {"fieldConfig": build_fields(color={"fixedColor": "red", "mode": "fixed"})}),
        ("timeseries", {"maxDataPoints": 100}),
        ("timeseries", {"targets": [{"expr": "up", "intervalFactor": 2, "refId": "A"}]}),
        ("timeseries", {"options": {"legend": {"calcs": ["p99"]}}}),
        ("table", {"fieldConfig": build_fields(custom={"cellOptions": {"type": "sparkline"}})}),
        ("text", {"options": {"mode": "html"}, "targets": []}),
        ("barchart", {}),
    ],
    ids=str,
)
def test_a_panel_of_which_a_class_says_less_is_raw(kind: str, fields: Document) -> None:
    assert f'raw("{kind}"' in convert_panel(kind, **fields).replace("(\n    ", "(")


def test_a_panel_is_raw_where_the_class_mostly_says_what_grafana_does_anyway() -> None:
    assert "raw(" in convert_panel("stat", fieldConfig=build_fields(unit="s"))
    fields = build_fields(unit="s", decimals=0)
    assert "Stat(" in convert_panel("stat", fieldConfig=fields)
