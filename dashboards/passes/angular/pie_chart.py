"""The pie chart that was a plugin becomes the one that Grafana has had since version 8."""

from typing import Any

from tailboard.dashboards.passes.angular.common import CALCS, color_overrides, kept

Panel = dict[str, Any]


def pie_chart(panel: Panel) -> Panel:
    """The pie chart of Grafana's own."""
    legend = panel.get("legend") or {}
    shown = [
        name for key, name in (("values", "value"), ("percentage", "percent")) if legend.get(key)
    ]
    return {
        **kept(panel),
        "type": "piechart",
        "fieldConfig": {
            "defaults": {"unit": panel.get("format")},
            "overrides": color_overrides(panel),
        },
        "options": {
            "legend": {
                "displayMode": "table",
                "placement": "bottom" if panel.get("legendType") == "Under graph" else "right",
                "showLegend": bool(legend.get("show", True)),
                "values": shown,
            },
            "pieType": "donut" if panel.get("pieType") == "donut" else "pie",
            "reduceOptions": {
                "calcs": [CALCS.get(panel.get("valueName") or "current", "lastNotNull")],
                "fields": "",
                "values": False,
            },
        },
    }
