"""Options of one panel type that grafanalib or an old Grafana wrote outside `options`.

A panel that has its options in the current place is not changed.
"""

from collections.abc import Callable
from typing import Any

Panel = dict[str, Any]

CELL_OPTIONS: dict[str, Panel] = {
    "basic": {"mode": "basic", "type": "gauge"},
    "color-background": {"mode": "gradient", "type": "color-background"},
    "color-background-solid": {"mode": "basic", "type": "color-background"},
    "gradient-gauge": {"mode": "gradient", "type": "gauge"},
    "lcd-gauge": {"mode": "lcd", "type": "gauge"},
}
"""The cell options of Grafana 9 for a table's display mode; other modes kept their name."""

COLOR_SCHEMES = "Blues Greens Greys Oranges Purples Reds BuGn BuPu GnBu OrRd PuBu PuRd RdPu".split()

ALERT_STATES = {
    "alerting": "firing",
    "execution_error": "error",
    "no_data": "noData",
    "ok": "normal",
    "pending": "pending",
}


def _repair_gauge(panel: Panel) -> None:
    """grafanalib writes a gauge's options among its fields."""
    config = panel.get("fieldConfig") or {}
    fields = config.get("defaults") or {}
    if "calcs" in fields:
        labels, markers = (
            config.pop(f"showThreshold{part}", None) for part in ("Labels", "Markers")
        )
        panel["options"] = {
            "reduceOptions": _build_reduce_options(fields),
            "showThresholdLabels": bool(labels),
            "showThresholdMarkers": bool(markers),
        }
        for name in ("calcs", "limit", "override", "values"):
            fields.pop(name, None)
        fields["displayName"] = fields.pop("title", None)


def _repair_bar_gauge(panel: Panel) -> None:
    """grafanalib writes a bar gauge with the `fieldOptions` of Grafana 6."""
    options = panel.get("options") or {}
    field_options = options.pop("fieldOptions", None)
    if field_options is None:
        return
    for name in ("showThresholdLabels", "showThresholdMarkers"):
        options.pop(name, None)
    fields = field_options.get("defaults") or {}
    defaults = panel.setdefault("fieldConfig", {}).setdefault("defaults", {})
    defaults |= {
        key: fields[key] for key in ("decimals", "links", "max", "min", "unit") if key in fields
    }
    defaults |= {"displayName": fields.get("title"), "mappings": field_options.get("mappings")}
    if field_options.get("thresholds"):
        defaults["thresholds"] = {"mode": "absolute", "steps": field_options["thresholds"]}
    options["reduceOptions"] = _build_reduce_options(field_options)
    options.setdefault("valueMode", "color")


def _build_reduce_options(fields: Panel) -> Panel:
    calcs, limit = fields.get("calcs") or ["lastNotNull"], fields.get("limit")
    limit_option = {} if limit is None else {"limit": limit}
    return {"calcs": calcs, "fields": "", **limit_option, "values": bool(fields.get("values"))}


def _repair_table(panel: Panel) -> None:
    """grafanalib writes a table's mappings and colours beside the fields."""
    fields = panel.setdefault("fieldConfig", {}).setdefault("defaults", {})
    if panel.get("mappings"):
        fields.setdefault("mappings", panel["mappings"])
    mode = (panel.get("color") or {}).get("mode", "thresholds")
    if mode != "thresholds":
        fields.setdefault("color", {"mode": mode})
    custom = fields.get("custom") or {}
    mode = custom.pop("displayMode", "auto")
    if mode != "auto":
        custom["cellOptions"] = _build_cell_options(mode)
    for override in panel["fieldConfig"].get("overrides") or []:
        for field_property in override.get("properties") or []:
            if field_property.get("id") == "custom.displayMode":
                field_property |= {
                    "id": "custom.cellOptions",
                    "value": _build_cell_options(field_property.get("value")),
                }


def _build_cell_options(display_mode: str) -> Panel:
    """The cell options for a display mode of Grafana 8."""
    return dict(CELL_OPTIONS.get(display_mode, {"type": display_mode}))


