"""Panels that Grafana no longer has, whatever they say."""

from typing import Any

import pytest
from grafanalib.core import (
    Graph,
    PieChart,
    SingleStat,
)

from tests.dashboards.sample_dashboards import Json, build_json_document, build_panel


@pytest.mark.parametrize("panel", [Graph(title="A"), SingleStat(title="A"), PieChart(title="A")])
def test_a_panel_without_queries_is_converted_too(panel: Any) -> None:
    assert build_panel(panel)["type"] in {"timeseries", "stat", "piechart"}
    assert "targets" not in build_panel(panel)


@pytest.mark.parametrize(
    "panel",
    [
        {"type": "graph", "title": "A"},
        {
            "type": "graph",
            "title": "A",
            "yaxes": None,
            "legend": None,
            "tooltip": None,
            "seriesOverrides": None,
            "thresholds": None,
            "aliasColors": None,
            "fill": None,
            "linewidth": None,
            "pointradius": None,
            "fieldConfig": None,
        },
        {"type": "singlestat", "title": "A"},
        {
            "type": "singlestat",
            "title": "A",
            "gauge": None,
            "sparkline": None,
            "colors": None,
            "valueMaps": None,
            "rangeMaps": None,
            "thresholds": None,
        },
        {"type": "grafana-piechart-panel", "title": "A"},
    ],
    ids=str,
)
def test_an_old_panel_may_say_next_to_nothing(panel: Json) -> None:
    (document,) = build_json_document(panel)["panels"]
    assert document["type"] in {"timeseries", "stat", "piechart"}
