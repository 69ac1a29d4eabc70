"""One panel: its type, and the fields that all types share, such as queries and thresholds.

What Grafana does by default is left out, and so are nulls and fields that Grafana no longer reads.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tailboard.dashboards import grafanalib_defaults
from tailboard.dashboards.passes.modernize.datasources import (
    PROMQL_DATASOURCE_TYPES,
    modernize_datasource,
)
from tailboard.dashboards.passes.modernize.options import OPTION_REPAIRS
from tailboard.dashboards.schema import (
    ANGULAR_PANEL_TYPES,
    CORE_PANEL_TYPES,
    LIBRARY_PANEL_TYPE,
    ROW_INDEX,
    ModernPanel,
)
from tailboard.panels.definition_error import DefinitionError, locate_errors, suggest_name

Panel = dict[str, Any]

PANEL_FIELDS = {
    ROW_INDEX,
    *"cacheTimeout collapsed datasource description fieldConfig gridPos height hideTimeOverride id "
    "interval libraryPanel links maxDataPoints maxPerRow options panels pluginVersion "
    "queryCachingTTL repeat "
    "repeatDirection span targets timeCompare timeFrom timeShift title transformations "
    "transparent type".split(),
}
"""The fields of a panel that Grafana itself draws; a plugin's panel keeps all of its fields."""

PANEL_DEFAULTS: Panel = {
    "cacheTimeout": "",
    "description": "",
    "hideTimeOverride": False,
    "links": [],
    "transformations": [],
    "transparent": False,
}
QUERY_DEFAULTS: Panel = {
    "format": "time_series",
    "hide": False,
    "interval": "",
    "legendFormat": "",
    "metric": "",
    "refId": "",
    "target": "",
}

STATE_TYPES = ("state-timeline", "status-history")
LINE_TYPES = ("candlestick", "timeseries", "trend")
CUSTOM_DEFAULTS: Panel = {
    "align": "auto",
    "axisLabel": "",
    "axisPlacement": "auto",
    "filterable": False,
    "gradientMode": "none",
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
    "scaleDistribution": {"log": 2, "type": "linear"},
    "spanNulls": False,
    "stacking": {},
    "thresholdsStyle": {"mode": "off"},
}
"""The default `custom` field options of all types but `STATE_TYPES`."""

LINE_CUSTOM_DEFAULTS: Panel = {
    **CUSTOM_DEFAULTS,
    "barAlignment": 0,
    "drawStyle": "line",
    "fillOpacity": 0,
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "showPoints": "auto",
}
CUSTOM_CHOICES: dict[str, tuple[str, ...]] = {
    "axisPlacement": ("auto", "bottom", "hidden", "left", "right", "top"),
    "drawStyle": ("bars", "line", "points"),
    "gradientMode": ("hue", "none", "opacity", "scheme"),
    "lineInterpolation": ("linear", "smooth", "stepAfter", "stepBefore"),
    "showPoints": ("always", "auto", "never"),
}


def modernize_panel(panel: Panel, *, has_grafanalib_defaults: bool) -> Panel:
    """The panel with the fields that a current Grafana stores for it.

    A panel of a removed type becomes its successor. The panel itself may be changed.
    """
    if isinstance(panel, ModernPanel):
        return dict(panel)
    with locate_errors(f"panel {panel.get('title') or panel.get('type')!r}"):
        if has_grafanalib_defaults:
            grafanalib_defaults.strip_grafanalib_defaults(panel)
        convert = find_conversion(panel.get("type"))
        current_panel = convert(panel) if convert else panel
        panel_type = current_panel.get("type")
        if panel_type not in CORE_PANEL_TYPES or current_panel.get("styles"):
            return _modernize_plugin_panel(current_panel)
        if panel_type == "row":
            return _modernize_row(current_panel)
        repair = OPTION_REPAIRS.get(panel_type)
        if repair:
            repair(current_panel)
        return _modernize_core_panel(current_panel)


