"""What has the wrong shape is found before something stumbles over it."""

from copy import deepcopy
from typing import Any

import pytest
from grafanalib.core import Dashboard as GrafanalibDashboard

from tailboard.dashboards import Dashboard, Row, build_document
from tailboard.dashboards.passes.check import REMOVED_PANEL_SHAPES
from tailboard.dashboards.passes.modernize.angular import ANGULAR_CONVERSIONS
from tailboard.dashboards.schema import ANGULAR_PANEL_TYPES
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.sample_dashboards import (
    Json,
    catch_definition_error,
    load_export,
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
    {"panels": [{"type": "graph", "fieldConfig": {"overrides": [{"properties": [1]}]}}]},
    {"panels": [{"type": "graph", "transformations": ["text"]}]},
    {"panels": [{"type": "singlestat", "gauge": "text"}]},
    {"panels": [{"type": "singlestat", "rangeMaps": [1]}]},
    {"panels": [{"type": ["a"], "libraryPanel": {"uid": "a"}}]},
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
    error = catch_definition_error({"title": "Orders", **odd})
    assert error.location[0] == "dashboard 'Orders'"
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
    error = catch_definition_error(dashboard)
    assert error.location[0] == "dashboard 'Orders'"
    assert ", not a" in error.problem
    assert error.tip


SAMPLE_DOCUMENT: Json = {
    "title": "Orders",
    "__inputs": [{"name": "DS", "type": "datasource", "pluginId": "prometheus", "label": "DS"}],
    "annotations": {"list": [{"name": "deploys", "expr": "up", "datasource": "${DS}"}]},
    "panels": [
        {
            "type": "row",
            "title": "Closed",
            "collapsed": True,
            "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0},
            "panels": [
                {
                    "type": "graph",
                    "title": "Latency",
                    "aliasColors": {"P99": "red"},
                    "legend": {"show": True, "avg": True, "sort": "avg", "sideWidth": 90},
                    "seriesOverrides": [
                        {"alias": "P99", "yaxis": 2, "color": "red", "fill": 2, "stack": "A"},
                        {"alias": "/P/", "dashes": True, "dashLength": 4, "linewidth": 2},
                    ],
                    "targets": [{"expr": "up", "refId": "A", "step": 10}],
                    "thresholds": [{"value": 1, "op": "gt", "colorMode": "ok", "fill": True}],
                    "yaxes": [{"format": "s", "logBase": 10}, {"format": "short"}],
                }
            ],
        },
        {
            "type": "timeseries",
            "title": "Errors",
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 1},
            "fieldConfig": {
                "defaults": {
                    "custom": {"stacking": {"group": "A", "mode": "normal"}},
                    "mappings": [{"type": 1, "value": "1", "text": "up"}, {"from": 1, "to": 2}],
                    "thresholds": {"mode": "absolute", "steps": [{"color": "red", "value": 1}]},
                },
                "overrides": [
                    {
                        "matcher": {"id": "byName", "options": "P99"},
                        "properties": [{"id": "mappings", "value": [{"value": "1"}]}],
                    }
                ],
            },
            "targets": [{"expr": "up", "datasource": {"type": "prometheus", "uid": "a"}}],
        },
        {"type": "singlestat", "thresholds": "1,2", "colors": ["a", "b", "c"], "gauge": {}},
        {"type": "gauge", "fieldConfig": {"defaults": {"calcs": ["mean"], "limit": 1}}},
        {"type": "bargauge", "options": {"fieldOptions": {"defaults": {"unit": "s"}}}},
        {"type": "heatmap", "yAxis": {"format": "s"}, "color": {"colorScheme": "Blues"}},
        {"type": "table", "fieldConfig": {"defaults": {"custom": {"displayMode": "basic"}}}},
        {"type": "alertlist", "onlyAlertsOnDashboard": True, "stateFilter": ["ok"]},
        {"type": "dashlist", "starred": True, "limit": 3},
        {"libraryPanel": {"name": "Pool", "uid": "pool"}},
    ],
    "templating": {
        "list": [
            {"name": "w", "type": "interval", "auto": True, "auto_count": 9, "auto_min": "1s"},
            {"name": "q", "type": "query", "query": {"query": "up", "refId": "A"}, "multi": True},
        ]
    },
    "time": {"from": "now-6h", "to": "now"},
    "timepicker": {"refresh_intervals": ["5s"]},
}
"""What somebody wrote by hand or kept from several versions of Grafana."""


def walk_field_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every field of every object."""
    inner: list[Any] = list(value.items()) if isinstance(value, dict) else []
    paths = [(*path, key) for key, _ in inner]
    inner += enumerate(value) if isinstance(value, list) else []
    return paths + [
        field_path for key, item in inner for field_path in walk_field_paths(item, (*path, key))
    ]


@pytest.mark.parametrize("whole", [SAMPLE_DOCUMENT, load_export()], ids=["hand-made", "exported"])
def test_whichever_field_is_missing_no_other_one_trips_over_it(whole: Json) -> None:
    for path in walk_field_paths(whole):
        sample = deepcopy(whole)
        holder: Any = sample
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]
        try:
            document = build_document(sample)
        except DefinitionError:
            continue  # a sentence; any other exception fails the test
        assert document["title"] == whole["title"], path


def test_a_tag_that_is_no_string_is_refused() -> None:
    error = catch_definition_error(Dashboard("Orders", tags=["a", 1]))  # type: ignore[list-item]
    assert error.location == ("dashboard 'Orders'",)
    assert "tags" in error.problem


def test_the_shape_of_every_removed_panel_type_is_checked() -> None:
    assert set(REMOVED_PANEL_SHAPES) == set(ANGULAR_CONVERSIONS) == set(ANGULAR_PANEL_TYPES)


def test_the_wrong_shape_of_a_removed_type_is_reported_with_its_own_field() -> None:
    panel = {"type": "singlestat", "title": "Up", "valueMaps": ["up"]}
    error = catch_definition_error({"title": "Orders", "panels": [panel]})
    assert error.location == ("dashboard 'Orders'", "panel 'Up'")
    assert "valueMaps[] is 'up', not an object" in error.problem
