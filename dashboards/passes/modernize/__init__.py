"""Pass 3: bring a document into the form that a current Grafana stores.

grafanalib writes dashboards as Grafana 3 read them, with the fields of every version since beside
each other. What is changed is listed field by field; everything else is kept.
"""

from copy import copy
from typing import Any

from tailboard.dashboards.passes.modernize.datasources import (
    convert_inputs,
    declare_datasource,
    modernize_datasource,
)
from tailboard.dashboards.passes.modernize.panel import modernize_panel
from tailboard.dashboards.schema import (
    BUILT_IN_ANNOTATION,
    GRAFANA_DATASOURCE,
    GRAFANALIB_SCHEMA,
    ROW_INDEX,
    SCHEMA_VERSION,
)

Document = dict[str, Any]

FIRST_GRID_SCHEMA = 16
"""The first schema with a grid; a document of an older one gets the current version."""

OBSOLETE_FIELDS = (
    "__elements",
    "__requires",
    "gnetId",
    "hideControls",
    "id",
    "iteration",
    "originalTitle",
    "sharedCrosshair",
    "style",
    "version",
)
OPTIONAL_FIELDS = ("__inputs", "description")
GRAFANA_DEFAULTS: Document = {"fiscalYearStartMonth": 0, "links": [], "weekStart": ""}
"""Fields that Grafana adds when it stores a document without them."""

PROMETHEUS_FUNCTIONS = ("label_names(", "label_values(", "metrics(", "query_result(")
OBSOLETE_VARIABLE_FIELDS = (
    "auto",
    "auto_count",
    "auto_min",
    "tagValuesQuery",
    "tags",
    "tagsQuery",
    "useTags",
)
AUTO_INTERVAL_DEFAULTS = {"auto": True, "auto_count": 30, "auto_min": "10s"}
"""The defaults of Grafana's editor; Grafana 12 without a count makes the step one year."""
VARIABLE_DEFAULTS = {
    "allValue": "",
    "current": {},
    "hide": 0,
    "label": "",
    "options": [],
    "regex": "",
}
DEFAULT_REFRESH_INTERVALS = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]


def modernize_document(document: Document) -> None:
    """Change a document in place: rows, dead fields, data sources, panels of removed types."""
    _convert_rows(document)
    convert_inputs(document)
    _strip_obsolete_fields(document)
    _modernize_schema(document)
    _modernize_annotations(document)
    _modernize_variables(document)
    declare_datasource(document)
    _modernize_times(document)


def _convert_rows(document: Document) -> None:
    """The rows of Grafana 4 become row panels, which stand above the other panels."""
    rows = document.pop("rows", None) or []
    panels = [panel for index, row in enumerate(rows) for panel in _convert_row(row, index)]
    document["panels"] = [*panels, *(document.get("panels") or [])]


def _convert_row(row: Document, index: int) -> list[Document]:
    """A row panel with the row's panels in it; only the panels of a row without a heading."""
    panels: list[Document] = row.get("panels") or []
    has_positions = any(_has_position(panel) for panel in panels)
    for panel in panels:
        if has_positions:
            panel[ROW_INDEX] = index
        if panel.get("height") is None:
            panel["height"] = row.get("height")
    collapsed, repeat = bool(row.get("collapse")), row.get("repeat") or ""
    if not collapsed and not repeat and not row.get("showTitle"):
        return panels
    return [
        {
            "collapsed": collapsed,
            "panels": panels,
            "repeat": repeat,
            "title": row.get("title") or "",
            "type": "row",
        }
    ]


def _has_position(panel: Document) -> bool:
    position = panel.get("gridPos") or {}
    return position.get("x") is not None and position.get("y") is not None


def _strip_obsolete_fields(document: Document) -> None:
    if document.get("sharedCrosshair"):
        document["graphTooltip"] = 1
    null_names = [name for name, value in document.items() if value is None]
    for name in (*OBSOLETE_FIELDS, *null_names):
        document.pop(name, None)
    for name in OPTIONAL_FIELDS:
        if not document.get(name):
            document.pop(name, None)
    for name, value in GRAFANA_DEFAULTS.items():
        document.setdefault(name, copy(value))


