"""One panel in the form that a current Grafana stores: no dead fields, no nulls, no defaults."""

from collections.abc import Callable
from typing import Any

from dashboards.angular import CONVERSIONS
from dashboards.variables import PROMETHEUS
from panels.definition_error import DefinitionError, did_you_mean, inside

Panel = dict[str, Any]

KEPT = frozenset(
    "cacheTimeout collapsed datasource description fieldConfig gridPos height hideTimeOverride id "
    "interval libraryPanel links maxDataPoints maxPerRow options panels pluginVersion "
    "queryCachingTTL repeat "
    "repeatDirection span targets timeCompare timeFrom timeShift title transformations "
    "transparent type".split()
)
"""What a panel of Grafana's own kinds may have at its top; plugins keep whatever they write."""

CORE = frozenset(
    "alertlist annolist barchart bargauge candlestick canvas dashlist datagrid flamegraph gauge "
    "geomap heatmap histogram logs news nodeGraph piechart row stat state-timeline status-history "
    "table text timeseries traces trend xychart".split()
)
DEFAULTS: Panel = {
    "cacheTimeout": "",
    "description": "",
    "hideTimeOverride": False,
    "links": [],
    "maxDataPoints": 100,  # grafanalib's own default draws 100 points on a screen of 2,000 pixels
    "transformations": [],
    "transparent": False,
}
QUERY_DEFAULTS: Panel = {
    "format": "time_series",
    "hide": False,
    "interval": "",
    "intervalFactor": 2,
    "legendFormat": "",
    "metric": "",
    "refId": "",
    "step": 10,
    "target": "",
}
CUSTOM_DEFAULTS: dict[str, Any] = {
    "axisLabel": "",
    "axisPlacement": "auto",
    "barAlignment": 0,
    "displayMode": "auto",
    "drawStyle": "line",
    "fillOpacity": 0,
    "filterable": False,
    "gradientMode": "none",
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "scaleDistribution": {"log": 2, "type": "linear"},
    "showPoints": "auto",
    "spanNulls": False,
    "stacking": {},
    "thresholdsStyle": {"mode": "off"},
}
CHOICES: dict[str, tuple[str, ...]] = {
    "axisPlacement": ("auto", "bottom", "hidden", "left", "right", "top"),
    "drawStyle": ("bars", "line", "points"),
    "gradientMode": ("hue", "none", "opacity", "scheme"),
    "lineInterpolation": ("linear", "smooth", "stepAfter", "stepBefore"),
    "showPoints": ("always", "auto", "never"),
}


def modernise_panel(panel: Panel) -> Panel:
    """The panel repaired; one of a kind that Grafana no longer has becomes its successor."""
    with inside(f"panel {panel.get('title') or panel.get('type')!r}"):
        convert = CONVERSIONS.get(panel.get("type", ""))
        converted = convert(panel) if convert else panel
        if converted.get("type") not in CORE:
            return _plugin(converted)
        if converted["type"] == "row":
            return _row(converted)
        repair = REPAIRS.get(converted["type"])
        if repair:
            repair(converted)
        return _core(converted)


def modern_datasource(value: Any, *, prometheus: bool) -> Any:
    """A data source by reference; what has none reads the Prometheus that the variable chooses."""
    if isinstance(value, dict) and value.get("uid"):
        return value
    if isinstance(value, str) and value.startswith("$"):
        named = {"uid": "${" + value.strip("${}") + "}"}
        return {"type": "prometheus", **named} if prometheus else named
    if isinstance(value, str) and value.startswith("-- "):
        kind = "grafana" if value == "-- Grafana --" else "datasource"
        return {"type": kind, "uid": value}
    return dict(PROMETHEUS) if prometheus else value


def _core(panel: Panel) -> Panel:
    kept = {key: value for key, value in panel.items() if key in KEPT and value is not None}
    for key, default in DEFAULTS.items():
        if kept.get(key) == default:
            del kept[key]
    if not kept.get("repeat"):
        for key in ("repeat", "repeatDirection", "maxPerRow"):
            kept.pop(key, None)
    _modernise_queries(kept)
    _modernise_fields(kept)
    return kept


def _row(row: Panel) -> Panel:
    kept = {key: row[key] for key in ("gridPos", "id", "title") if row.get(key) is not None}
    if row.get("repeat"):
        kept["repeat"] = row["repeat"]
    return {
        **kept,
        "collapsed": bool(row.get("collapsed")),
        "panels": row.get("panels") or [],
        "type": "row",
    }


def _plugin(panel: Panel) -> Panel:
    """A plugin's panel keeps its own fields; only the queries are repaired."""
    kept = {key: value for key, value in panel.items() if value is not None}
    if kept.get("targets"):
        _modernise_queries(kept)
    return kept


def _modernise_queries(panel: Panel) -> None:
    queries = panel.get("targets") or []
    if not queries:
        panel.pop("targets", None)
        if not panel.get("datasource"):
            panel.pop("datasource", None)
        return
    prometheus = all(isinstance(query.get("expr"), str) and query["expr"] for query in queries)
    panel["datasource"] = modern_datasource(panel.get("datasource"), prometheus=prometheus)
    if panel["datasource"] is None:
        del panel["datasource"]
    panel["targets"] = [
        _modern_query(query) if query.get("expr") else _other_query(query) for query in queries
    ]


