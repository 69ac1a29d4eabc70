"""A single stat becomes a stat, or a gauge where it was drawn as one."""

from typing import Any

from tailboard.dashboards.passes.modernize.angular.conversion import (
    REDUCER_IDS,
    copy_common_fields,
    parse_number,
    read_list,
)

Panel = dict[str, Any]

RANGE_MAPPING = 2
"""The `mappingType` of a single stat that maps ranges to texts."""


def convert_single_stat(panel: Panel) -> Panel:
    """The stat or gauge with the queries, thresholds and mappings of a single stat."""
    gauge = panel.get("gauge") or {}
    is_gauge = bool(gauge.get("show"))
    has_colors = panel.get("colorBackground") or panel.get("colorValue") or is_gauge
    reducer_id = REDUCER_IDS.get(panel.get("valueName") or "avg", "mean")
    has_ranges = panel.get("mappingType") == RANGE_MAPPING
    return {
        **copy_common_fields(panel),
        "type": "gauge" if is_gauge else "stat",
        "fieldConfig": {
            "defaults": {
                "decimals": panel.get("decimals"),
                "mappings": read_list(panel.get("rangeMaps" if has_ranges else "valueMaps")),
                "max": gauge.get("maxValue") if is_gauge else None,
                "min": gauge.get("minValue") if is_gauge else None,
                "noValue": panel.get("nullText"),
                "thresholds": _parse_thresholds(panel) if has_colors else None,
                "unit": panel.get("format"),
            },
            "overrides": [],
        },
        "options": {
            "reduceOptions": {"calcs": [reducer_id], "fields": "", "values": False},
            **(_build_gauge_options(gauge) if is_gauge else _build_stat_options(panel)),
        },
    }


def _build_gauge_options(gauge: Panel) -> Panel:
    return {
        "showThresholdLabels": bool(gauge.get("thresholdLabels")),
        "showThresholdMarkers": bool(gauge.get("thresholdMarkers", True)),
    }


def _build_stat_options(panel: Panel) -> Panel:
    value = "value" if panel.get("colorValue") else "none"
    return {
        "colorMode": "background" if panel.get("colorBackground") else value,
        "graphMode": "area" if (panel.get("sparkline") or {}).get("show") else "none",
        "textMode": "name" if panel.get("valueName") == "name" else "auto",
    }


def _parse_thresholds(panel: Panel) -> Panel | None:
    """The steps of thresholds like "50,80" with their three colours."""
    values = [parse_number(part) for part in str(panel.get("thresholds") or "").split(",") if part]
    colors = [str(color) for color in read_list(panel.get("colors"))]
    if not values or None in values or len(colors) <= len(values):
        return None
    return {
        "mode": "absolute",
        "steps": [
            {"color": color, "value": value}
            for color, value in zip(colors, [None, *values], strict=False)
        ],
    }
