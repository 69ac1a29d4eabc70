"""A graph becomes a time series."""

from typing import Any

from tailboard.dashboards.passes.angular.common import (
    CALCS,
    color_overrides,
    fixed,
    kept,
    listed,
    number,
    whole,
)

Panel = dict[str, Any]

LEGEND = {
    "avg": "Mean",
    "current": "Last *",
    "max": "Max",
    "min": "Min",
    "total": "Total",
}
"""The values a legend can show, and what their columns are called."""
COLORS = {"critical": "red", "ok": "green", "warning": "orange"}
NO_UNIT = (None, "", "short")


def graph(panel: Panel) -> Panel:
    """The time series that shows what the graph showed."""
    config, axes = panel.get("fieldConfig") or {}, listed(panel.get("yaxes"))
    left, right = ((axes[index] if len(axes) > index else {}) for index in (0, 1))
    own = config.get("defaults") or {}
    axis = _axis(left)
    if left.get("format") in NO_UNIT and own.get("unit"):
        axis["unit"] = own["unit"]
    return {
        **kept(panel),
        "type": "timeseries",
        "fieldConfig": {
            "defaults": {
                **axis,
                "custom": _custom(panel, left),
                "decimals": panel.get("decimals", left.get("decimals")),
                "links": (panel.get("options") or {}).get("dataLinks") or own.get("links"),
                "thresholds": _thresholds(listed(panel.get("thresholds"))),
            },
            "overrides": [
                *(config.get("overrides") or []),
                *_overrides(listed(panel.get("seriesOverrides")), right),
                *color_overrides(panel),
            ],
        },
        "options": {
            "legend": _legend(panel.get("legend") or {}),
            "tooltip": _tooltip(panel.get("tooltip") or {}),
        },
    }


def _axis(axis: Panel) -> Panel:
    return {
        "max": number(axis.get("max")),
        "min": number(axis.get("min")),
        "unit": axis.get("format"),
    }


def _custom(panel: Panel, axis: Panel) -> Panel:
    lines, bars = panel.get("lines", True), panel.get("bars", False)
    log = whole(axis.get("logBase"), 1)
    mode = "percent" if panel.get("percentage") else "normal"
    return {
        "axisLabel": axis.get("label") or "",
        "drawStyle": "bars" if bars and not lines else "line" if lines else "points",
        "fillOpacity": min(100, whole(panel.get("fill"), 1) * 10),
        "lineInterpolation": "stepAfter" if panel.get("steppedLine") else "linear",
        "lineWidth": whole(panel.get("linewidth"), 1),
        "pointSize": whole(panel.get("pointradius"), 5),
        "showPoints": "always" if panel.get("points") else "never",
        "spanNulls": panel.get("nullPointMode") == "connected",
        "stacking": {"group": "A", "mode": mode} if panel.get("stack") else {},
        **({"scaleDistribution": {"log": log, "type": "log"}} if log > 1 else {}),
        "thresholdsStyle": {"mode": _thresholds_style(listed(panel.get("thresholds")))},
    }


def _thresholds(thresholds: list[Panel]) -> Panel | None:
    """Steps that colour what is below the lower limits and above the upper ones."""
    found = sorted((it for it in thresholds if it.get("value") is not None), key=_value)
    if not found:
        return None
    below = [it for it in found if it.get("op") == "lt"]
    above = [it for it in found if it.get("op") != "lt"]
    colors = [*(_color(it) for it in below), "transparent"]
    return {
        "mode": "absolute",
        "steps": [
            {"color": colors[0]},
            *({"color": c, "value": _value(it)} for c, it in zip(colors[1:], below, strict=True)),
            *({"color": _color(it), "value": _value(it)} for it in above),
        ],
    }


def _value(threshold: Panel) -> float:
    return number(threshold["value"], 0) or 0


def _color(threshold: Panel) -> str:
    own = threshold.get("lineColor") or threshold.get("fillColor")
    return str(own or COLORS.get(threshold.get("colorMode", ""), "red"))


def _thresholds_style(thresholds: list[Panel]) -> str:
    parts = [name for name, key in (("line", "line"), ("area", "fill")) if _any(thresholds, key)]
    return "+".join(parts) or "off"


def _any(thresholds: list[Panel], key: str) -> bool:
    return any(threshold.get(key) for threshold in thresholds)


def _legend(legend: Panel) -> Panel:
    sort, width = LEGEND.get(legend.get("sort") or ""), number(legend.get("sideWidth"))
    return {
        "calcs": [CALCS[name] for name in LEGEND if legend.get(name)],
        "displayMode": "table" if legend.get("alignAsTable") else "list",
        "placement": "right" if legend.get("rightSide") else "bottom",
        "showLegend": bool(legend.get("show", True)),
        **({"sortBy": sort, "sortDesc": bool(legend.get("sortDesc"))} if sort else {}),
        **({"width": width} if width else {}),
    }


def _tooltip(tooltip: Panel) -> Panel:
    sort = whole(tooltip.get("sort"), 0)
    return {
        "mode": "multi" if tooltip.get("shared", True) else "single",
        "sort": ("none", "asc", "desc")[sort if sort in (1, 2) else 0],
    }


def _overrides(series: list[Panel], right: Panel) -> list[Panel]:
    """What is said of single series; an alias in slashes is a regular expression."""
    found = []
    for one in series:
        alias = str(one.get("alias") or "")
        look = {key: value for key, value in _look(one, right).items() if value is not None}
        matcher = "byRegexp" if alias.startswith("/") else "byName"
        if alias and look:
            properties = [{"id": key, "value": value} for key, value in look.items()]
            found.append({"matcher": {"id": matcher, "options": alias}, "properties": properties})
    return found


def _look(series: Panel, right: Panel) -> Panel:
    return {
        **(_right_axis(right) if series.get("yaxis") == 2 else {}),
        "color": fixed(series["color"]) if series.get("color") else None,
        "custom.drawStyle": "bars" if series.get("bars") else None,
        "custom.fillBelowTo": series.get("fillBelowTo"),
        "custom.fillOpacity": whole(series["fill"], 1) * 10 if "fill" in series else None,
        "custom.hideFrom": {"legend": True, "tooltip": False, "viz": False}
        if series.get("legend") is False
        else None,
        "custom.lineInterpolation": "stepAfter" if series.get("steppedLine") else None,
        "custom.lineStyle": _dashes(series) if series.get("dashes") else None,
        "custom.lineWidth": _line_width(series),
        "custom.showPoints": "always" if series.get("points") else None,
        "custom.spanNulls": True if series.get("nullPointMode") == "connected" else None,
        "custom.stacking": _stacking(series["stack"]) if "stack" in series else None,
        "custom.transform": series.get("transform"),
    }


def _right_axis(axis: Panel) -> Panel:
    return {
        "custom.axisPlacement": "right",
        **_axis(axis),
        "custom.axisLabel": axis.get("label") or None,
        "decimals": axis.get("decimals"),
    }


def _line_width(series: Panel) -> int | None:
    """A series without line, bars or points is one of width 0."""
    if series.get("lines") is False and not series.get("bars"):
        return 0
    return whole(series["linewidth"], 1) if "linewidth" in series else None


def _dashes(series: Panel) -> Panel:
    lengths = [whole(series.get(key), 10) for key in ("dashLength", "spaceLength")]
    return {"dash": lengths, "fill": "dash"}


def _stacking(stack: Any) -> Panel:
    group = stack if isinstance(stack, str) else "A"
    return {"group": group, "mode": "normal" if stack else "none"}
