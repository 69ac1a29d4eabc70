"""Panels of kinds that Grafana no longer has become their successors.

Grafana removed its Angular panels in version 12 and converts them in the browser, so that every
such dashboard asks to be saved. What is not listed here has no counterpart and is dropped.
https://grafana.com/docs/grafana/latest/developers/angular_deprecation/
"""

from collections.abc import Callable
from typing import Any

Panel = dict[str, Any]

CALCS = {
    "avg": "mean",
    "current": "lastNotNull",
    "delta": "delta",
    "diff": "diff",
    "first": "firstNotNull",
    "max": "max",
    "min": "min",
    "name": "lastNotNull",
    "range": "range",
    "total": "sum",
}
LEGEND_CALCS = {"avg": "mean", "current": "lastNotNull", "max": "max", "min": "min", "total": "sum"}
COMMON = (
    "datasource description gridPos height id interval links maxDataPoints repeat repeatDirection "
    "maxPerRow span targets timeFrom timeShift title transformations transparent"
).split()


def _graph(panel: Panel) -> Panel:
    """A graph becomes a time series."""
    axis: Panel = next(iter(_list(panel.get("yaxes"))), {})
    legend, tooltip = panel.get("legend") or {}, panel.get("tooltip") or {}
    return {
        **_common(panel),
        "type": "timeseries",
        "fieldConfig": {
            "defaults": {
                "custom": _custom(panel, axis),
                "decimals": panel.get("decimals", axis.get("decimals")),
                "max": _number(axis.get("max")),
                "min": _number(axis.get("min")),
                "thresholds": _graph_thresholds(panel),
                "unit": axis.get("format"),
            },
            "overrides": _overrides(panel),
        },
        "options": {
            "legend": {
                "calcs": [calc for name, calc in LEGEND_CALCS.items() if legend.get(name)],
                "displayMode": "table" if legend.get("alignAsTable") else "list",
                "placement": "right" if legend.get("rightSide") else "bottom",
                "showLegend": bool(legend.get("show", True)),
            },
            "tooltip": {
                "mode": "multi" if tooltip.get("shared", True) else "single",
                "sort": ("none", "asc", "desc")[int(tooltip.get("sort") or 0)],
            },
        },
    }


def _custom(panel: Panel, axis: Panel) -> Panel:
    lines, bars = panel.get("lines", True), panel.get("bars", False)
    stacked, share = panel.get("stack"), panel.get("percentage")
    log = int(axis.get("logBase") or 1)
    return {
        "axisLabel": axis.get("label") or "",
        "drawStyle": "bars" if bars and not lines else "line" if lines else "points",
        "fillOpacity": min(100, int(panel.get("fill", 1)) * 10),
        "lineInterpolation": "stepAfter" if panel.get("steppedLine") else "linear",
        "lineWidth": int(panel.get("linewidth", 1)),
        "pointSize": int(panel.get("pointradius", 5)),
        "showPoints": "always" if panel.get("points") else "never",
        "spanNulls": panel.get("nullPointMode") == "connected",
        "stacking": {"group": "A", "mode": "percent" if share else "normal"} if stacked else {},
        **({"scaleDistribution": {"log": log, "type": "log"}} if log > 1 else {}),
        **({"thresholdsStyle": {"mode": "line"}} if panel.get("thresholds") else {}),
    }


def _graph_thresholds(panel: Panel) -> Panel | None:
    colors = {"critical": "red", "ok": "green", "warning": "orange"}
    found = [
        {
            "color": it.get("lineColor") or colors.get(it.get("colorMode", ""), "red"),
            "value": it["value"],
        }
        for it in _list(panel.get("thresholds"))
        if it.get("value") is not None
    ]
    return {"mode": "absolute", "steps": [{"color": "transparent"}, *found]} if found else None


def _overrides(panel: Panel) -> list[Panel]:
    """A series' own colour and axis; grafanalib writes an alias or a regular expression for it."""
    found = []
    for series in _list(panel.get("seriesOverrides")):
        alias = str(series.get("alias", ""))
        properties = [
            {"id": name, "value": value}
            for name, value in (
                ("color", _fixed(series["color"]) if series.get("color") else None),
                ("custom.axisPlacement", "right" if series.get("yaxis") == 2 else None),
                ("custom.fillOpacity", series["fill"] * 10 if "fill" in series else None),
                ("custom.lineWidth", series.get("linewidth")),
                ("custom.drawStyle", "bars" if series.get("bars") else None),
            )
            if value is not None
        ]
        matcher = "byRegexp" if alias.startswith("/") else "byName"
        if properties:
            found.append({"matcher": {"id": matcher, "options": alias}, "properties": properties})
    colors = panel.get("aliasColors") or {}
    return found + [
        {
            "matcher": {"id": "byName", "options": alias},
            "properties": [{"id": "color", "value": _fixed(color)}],
        }
        for alias, color in sorted(colors.items())
    ]


def _single_stat(panel: Panel) -> Panel:
    """A single stat becomes a stat, or a gauge where it was drawn as one."""
    gauge = panel.get("gauge") or {}
    colored = panel.get("colorBackground") or panel.get("colorValue")
    options: Panel = {
        "reduceOptions": {
            "calcs": [CALCS.get(panel.get("valueName", "avg"), "mean")],
            "fields": "",
            "values": False,
        }
    }
    if not gauge.get("show"):
        options |= {
            "colorMode": "background" if panel.get("colorBackground") else "value",
            "graphMode": "area" if (panel.get("sparkline") or {}).get("show") else "none",
            "textMode": "name" if panel.get("valueName") == "name" else "auto",
        }
    defaults = {
        "decimals": panel.get("decimals"),
        "mappings": _value_mappings(panel),
        "max": gauge.get("maxValue") if gauge.get("show") else None,
        "min": gauge.get("minValue") if gauge.get("show") else None,
        "thresholds": _stat_thresholds(panel) if colored or gauge.get("show") else None,
        "unit": panel.get("format"),
    }
    return {
        **_common(panel),
        "type": "gauge" if gauge.get("show") else "stat",
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
    }


def _stat_thresholds(panel: Panel) -> Panel | None:
    """Written as "50,80" beside three colours."""
    values = [_number(part) for part in str(panel.get("thresholds") or "").split(",") if part]
    colors = _list(panel.get("colors"))
    if not values or len(colors) <= len(values):
        return None
    steps = [{"color": str(color)} for color in colors[: len(values) + 1]]
    for step, value in zip(steps[1:], values, strict=True):
        step["value"] = value  # type: ignore[assignment]  # a step is a colour and a number
    return {"mode": "absolute", "steps": steps}


def _value_mappings(panel: Panel) -> list[Panel]:
    texts = {
        str(it["value"]): {"index": index, "text": it.get("text", "")}
        for index, it in enumerate(_list(panel.get("valueMaps")))
        if it.get("value") not in (None, "null")
    }
    return [{"type": "value", "options": texts}] if texts else []


def _common(panel: Panel) -> Panel:
    return {key: panel[key] for key in COMMON if key in panel}


def _fixed(color: str) -> Panel:
    return {"fixedColor": color, "mode": "fixed"}


def _list(value: Any) -> list[Any]:
    """grafanalib nests a graph's two axes in a dictionary of its own."""
    return list(value) if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    try:
        return None if value is None or value == "" else float(value)
    except (TypeError, ValueError):
        return None


CONVERSIONS: dict[str, Callable[[Panel], Panel]] = {"graph": _graph, "singlestat": _single_stat}
