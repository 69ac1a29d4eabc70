"""The pie chart of a plugin becomes the one that Grafana ships since version 8."""

from typing import Any

from tailboard.dashboards.passes.modernize.angular.conversion import (
    REDUCER_IDS,
    build_color_overrides,
    copy_common_fields,
)

Panel = dict[str, Any]


def convert_pie_chart(panel: Panel) -> Panel:
    """The pie chart of the type that Grafana ships."""
    legend = panel.get("legend") or {}
    legend_values = [
        name for key, name in (("values", "value"), ("percentage", "percent")) if legend.get(key)
    ]
    return {
        **copy_common_fields(panel),
        "type": "piechart",
        "fieldConfig": {
            "defaults": {"unit": panel.get("format")},
            "overrides": build_color_overrides(panel),
        },
        "options": {
            "legend": {
                "displayMode": "table",
                "placement": "bottom" if panel.get("legendType") == "Under graph" else "right",
                "showLegend": bool(legend.get("show", True)),
                "values": legend_values,
            },
            "pieType": "donut" if panel.get("pieType") == "donut" else "pie",
            "reduceOptions": {
                "calcs": [REDUCER_IDS.get(panel.get("valueName") or "current", "lastNotNull")],
                "fields": "",
                "values": False,
            },
        },
    }
