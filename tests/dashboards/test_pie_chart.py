"""The pie chart of a plugin becomes that of Grafana."""

import pytest
from grafanalib.core import PieChart

from tests.dashboards.sample_dashboards import UP, json_of, one


def test_a_pie_chart_becomes_the_pie_chart_of_grafana_8() -> None:
    made = one(
        PieChart(
            title="A",
            targets=UP,
            format="s",
            pieType="donut",
            legendType="Under graph",
            aliasColors={"a": "#aaa"},
            showLegendPercentage=True,
        )
    )
    assert made["type"] == "piechart"
    assert made["fieldConfig"]["defaults"] == {"unit": "s"}
    assert made["fieldConfig"]["overrides"][0]["matcher"] == {"id": "byName", "options": "a"}
    assert made["options"] == {
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
    (made,) = json_of({"type": "grafana-piechart-panel", "title": "A", "valueName": name})["panels"]
    assert made["options"]["reduceOptions"]["calcs"] == [calc]