def find_conversion(panel_type: object) -> Callable[[Panel], Panel] | None:
    """What makes a panel of its successor's type; None for a type that has no successor."""
    if panel_type not in ANGULAR_PANEL_TYPES:
        return None
    from tailboard.dashboards.passes.modernize.angular import ANGULAR_CONVERSIONS

    return ANGULAR_CONVERSIONS[str(panel_type)]


def _modernize_core_panel(panel: Panel) -> Panel:
    fields = {
        key: value for key, value in panel.items() if key in PANEL_FIELDS and value is not None
    }
    for key, default in PANEL_DEFAULTS.items():
        if fields.get(key) == default:
            del fields[key]
    if not fields.get("repeat"):
        for key in ("repeat", "repeatDirection", "maxPerRow"):
            fields.pop(key, None)
    _modernize_queries(fields)
    modernize_fields(fields)
    _modernize_legend(fields)
    return fields


def modernize_fields(panel: Panel) -> None:
    """Change a panel's field options in place; without any, `fieldConfig` is removed."""
    config = panel.get("fieldConfig") or {}
    panel["fieldConfig"] = config
    defaults = config["defaults"] = config.get("defaults") or {}
    overrides = config["overrides"] = config.get("overrides") or []
    _modernize_custom(panel["type"], defaults)
    properties = [
        field_property
        for override in overrides
        for field_property in override.get("properties") or []
    ]
    for field_property in properties:
        if field_property.get("id") in FIELD_REPAIRS and field_property.get("value"):
            field_property["value"] = FIELD_REPAIRS[field_property["id"]](field_property["value"])
    for name, repair in FIELD_REPAIRS.items():
        if defaults.get(name):
            defaults[name] = repair(defaults[name])
    for key in [name for name, value in defaults.items() if value in ("", [], {}) or value is None]:
        del defaults[key]
    if not defaults and not overrides:
        del panel["fieldConfig"]


def is_promql_query(query: Mapping[str, Any], panel: Mapping[str, Any]) -> bool:
    """Whether `expr` is PromQL; queries of Loki have that field too."""
    datasource = query.get("datasource") or panel.get("datasource")
    kind = datasource.get("type") if isinstance(datasource, dict) else None
    return (
        bool(query.get("expr")) and kind in PROMQL_DATASOURCE_TYPES and panel.get("type") != "logs"
    )


def _modernize_row(row: Panel) -> Panel:
    fields = {key: row[key] for key in ("gridPos", "id", "title") if row.get(key) is not None}
    if row.get("repeat"):
        fields["repeat"] = row["repeat"]
    return {
        **fields,
        "collapsed": bool(row.get("collapsed")),
        "panels": row.get("panels") or [],
        "type": "row",
    }


def _modernize_plugin_panel(panel: Panel) -> Panel:
    """A plugin's panel, a library panel or a table of Grafana 6 keeps its fields but for nulls."""
    fields = {key: value for key, value in panel.items() if value is not None}
    fields.setdefault("type", LIBRARY_PANEL_TYPE)
    if fields.get("targets"):
        _modernize_queries(fields)
    return fields


def _modernize_queries(panel: Panel) -> None:
    queries = panel.get("targets") or []
    if not queries:
        panel.pop("targets", None)
        if not panel.get("datasource"):
            panel.pop("datasource", None)
        return
    promql_flags = [is_promql_query(query, panel) for query in queries]
    panel["datasource"] = modernize_datasource(
        panel.get("datasource"), prometheus=all(promql_flags)
    )
    if panel["datasource"] is None:
        del panel["datasource"]
    panel["targets"] = [
        _modernize_promql_query(query) if is_promql else _modernize_other_query(query)
        for query, is_promql in zip(queries, promql_flags, strict=True)
    ]


