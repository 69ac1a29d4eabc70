"""What has the wrong shape is found before something stumbles over it."""

import pytest
from grafanalib.core import Dashboard as GrafanalibDashboard

from dashboards import Dashboard, Row
from tests.dashboards.sample_dashboards import (
    Json,
    refused,
)

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
    {"panels": [{"type": "singlestat", "sparkline": "text"}]},
    {"panels": [{"type": "graph", "options": "text"}]},
    {"panels": [{"type": "graph", "fieldConfig": {"overrides": [1]}}]},
    {"schemaVersion": "39"},
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
    "dashboard",
    [
        GrafanalibDashboard(title="Orders", tags=["a", 1]),
        GrafanalibDashboard(title="Orders", panels=[{"type": "stat", "options": "text"}]),
        Dashboard("Orders", [Row("", [{"type": "stat", "fieldConfig": 1}])]),
        Dashboard("Orders", extra={"templating": {"list": ["text"]}}),
    ],
)
def test_objects_of_the_wrong_shape_are_answered_with_a_sentence(dashboard: object) -> None:
    error = refused(dashboard)
    assert error.where[0] == "dashboard 'Orders'"
    assert ", not a" in error.problem
    assert error.tip