def _repair_heatmap(panel: Panel) -> None:
    """grafanalib writes a heatmap with the fields of Grafana 5."""
    if panel.get("options"):
        return
    axis = panel.get("yAxis") or {}
    limits = {key: axis[key] for key in ("decimals", "max", "min") if axis.get(key) is not None}
    panel["options"] = {
        "calculate": panel.get("dataFormat") != "tsbuckets",
        "cellGap": 1,
        "color": _build_heatmap_color(panel.get("color") or {}),
        **({"filterValues": {"le": 1e-9}} if panel.get("hideZeroBuckets") else {}),
        "legend": {"show": bool((panel.get("legend") or {}).get("show"))},
        "showValue": "never",
        "tooltip": {"mode": "single", "yHistogram": False},
        "yAxis": {
            "axisPlacement": "left",
            **limits,
            "reverse": bool(panel.get("reverseYBuckets")),
            "unit": axis.get("format") or "short",
        },
    }


def _build_heatmap_color(color: Panel) -> Panel:
    scheme = str(color.get("colorScheme", "")).removeprefix("interpolate")
    limits = {key: color[key] for key in ("max", "min") if color.get(key) is not None}
    return {
        "exponent": color.get("exponent", 0.5),
        "fill": color.get("cardColor") or "dark-orange",
        **limits,
        "mode": "opacity" if color.get("mode") == "opacity" else "scheme",
        "reverse": False,
        "scale": "exponential",
        "scheme": scheme if scheme in COLOR_SCHEMES else "Oranges",
        "steps": 64,
    }


def _repair_status_history(panel: Panel) -> None:
    """Drop options of the state timeline, from which grafanalib derives this type."""
    for name in ("alignValue", "mergeValues"):
        (panel.get("options") or {}).pop(name, None)


def _repair_text(panel: Panel) -> None:
    """Grafana 7.0 and earlier had the text in the panel itself."""
    if "content" in panel and not panel.get("options"):
        mode = panel.get("mode") if panel.get("mode") in ("html", "markdown") else "markdown"
        panel["options"] = {"content": panel["content"], "mode": mode}


def _repair_dashboard_list(panel: Panel) -> None:
    """grafanalib writes a list of dashboards with the fields of Grafana 6."""
    if "starred" in panel and not panel.get("options"):
        panel["options"] = {
            "maxItems": panel.get("limit", 10),
            "query": panel.get("query", ""),
            "showHeadings": bool(panel.get("headings")),
            "showRecentlyViewed": bool(panel.get("recent")),
            "showSearch": bool(panel.get("search")),
            "showStarred": bool(panel.get("starred")),
            "tags": panel.get("tags") or [],
        }


def _repair_alert_list(panel: Panel) -> None:
    """grafanalib writes a list of alerts with the fields of Grafana 7, where panels had alerts."""
    if "onlyAlertsOnDashboard" not in panel:
        return
    chosen_states = {ALERT_STATES.get(state) for state in panel.get("stateFilter") or []}
    states = {state: state in chosen_states for state in sorted(ALERT_STATES.values())}
    options = panel.get("options") or {}
    panel["options"] = {
        "alertName": options.get("alertName") or panel.get("nameFilter", ""),
        "dashboardAlerts": bool(panel["onlyAlertsOnDashboard"]),
        "maxItems": panel.get("limit", 10),
        "sortOrder": panel.get("sortOrder", 1),
        **({"stateFilter": states} if chosen_states else {}),
    }


OPTION_REPAIRS: dict[str, Callable[[Panel], None]] = {
    "alertlist": _repair_alert_list,
    "bargauge": _repair_bar_gauge,
    "dashlist": _repair_dashboard_list,
    "gauge": _repair_gauge,
    "heatmap": _repair_heatmap,
    "status-history": _repair_status_history,
    "table": _repair_table,
    "text": _repair_text,
}
"""The repair of each panel type that needs one, by which it changes a panel in place."""