def _modern_query(query: Panel) -> Panel:
    """A PromQL query: instant or over the range, and never both by accident."""
    kept = {k: v for k, v in query.items() if v is not None and QUERY_DEFAULTS.get(k, ...) != v}
    if kept.get("query") == kept["expr"]:
        del kept["query"]
    if kept.get("intervalFactor") == 1:
        del kept["intervalFactor"]
    if kept.get("datasource"):
        kept["datasource"] = modern_datasource(kept["datasource"], prometheus=True)
    instant = bool(kept.pop("instant", False))
    if instant and not kept.get("range"):
        return {**kept, "editorMode": "code", "instant": True, "range": False}
    return {"editorMode": "code", "range": True, **({"instant": True} if instant else {}), **kept}


def _other_query(query: Panel) -> Panel:
    return {key: value for key, value in query.items() if value is not None and value != ""}


def _modernise_fields(panel: Panel) -> None:
    config = panel.get("fieldConfig")
    if config is None:
        return
    defaults = config.setdefault("defaults", {})
    config.setdefault("overrides", [])
    _modernise_thresholds(defaults)
    _modernise_custom(panel["type"], defaults)
    for key in [k for k, v in defaults.items() if v in ("", [], {}) or v is None]:
        del defaults[key]
    if not defaults and not config["overrides"]:
        del panel["fieldConfig"]


def _modernise_thresholds(defaults: Panel) -> None:
    """grafanalib writes the lowest step's value as the string "null", and no steps as ""."""
    thresholds = defaults.get("thresholds")
    if thresholds is None:
        return
    found = thresholds.get("steps") or []
    if not found:
        del defaults["thresholds"]
        return
    thresholds["steps"] = [
        {"color": step["color"], "value": None if index == 0 else step.get("value")}
        for index, step in enumerate(found)
    ]


def _modernise_custom(kind: str, defaults: Panel) -> None:
    custom = defaults.get("custom") or {}
    for key, choices in CHOICES.items():
        if key in custom and custom[key] not in choices:
            raise DefinitionError(
                f"{key} is {custom[key]!r}", tip=did_you_mean(str(custom[key]), choices)
            )
    if kind == "table" and custom.get("displayMode", "auto") != "auto":
        custom["cellOptions"] = {"type": custom.pop("displayMode")}
    if kind in ("state-timeline", "status-history"):
        return
    defaults["custom"] = {k: v for k, v in custom.items() if CUSTOM_DEFAULTS.get(k, ...) != v}


def _repair_gauge(panel: Panel) -> None:
    """grafanalib writes a gauge's options among its fields, where Grafana does not look."""
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    calcs, every = defaults.pop("calcs", ["lastNotNull"]), defaults.pop("values", False)
    defaults.pop("limit", None)
    defaults.pop("override", None)
    defaults["displayName"] = defaults.pop("title", None)
    panel.setdefault("options", {}).update(
        {
            "reduceOptions": {"calcs": calcs, "fields": "", "values": bool(every)},
            "showThresholdLabels": bool(defaults.pop("thresholdLabels", False)),
            "showThresholdMarkers": bool(defaults.pop("thresholdMarkers", True)),
        }
    )


def _repair_bar_gauge(panel: Panel) -> None:
    """grafanalib writes a bar gauge as Grafana 6 did, with `fieldOptions`."""
    options = panel.get("options") or {}
    old = options.pop("fieldOptions", None)
    for name in ("showThresholdLabels", "showThresholdMarkers"):
        options.pop(name, None)
    if old is None:
        return
    fields = old.get("defaults") or {}
    defaults = panel.setdefault("fieldConfig", {}).setdefault("defaults", {})
    defaults |= {k: fields[k] for k in ("decimals", "links", "max", "min", "unit") if k in fields}
    if fields.get("title"):
        defaults["displayName"] = fields["title"]
    if old.get("mappings"):
        defaults["mappings"] = old["mappings"]
    if old.get("thresholds"):
        defaults["thresholds"] = {"mode": "absolute", "steps": old["thresholds"]}
    options["reduceOptions"] = {
        "calcs": old.get("calcs", ["lastNotNull"]),
        "fields": "",
        "values": bool(old.get("values")),
    }
    options.setdefault("valueMode", "color")


def _repair_table(panel: Panel) -> None:
    """grafanalib writes a table's mappings beside the fields, and always six columns of width."""
    if panel.get("mappings"):
        fields = panel.setdefault("fieldConfig", {}).setdefault("defaults", {})
        fields.setdefault("mappings", panel["mappings"])
    if panel.get("span") in ([6], 6):
        del panel["span"]


def _repair_heatmap(panel: Panel) -> None:
    """grafanalib writes a heatmap as Grafana 5 did; options there are mean the panel is current."""
    if panel.get("options"):
        return
    buckets = panel.get("dataFormat") == "tsbuckets"
    axis = panel.get("yAxis") or {}
    panel["options"] = {
        "calculate": not buckets,
        "cellGap": 1,
        "color": {
            "exponent": 0.5,
            "fill": "dark-orange",
            "mode": "scheme",
            "reverse": False,
            "scale": "exponential",
            "scheme": "Oranges",
            "steps": 64,
        },
        "filterValues": {"le": 1e-9},
        "legend": {"show": bool((panel.get("legend") or {}).get("show"))},
        "showValue": "never",
        "tooltip": {"mode": "single", "yHistogram": False},
        "yAxis": {
            "axisPlacement": "left",
            "reverse": bool(panel.get("reverseYBuckets")),
            "unit": axis.get("format") or "short",
        },
    }


def _repair_status_history(panel: Panel) -> None:
    """Made from grafanalib's state timeline, whose other options mean nothing here."""
    for name in ("alignValue", "mergeValues"):
        panel.get("options", {}).pop(name, None)


REPAIRS: dict[str, Callable[[Panel], None]] = {
    "bargauge": _repair_bar_gauge,
    "gauge": _repair_gauge,
    "heatmap": _repair_heatmap,
    "status-history": _repair_status_history,
    "table": _repair_table,
}
