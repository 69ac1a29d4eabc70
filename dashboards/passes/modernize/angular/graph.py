"""A graph becomes a time series."""

from typing import Any

from tailboard.dashboards.passes.modernize.angular.conversion import (
    REDUCER_IDS,
    build_color_overrides,
    build_fixed_color,
    copy_common_fields,
    parse_integer,
    parse_number,
    read_list,
)

Panel = dict[str, Any]

LEGEND_COLUMNS = {
    "avg": "Mean",
    "current": "Last *",
    "max": "Max",
    "min": "Min",
    "total": "Total",
}
"""The legend's values and the titles of their columns, by which it is sorted."""
THRESHOLD_COLORS = {"critical": "red", "ok": "green", "warning": "orange"}
EMPTY_UNITS = (None, "", "short")


def convert_graph(panel: Panel) -> Panel:
    """The time series with the queries, axes, thresholds and legend of a graph."""
    config, axes = panel.get("fieldConfig") or {}, read_list(panel.get("yaxes"))
    left_axis, right_axis = ((axes[index] if len(axes) > index else {}) for index in (0, 1))
    defaults = config.get("defaults") or {}
    axis_options = _convert_axis(left_axis)
    if left_axis.get("format") in EMPTY_UNITS and defaults.get("unit"):
        axis_options["unit"] = defaults["unit"]
    return {
        **copy_common_fields(panel),
        "type": "timeseries",
        "fieldConfig": {
            "defaults": {
                **axis_options,
                "custom": _build_custom_options(panel, left_axis),
                "decimals": panel.get("decimals", left_axis.get("decimals")),
                "links": (panel.get("options") or {}).get("dataLinks") or defaults.get("links"),
                "thresholds": _convert_thresholds(read_list(panel.get("thresholds"))),
            },
            "overrides": [
                *(config.get("overrides") or []),
                *_convert_series_overrides(read_list(panel.get("seriesOverrides")), right_axis),
                *build_color_overrides(panel),
            ],
        },
        "options": {
            "legend": _convert_legend(panel.get("legend") or {}),
            "tooltip": _convert_tooltip(panel.get("tooltip") or {}),
        },
    }


def _convert_axis(axis: Panel) -> Panel:
    return {
        "max": parse_number(axis.get("max")),
        "min": parse_number(axis.get("min")),
        "unit": axis.get("format"),
    }


def _build_custom_options(panel: Panel, axis: Panel) -> Panel:
    has_lines, has_bars = panel.get("lines", True), panel.get("bars", False)
    log_base = parse_integer(axis.get("logBase"), 1)
    mode = "percent" if panel.get("percentage") else "normal"
    return {
        "axisLabel": axis.get("label") or "",
        "drawStyle": "bars" if has_bars and not has_lines else "line" if has_lines else "points",
        "fillOpacity": min(100, parse_integer(panel.get("fill"), 1) * 10),
        "lineInterpolation": "stepAfter" if panel.get("steppedLine") else "linear",
        "lineWidth": parse_integer(panel.get("linewidth"), 1),
        "pointSize": parse_integer(panel.get("pointradius"), 5),
        "showPoints": "always" if panel.get("points") else "never",
        "spanNulls": panel.get("nullPointMode") == "connected",
        "stacking": {"group": "A", "mode": mode} if panel.get("stack") else {},
        **({"scaleDistribution": {"log": log_base, "type": "log"}} if log_base > 1 else {}),
        "thresholdsStyle": {"mode": _build_thresholds_style(read_list(panel.get("thresholds")))},
    }


def _convert_thresholds(thresholds: list[Panel]) -> Panel | None:
    """Steps: a colour below each lower limit, and above each upper one."""
    sorted_thresholds = sorted(
        (threshold for threshold in thresholds if threshold.get("value") is not None),
        key=_read_threshold_value,
    )
    if not sorted_thresholds:
        return None
    lower_limits = [threshold for threshold in sorted_thresholds if threshold.get("op") == "lt"]
    upper_limits = [threshold for threshold in sorted_thresholds if threshold.get("op") != "lt"]
    colors = [*(_read_threshold_color(threshold) for threshold in lower_limits), "transparent"]
    return {
        "mode": "absolute",
        "steps": [
            {"color": colors[0]},
            *(
                {"color": color, "value": _read_threshold_value(threshold)}
                for color, threshold in zip(colors[1:], lower_limits, strict=True)
            ),
            *(
                {
                    "color": _read_threshold_color(threshold),
                    "value": _read_threshold_value(threshold),
                }
                for threshold in upper_limits
            ),
        ],
    }


