"""A single stat becomes a stat, or a gauge where it was drawn as one."""

from typing import Any

from tailboard.dashboards.passes.angular.common import CALCS, kept, listed, number

Panel = dict[str, Any]

RANGES = 2
"""The mapping type under which a single stat shows texts for ranges."""


def single_stat(panel: Panel) -> Panel:
    """The stat or gauge that shows what the single stat showed."""
    gauge = panel.get("gauge") or {}
    drawn = bool(gauge.get("show"))
    colored = panel.get("colorBackground") or panel.get("colorValue") or drawn
    calc = CALCS.get(panel.get("valueName") or "avg", "mean")
    ranges = panel.get("mappingType") == RANGES
    return {
        **kept(panel),
        "type": "gauge" if drawn else "stat",
        "fieldConfig": {
            "defaults": {
                "decimals": panel.get("decimals"),
                "mappings": listed(panel.get("rangeMaps" if ranges else "valueMaps")),
                "max": gauge.get("maxValue") if drawn else None,
                "min": gauge.get("minValue") if drawn else None,
                "noValue": panel.get("nullText"),
                "thresholds": _thresholds(panel) if colored else None,
                "unit": panel.get("format"),
            },
            "overrides": [],
        },
        "options": {
            "reduceOptions": {"calcs": [calc], "fields": "", "values": False},
            **(_gauge_options(gauge) if drawn else _stat_options(panel)),
        },
    }


def _gauge_options(gauge: Panel) -> Panel:
    return {
        "showThresholdLabels": bool(gauge.get("thresholdLabels")),
        "showThresholdMarkers": bool(gauge.get("thresholdMarkers", True)),
    }


def _stat_options(panel: Panel) -> Panel:
    value = "value" if panel.get("colorValue") else "none"
    return {
        "colorMode": "background" if panel.get("colorBackground") else value,
        "graphMode": "area" if (panel.get("sparkline") or {}).get("show") else "none",
        "textMode": "name" if panel.get("valueName") == "name" else "auto",
    }


def _thresholds(panel: Panel) -> Panel | None:
    """Written as "50,80" beside three colours."""
    values = [number(part) for part in str(panel.get("thresholds") or "").split(",") if part]
    colors = [str(color) for color in listed(panel.get("colors"))]
    if not values or None in values or len(colors) <= len(values):
        return None
    return {
        "mode": "absolute",
        "steps": [
            {"color": color, "value": value}
            for color, value in zip(colors, [None, *values], strict=False)
        ],
    }
