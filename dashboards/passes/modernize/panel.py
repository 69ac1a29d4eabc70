"""One panel in the form that a current Grafana stores: no dead fields, no nulls, no defaults."""

from typing import Any

from tailboard.dashboards.passes.check import check_fields
from tailboard.dashboards.passes.modernize.angular import ANGULAR_CONVERSIONS
from tailboard.dashboards.passes.modernize.fields import modernize_fields
from tailboard.dashboards.passes.modernize.options import OPTION_REPAIRS
from tailboard.dashboards.variables import PROMETHEUS
from tailboard.panels.definition_error import locate_errors

Panel = dict[str, Any]

PANEL_FIELDS = frozenset(
    "cacheTimeout collapsed datasource description fieldConfig gridPos height hideTimeOverride id "
    "interval libraryPanel links maxDataPoints maxPerRow options panels pluginVersion "
    "queryCachingTTL repeat "
    "repeatDirection span targets timeCompare timeFrom timeShift title transformations "
    "transparent type".split()
)
"""What a panel of Grafana's own kinds may have at its top; plugins keep whatever they write."""

CORE_KINDS = frozenset(
    "alertlist annolist barchart bargauge candlestick canvas dashlist datagrid flamegraph gauge "
    "geomap heatmap histogram logs news nodeGraph piechart row stat state-timeline status-history "
    "table text timeseries traces trend xychart".split()
)
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
GRAFANALIB_PANEL_DEFAULTS: Panel = {"maxDataPoints": 100}
"""grafanalib draws 100 points on a screen of 2,000 pixels, unless told otherwise."""
GRAFANALIB_QUERY_DEFAULTS: Panel = {
    "format": "time_series",
    "hide": False,
    "instant": False,
    "intervalFactor": 2,
    "step": 10,
}

LIBRARY_PANEL_TYPE = "library-panel-ref"
"""What Grafana 12 calls a reference to a library panel; Grafana 10 gave it no type."""

PROMQL_DATASOURCE_TYPES = (None, "", "prometheus", "datasource")
"""Types of data sources whose `expr` is PromQL: ours, none, and a mixture of several."""


def drop_grafanalib_defaults(panel: Panel) -> None:
    """Take away what grafanalib says where its user said nothing."""
    for element, defaults in (
        (panel, GRAFANALIB_PANEL_DEFAULTS),
        *((query, GRAFANALIB_QUERY_DEFAULTS) for query in _list_queries(panel)),
    ):
        for key, value in defaults.items():
            if element.get(key) == value:
                del element[key]


def modernize_panel(panel: Panel) -> Panel:
    """The panel repaired; one of a kind that Grafana no longer has becomes its successor."""
    with locate_errors(f"panel {panel.get('title') or panel.get('type')!r}"):
        converted_panel = _convert_angular_panel(panel)
        if converted_panel.get("type") not in CORE_KINDS or converted_panel.get("styles"):
            return _modernize_plugin_panel(converted_panel)
        if converted_panel["type"] == "row":
            return _modernize_row(converted_panel)
        check_fields(converted_panel, is_angular=False)
        repair = OPTION_REPAIRS.get(converted_panel["type"])
        if repair:
            repair(converted_panel)
        return _modernize_core_panel(converted_panel)


def _convert_angular_panel(panel: Panel) -> Panel:
    convert = ANGULAR_CONVERSIONS.get(panel.get("type", ""))
    if convert is None:
        return panel
    check_fields(panel, is_angular=True)
    return convert(panel)


def modernize_datasource(value: Any, *, prometheus: bool) -> Any:
    """A data source by reference; what has none reads the Prometheus that the variable chooses.

    The name of another one stands where its uid would: Grafana looks for both.
    """
    if isinstance(value, dict) and (
        value.get("uid") or value.get("type") not in PROMQL_DATASOURCE_TYPES
    ):
        return value
    if isinstance(value, str) and value.startswith("$"):
        reference = {"uid": "${" + value.strip("${}") + "}"}
        return {"type": "prometheus", **reference} if prometheus else reference
    if isinstance(value, str) and value.startswith("-- "):
        kind = "grafana" if value == "-- Grafana --" else "datasource"
        return {"type": kind, "uid": value}
    if prometheus:
        return dict(PROMETHEUS)
    return {"uid": value} if isinstance(value, str) and value not in ("", "default") else None


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


def _modernize_legend(panel: Panel) -> None:
    """Since Grafana 9.2, a hidden legend is one that is not shown, and no display mode."""
    legend = (panel.get("options") or {}).get("legend") or {}
    if legend.get("displayMode") == "hidden":
        legend |= {"displayMode": "list", "showLegend": False}
    elif "displayMode" in legend:
        legend.setdefault("showLegend", True)


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
    """A plugin's panel, a library's or an old table keeps its own fields, with better queries."""
    fields = {key: value for key, value in panel.items() if value is not None}
    fields.setdefault("type", LIBRARY_PANEL_TYPE)
    if fields.get("targets"):
        _modernize_queries(fields)
    return fields


def _list_queries(panel: Panel) -> list[Panel]:
    return panel.get("targets") or []


def _modernize_queries(panel: Panel) -> None:
    queries = _list_queries(panel)
    if not queries:
        panel.pop("targets", None)
        if not panel.get("datasource"):
            panel.pop("datasource", None)
        return
    promql_flags = [_is_promql(query, panel) for query in queries]
    panel["datasource"] = modernize_datasource(
        panel.get("datasource"), prometheus=all(promql_flags)
    )
    if panel["datasource"] is None:
        del panel["datasource"]
    panel["targets"] = [
        _modernize_promql_query(query) if is_promql else _modernize_other_query(query)
        for query, is_promql in zip(queries, promql_flags, strict=True)
    ]


def _is_promql(query: Panel, panel: Panel) -> bool:
    """Loki's queries have an `expr` too."""
    datasource = query.get("datasource") or panel.get("datasource")
    kind = datasource.get("type") if isinstance(datasource, dict) else None
    return (
        bool(query.get("expr")) and kind in PROMQL_DATASOURCE_TYPES and panel.get("type") != "logs"
    )


def _modernize_promql_query(query: Panel) -> Panel:
    """A PromQL query: instant or over the range, and never both by accident."""
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
    """Another language's; what grafanalib adds for Prometheus means nothing there."""
    fields = {key: value for key, value in query.items() if value is not None and value != ""}
    if fields.get("query") == fields.get("expr"):
        fields.pop("query", None)
    if isinstance(fields.get("datasource"), str):
        fields["datasource"] = modernize_datasource(fields["datasource"], prometheus=False)
    return fields