def _read_threshold_value(threshold: Panel) -> float:
    return parse_number(threshold["value"], 0) or 0


def _read_threshold_color(threshold: Panel) -> str:
    color = threshold.get("lineColor") or threshold.get("fillColor")
    return str(color or THRESHOLD_COLORS.get(threshold.get("colorMode", ""), "red"))


def _build_thresholds_style(thresholds: list[Panel]) -> str:
    styles = [
        name
        for name, key in (("line", "line"), ("area", "fill"))
        if _has_threshold_with(thresholds, key)
    ]
    return "+".join(styles) or "off"


def _has_threshold_with(thresholds: list[Panel], key: str) -> bool:
    return any(threshold.get(key) for threshold in thresholds)


def _convert_legend(legend: Panel) -> Panel:
    sort, width = (
        LEGEND_COLUMNS.get(legend.get("sort") or ""),
        parse_number(legend.get("sideWidth")),
    )
    return {
        "calcs": [REDUCER_IDS[name] for name in LEGEND_COLUMNS if legend.get(name)],
        "displayMode": "table" if legend.get("alignAsTable") else "list",
        "placement": "right" if legend.get("rightSide") else "bottom",
        "showLegend": bool(legend.get("show", True)),
        **({"sortBy": sort, "sortDesc": bool(legend.get("sortDesc"))} if sort else {}),
        **({"width": width} if width else {}),
    }


def _convert_tooltip(tooltip: Panel) -> Panel:
    sort = parse_integer(tooltip.get("sort"), 0)
    return {
        "mode": "multi" if tooltip.get("shared", True) else "single",
        "sort": ("none", "asc", "desc")[sort if sort in (1, 2) else 0],
    }


def _convert_series_overrides(series_overrides: list[Panel], right_axis: Panel) -> list[Panel]:
    """Overrides for single series; an alias in slashes is a regular expression."""
    overrides = []
    for override in series_overrides:
        alias = str(override.get("alias") or "")
        property_values = {
            key: value
            for key, value in _build_series_properties(override, right_axis).items()
            if value is not None
        }
        matcher = "byRegexp" if alias.startswith("/") else "byName"
        if alias and property_values:
            properties = [{"id": key, "value": value} for key, value in property_values.items()]
            overrides.append(
                {"matcher": {"id": matcher, "options": alias}, "properties": properties}
            )
    return overrides


def _build_series_properties(series: Panel, right_axis: Panel) -> Panel:
    return {
        **(_convert_right_axis(right_axis) if series.get("yaxis") == 2 else {}),
        "color": build_fixed_color(series["color"]) if series.get("color") else None,
        "custom.drawStyle": "bars" if series.get("bars") else None,
        "custom.fillBelowTo": series.get("fillBelowTo"),
        "custom.fillOpacity": parse_integer(series["fill"], 1) * 10 if "fill" in series else None,
        "custom.hideFrom": {"legend": True, "tooltip": False, "viz": False}
        if series.get("legend") is False
        else None,
        "custom.lineInterpolation": "stepAfter" if series.get("steppedLine") else None,
        "custom.lineStyle": _convert_dashes(series) if series.get("dashes") else None,
        "custom.lineWidth": _convert_line_width(series),
        "custom.showPoints": "always" if series.get("points") else None,
        "custom.spanNulls": True if series.get("nullPointMode") == "connected" else None,
        "custom.stacking": _convert_stacking(series["stack"]) if "stack" in series else None,
        "custom.transform": series.get("transform"),
    }


def _convert_right_axis(axis: Panel) -> Panel:
    return {
        "custom.axisPlacement": "right",
        **_convert_axis(axis),
        "custom.axisLabel": axis.get("label") or None,
        "decimals": axis.get("decimals"),
    }


def _convert_line_width(series: Panel) -> int | None:
    """A series without line, bars or points is one of width 0."""
    if series.get("lines") is False and not series.get("bars"):
        return 0
    return parse_integer(series["linewidth"], 1) if "linewidth" in series else None


def _convert_dashes(series: Panel) -> Panel:
    lengths = [parse_integer(series.get(key), 10) for key in ("dashLength", "spaceLength")]
    return {"dash": lengths, "fill": "dash"}


def _convert_stacking(stack: Any) -> Panel:
    group = stack if isinstance(stack, str) else "A"
    return {"group": group, "mode": "normal" if stack else "none"}