def _modernize_promql_query(query: Panel) -> Panel:
    """A PromQL query: instant or over the range, both only where `range` is set too."""
    fields = {
        key: value
        for key, value in query.items()
        if value is not None and QUERY_DEFAULTS.get(key, ...) != value
    }
    if fields.get("query") == fields["expr"]:
        del fields["query"]
    if fields.get("intervalFactor") == 1:
        del fields["intervalFactor"]
    if fields.get("datasource"):
        fields["datasource"] = modernize_datasource(fields["datasource"], prometheus=True)
    instant = bool(fields.pop("instant", False))
    if instant and not fields.get("range"):
        return {"editorMode": "code", **fields, "instant": True, "range": False}
    return {"editorMode": "code", "range": True, **({"instant": True} if instant else {}), **fields}


def _modernize_other_query(query: Panel) -> Panel:
    """A query of another language, without the fields that grafanalib adds for Prometheus."""
    fields = {key: value for key, value in query.items() if value is not None and value != ""}
    if fields.get("query") == fields.get("expr"):
        fields.pop("query", None)
    if isinstance(fields.get("datasource"), str):
        fields["datasource"] = modernize_datasource(fields["datasource"], prometheus=False)
    return fields


def _modernize_custom(panel_type: str, defaults: Panel) -> None:
    custom = defaults.get("custom") or {}
    for key, choices in CUSTOM_CHOICES.items():
        if key in custom and custom[key] not in choices:
            raise DefinitionError(
                f"{key} is {custom[key]!r}", tip=suggest_name(str(custom[key]), choices)
            )
    if panel_type in STATE_TYPES:
        return
    type_defaults = LINE_CUSTOM_DEFAULTS if panel_type in LINE_TYPES else CUSTOM_DEFAULTS
    defaults["custom"] = {
        key: value for key, value in custom.items() if type_defaults.get(key, ...) != value
    }


def _modernize_legend(panel: Panel) -> None:
    """Since Grafana 9.2 a legend is hidden by `showLegend`, no longer by a display mode."""
    legend = (panel.get("options") or {}).get("legend") or {}
    if legend.get("displayMode") == "hidden":
        legend |= {"displayMode": "list", "showLegend": False}
    elif "displayMode" in legend:
        legend.setdefault("showLegend", True)


def _repair_thresholds(thresholds: Panel) -> Panel:
    """grafanalib writes the lowest step's value as the string "null", and no steps as ""."""
    old_steps = thresholds.get("steps") or []
    for step in old_steps[1:]:
        if isinstance(step.get("value"), str):
            raise DefinitionError(
                f"the threshold {step.get('color')!r} has no value",
                tip="grafanalib drops that of a threshold with index 0; count them up.",
            )
    steps = [
        {"color": step.get("color"), "value": None if index == 0 else step.get("value")}
        for index, step in enumerate(old_steps)
    ]
    return {**thresholds, "steps": steps} if steps else {}


def _convert_mappings(mappings: list[Panel]) -> list[Panel]:
    """Value mappings of Grafana 7 become those of Grafana 8."""
    value_options: Panel = {}
    converted_mappings = []
    for index, mapping in enumerate(mappings):
        result = {"index": index, "text": mapping.get("text", "")}
        if "options" in mapping:
            converted_mappings.append(mapping)
        elif mapping.get("value") == "null":
            converted_mappings.append(
                {"type": "special", "options": {"match": "null", "result": result}}
            )
        elif mapping.get("value") not in (None, ""):
            value_options[str(mapping["value"])] = result
        else:
            limits = {
                "from": _parse_number(mapping.get("from")),
                "to": _parse_number(mapping.get("to")),
            }
            converted_mappings.append({"type": "range", "options": {**limits, "result": result}})
    return (
        [{"type": "value", "options": value_options}, *converted_mappings]
        if value_options
        else converted_mappings
    )


FIELD_REPAIRS: dict[str, Callable[[Any], Any]] = {
    "mappings": _convert_mappings,
    "thresholds": _repair_thresholds,
}


def _parse_number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