def _modernize_schema(document: Document) -> None:
    """The panels in their current form, and the version of the schema that says so."""
    schema = document.get("schemaVersion", GRAFANALIB_SCHEMA)
    has_grafanalib_defaults = schema == GRAFANALIB_SCHEMA
    document["panels"] = [
        modern_panel
        for panel in document["panels"]
        for modern_panel in _flatten_row(panel, has_grafanalib_defaults=has_grafanalib_defaults)
    ]
    document["schemaVersion"] = schema if schema >= FIRST_GRID_SCHEMA else SCHEMA_VERSION


def _flatten_row(panel: Document, *, has_grafanalib_defaults: bool) -> list[Document]:
    """A panel; after an open row its panels, since Grafana draws none that an open row holds."""
    children = (panel.get("panels") or []) if panel.get("type") == "row" else []
    modern_panel, *modern_children = (
        modernize_panel(old_panel, has_grafanalib_defaults=has_grafanalib_defaults)
        for old_panel in (panel, *children)
    )
    if not children:
        return [modern_panel]
    if modern_panel.get("collapsed"):
        return [{**modern_panel, "panels": modern_children}]
    return [{**modern_panel, "panels": []}, *modern_children]


def _modernize_annotations(document: Document) -> None:
    """Data sources by reference; the built-in query first, where Grafana would add it itself."""
    queries = list((document.get("annotations") or {}).get("list") or [])
    for query in queries:
        if query.get("datasource") is not None or query.get("expr"):
            prometheus = bool(query.get("expr"))
            query["datasource"] = modernize_datasource(
                query.get("datasource"), prometheus=prometheus
            )
    if not any(query.get("builtIn") for query in queries):
        queries.insert(0, {**BUILT_IN_ANNOTATION, "datasource": dict(GRAFANA_DATASOURCE)})
    document["annotations"] = {"list": queries}


def _modernize_variables(document: Document) -> None:
    old_variables = (document.get("templating") or {}).get("list") or []
    document["templating"] = {"list": [_modernize_variable(variable) for variable in old_variables]}


def _modernize_variable(variable: Document) -> Document:
    fields = {key: value for key, value in variable.items() if key not in OBSOLETE_VARIABLE_FIELDS}
    if variable.get("auto"):
        fields |= {
            key: variable.get(key) or default for key, default in AUTO_INTERVAL_DEFAULTS.items()
        }
    if fields.get("type") == "query":
        fields.pop("options", None)  # Grafana queries them
        if fields.get("refresh") not in (1, 2):
            fields["refresh"] = 1
    if fields.get("type") == "query" or fields.get("datasource"):
        prometheus = _is_prometheus_variable(fields)
        fields["datasource"] = modernize_datasource(fields.get("datasource"), prometheus=prometheus)
    fields["current"] = _modernize_current(fields)
    chosen_fields = {
        key: value
        for key, value in fields.items()
        if VARIABLE_DEFAULTS.get(key, ...) != value and value is not None
    }
    return {"options": [], **chosen_fields}


def _is_prometheus_variable(variable: Document) -> bool:
    """Whether a variable whose data source has only a name can be one of Prometheus'."""
    query = variable.get("query") or ""
    return isinstance(query, dict) or not query or str(query).startswith(PROMETHEUS_FUNCTIONS)


def _modernize_current(variable: Document) -> Document:
    """The value that is selected at first: a list where several values can be."""
    current = {
        key: value for key, value in (variable.get("current") or {}).items() if key != "tags"
    }
    if current.get("value") in ((None, "", []) if variable.get("type") == "query" else (None, [])):
        return {}
    if variable.get("multi"):
        for key in ("text", "value"):
            if key in current and not isinstance(current[key], list):
                current[key] = [current[key]]
    return current


def _modernize_times(document: Document) -> None:
    """`refresh` becomes a string, and Grafana's default refresh intervals are left out."""
    if not isinstance(document.get("refresh"), str):
        document["refresh"] = ""
    timepicker = document.get("timepicker") or {}
    modern_timepicker = {
        key: value for key, value in timepicker.items() if value not in (None, False)
    }
    modern_timepicker.pop("time_options", None)
    if modern_timepicker.get("refresh_intervals") in (None, DEFAULT_REFRESH_INTERVALS):
        modern_timepicker.pop("refresh_intervals", None)
    document["timepicker"] = modern_timepicker
