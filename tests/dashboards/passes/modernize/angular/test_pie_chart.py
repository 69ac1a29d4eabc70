"""The pie chart of a plugin becomes that of Grafana."""

import pytest
from grafanalib.core import PieChart

from tests.dashboards.sample_dashboards import UP_TARGETS, build_json_document, build_panel


def test_a_pie_chart_becomes_the_pie_chart_of_grafana_8() -> None:
    panel = build_panel(
        PieChart(
            title="A",
            targets=UP_TARGETS,
            format="s",
            pieType="donut",
            legendType="Under graph",
            aliasColors={"a": "#aaa"},
            showLegendPercentage=True,
        )
    )
    assert panel["type"] == "piechart"
    assert panel["fieldConfig"]["defaults"] == {"unit": "s"}
    assert panel["fieldConfig"]["overrides"][0]["matcher"] == {"id": "byName", "options": "a"}
    assert panel["options"] == {
        "legend": {
            "displayMode": "table",
            "placement": "bottom",
            "showLegend": True,
            "values": ["value", "percent"],
        },
        "pieType": "donut",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }


@pytest.mark.parametrize(
    ("name", "calc"), [("max", "max"), ("total", "sum"), (None, "lastNotNull")]
)
def test_the_value_of_a_pie_chart_is_kept(name: str | None, calc: str) -> None:
    (document,) = build_json_document(
        {"type": "grafana-piechart-panel", "title": "A", "valueName": name}
    )["panels"]
    assert document["options"]["reduceOptions"]["calcs"] == [calc]
