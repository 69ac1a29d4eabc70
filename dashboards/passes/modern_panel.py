"""One panel in the form that a current Grafana stores: no dead fields, no nulls, no defaults."""

from typing import Any

from tailboard.dashboards.passes.angular import CONVERSIONS
from tailboard.dashboards.passes.fields import modernise_fields
from tailboard.dashboards.passes.repairs import REPAIRS
from tailboard.dashboards.passes.shape import check_fields
from tailboard.dashboards.variables import PROMETHEUS
from tailboard.panels.definition_error import inside

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
UNCHOSEN: Panel = {"maxDataPoints": 100}
"""grafanalib draws 100 points on a screen of 2,000 pixels, unless told otherwise."""
UNCHOSEN_QUERY: Panel = {
    "format": "time_series",
    "hide": False,
    "instant": False,
    "intervalFactor": 2,
    "step": 10,
}

LIBRARY_PANEL = "library-panel-ref"
"""What Grafana 12 calls a reference to a library panel; Grafana 10 gave it no type."""

PROMQL = (None, "", "prometheus", "datasource")
"""Types of data sources whose `expr` is PromQL: ours, none, and a mixture of several."""


def forget_defaults(panel: Panel) -> None:
    """Take away what grafanalib says where its user said nothing."""
    for it, unchosen in ((panel, UNCHOSEN), *((t, UNCHOSEN_QUERY) for t in _queries(panel))):
        for key, value in unchosen.items():
            if it.get(key) == value:
                del it[key]


def modernise_panel(panel: Panel) -> Panel:
    """The panel repaired; one of a kind that Grafana no longer has becomes its successor."""
    with inside(f"panel {panel.get('title') or panel.get('type')!r}"):
        converted = _converted(panel)
        if converted.get("type") not in CORE or converted.get("styles"):
            return _foreign(converted)
        if converted["type"] == "row":
            return _row(converted)
        check_fields(converted, old=False)
        repair = REPAIRS.get(converted["type"])
        if repair:
            repair(converted)
        return _core(converted)


def _converted(panel: Panel) -> Panel:
    convert = CONVERSIONS.get(panel.get("type", ""))
    if convert is None:
        return panel
    check_fields(panel, old=True)
    return convert(panel)


def modern_datasource(value: Any, *, prometheus: bool) -> Any:
    """A data source by reference; what has none reads the Prometheus that the variable chooses.

    The name of another one stands where its uid would: Grafana looks for both.
    """
    if isinstance(value, dict) and (value.get("uid") or value.get("type") not in PROMQL):
        return value
    if isinstance(value, str) and value.startswith("$"):
        named = {"uid": "${" + value.strip("${}") + "}"}
        return {"type": "prometheus", **named} if prometheus else named
    if isinstance(value, str) and value.startswith("-- "):
        kind = "grafana" if value == "-- Grafana --" else "datasource"
        return {"type": kind, "uid": value}
    if prometheus:
        return dict(PROMETHEUS)
    return {"uid": value} if isinstance(value, str) and value not in ("", "default") else None


def _core(panel: Panel) -> Panel:
    kept = {key: value for key, value in panel.items() if key in KEPT and value is not None}
    for key, default in DEFAULTS.items():
        if kept.get(key) == default:
            del kept[key]
    if not kept.get("repeat"):
        for key in ("repeat", "repeatDirection", "maxPerRow"):
            kept.pop(key, None)
    _modernise_queries(kept)
    modernise_fields(kept)
    _modernise_legend(kept)
    return kept


def _modernise_legend(panel: Panel) -> None:
    """Since Grafana 9.2, a hidden legend is one that is not shown, and no display mode."""
    legend = (panel.get("options") or {}).get("legend") or {}
    if legend.get("displayMode") == "hidden":
        legend |= {"displayMode": "list", "showLegend": False}
    elif "displayMode" in legend:
        legend.setdefault("showLegend", True)


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


def _foreign(panel: Panel) -> Panel:
    """A plugin's panel, a library's or an old table keeps its own fields, with better queries."""
    kept = {key: value for key, value in panel.items() if value is not None}
    kept.setdefault("type", LIBRARY_PANEL)
    if kept.get("targets"):
        _modernise_queries(kept)
    return kept


def _queries(panel: Panel) -> list[Panel]:
    return panel.get("targets") or []


def _modernise_queries(panel: Panel) -> None:
    queries = _queries(panel)
    if not queries:
        panel.pop("targets", None)
        if not panel.get("datasource"):
            panel.pop("datasource", None)
        return
    promql = [_is_promql(query, panel) for query in queries]
    panel["datasource"] = modern_datasource(panel.get("datasource"), prometheus=all(promql))
    if panel["datasource"] is None:
        del panel["datasource"]
    panel["targets"] = [
        _modern_query(query) if it else _other_query(query)
        for query, it in zip(queries, promql, strict=True)
    ]


def _is_promql(query: Panel, panel: Panel) -> bool:
    """Loki's queries have an `expr` too."""
    source = query.get("datasource") or panel.get("datasource")
    kind = source.get("type") if isinstance(source, dict) else None
    return bool(query.get("expr")) and kind in PROMQL and panel.get("type") != "logs"


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
        return {"editorMode": "code", **kept, "instant": True, "range": False}
    return {"editorMode": "code", "range": True, **({"instant": True} if instant else {}), **kept}


def _other_query(query: Panel) -> Panel:
    """Another language's; what grafanalib adds for Prometheus means nothing there."""
    kept = {key: value for key, value in query.items() if value is not None and value != ""}
    if kept.get("query") == kept.get("expr"):
        kept.pop("query", None)
    if isinstance(kept.get("datasource"), str):
        kept["datasource"] = modern_datasource(kept["datasource"], prometheus=False)
    return kept
