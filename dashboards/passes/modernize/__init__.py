"""The pass that brings a document into the form that a current Grafana stores.

grafanalib writes dashboards as Grafana 3 read them, with the fields of every version since beside
each other. What is repaired here is listed field by field, so that nothing else is touched.
"""

from copy import copy, deepcopy
from typing import Any

from tailboard.dashboards.annotations import BUILT_IN_ANNOTATION
from tailboard.dashboards.passes.modernize.datasources import convert_inputs
from tailboard.dashboards.passes.modernize.panel import (
    drop_grafanalib_defaults,
    modernize_datasource,
    modernize_panel,
)
from tailboard.dashboards.passes.read import GRAFANALIB_SCHEMA
from tailboard.dashboards.variables import DATASOURCE, datasource

Document = dict[str, Any]

SCHEMA_VERSION = 42
"""The newest schema of Grafana 12.4; an older Grafana reads it as its own newest."""

OBSOLETE_FIELDS = (
    "__elements",
    "__requires",
    "gnetId",
    "hideControls",
    "id",
    "iteration",
    "originalTitle",
    "rows",
    "sharedCrosshair",
    "style",
    "version",
)
OPTIONAL_FIELDS = ("__inputs", "description")
DATASOURCE_REFERENCES = (f"${{{DATASOURCE}}}", f"${DATASOURCE}", f"[[{DATASOURCE}]]")
FIRST_GRID_SCHEMA = 16
"""The first schema with a grid; what is older is made anew here, so that it is current."""
GRAFANA_DEFAULTS: Document = {"fiscalYearStartMonth": 0, "links": [], "weekStart": ""}
"""What Grafana itself adds when it stores a document without it."""

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
"""What Grafana's editor begins with; a Grafana 12 that finds no count takes a year for a step."""
VARIABLE_DEFAULTS = {
    "allValue": "",
    "current": {},
    "hide": 0,
    "label": "",
    "options": [],
    "regex": "",
}


def modernize_document(document: Document) -> None:
    """Repair a document in place: dead fields, data sources by name, panels of old kinds."""
    convert_inputs(document)
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
    schema = document.get("schemaVersion", GRAFANALIB_SCHEMA)
    document["panels"] = _modernize_panels(
        document, has_grafanalib_defaults=schema == GRAFANALIB_SCHEMA
    )
    _modernize_annotations(document)
    _modernize_variables(document)
    _modernize_times(document)
    document["schemaVersion"] = schema if schema >= FIRST_GRID_SCHEMA else SCHEMA_VERSION


def _modernize_panels(document: Document, *, has_grafanalib_defaults: bool) -> list[Document]:
    """The panels, those of an open row after it: Grafana does not draw what an open row holds.

    A `noisy` document has grafanalib's defaults in it, which nobody chose.
    """
    panels: list[Document] = []
    for panel in document.get("panels") or []:
        children = panel.get("panels") or [] if panel.get("type") == "row" else []
        for repaired_panel in (panel, *children) if has_grafanalib_defaults else ():
            drop_grafanalib_defaults(repaired_panel)
        modern_panel = modernize_panel(panel)
        modern_children = [modernize_panel(child) for child in children]
        if modern_panel.get("collapsed"):
            panels.append({**modern_panel, "panels": modern_children})
        else:
            panels += [
                {**modern_panel, "panels": []} if children else modern_panel,
                *modern_children,
            ]
    return panels


def _modernize_variables(document: Document) -> None:
    """Each document has the variable that our panels refer to."""
    old_variables = list((document.get("templating") or {}).get("list") or [])
    variables = [_modernize_variable(variable) for variable in old_variables]
    document["templating"] = {"list": variables}
    if not any(
        variable.get("name") == DATASOURCE for variable in variables
    ) and _has_datasource_reference(document):
        variables.insert(0, datasource())


def _has_datasource_reference(value: Any) -> bool:
    """Whether something reads the Prometheus that our variable chooses."""
    if isinstance(value, dict):
        return any(_has_datasource_reference(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_datasource_reference(item) for item in value)
    return isinstance(value, str) and value in DATASOURCE_REFERENCES


def _modernize_variable(variable: Document) -> Document:
    fields = {key: value for key, value in variable.items() if key not in OBSOLETE_VARIABLE_FIELDS}
    if variable.get("auto"):
        fields |= {
            key: variable.get(key) or default for key, default in AUTO_INTERVAL_DEFAULTS.items()
        }
    if fields.get("type") == "query":
        fields.pop("options", None)  # Grafana asks for them
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
    """What is chosen at first: a list where several values can be."""
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


def _modernize_annotations(document: Document) -> None:
    """The built-in query first, where Grafana would add it itself."""
    queries = list((document.get("annotations") or {}).get("list") or [])
    for query in queries:
        if query.get("datasource") is not None or query.get("expr"):
            prometheus = bool(query.get("expr"))
            query["datasource"] = modernize_datasource(
                query.get("datasource"), prometheus=prometheus
            )
    if not any(query.get("builtIn") for query in queries):
        queries.insert(0, deepcopy(BUILT_IN_ANNOTATION))
    document["annotations"] = {"list": queries}


def _modernize_times(document: Document) -> None:
    """`refresh` is a string, and Grafana's own choice of intervals needs no mention."""
    if not isinstance(document.get("refresh"), str):
        document["refresh"] = ""
    timepicker = document.get("timepicker") or {}
    modern_timepicker = {
        key: value for key, value in timepicker.items() if value not in (None, False)
    }
    modern_timepicker.pop("time_options", None)
    if modern_timepicker.get("refresh_intervals") in (None, *DEFAULT_REFRESH_INTERVALS):
        modern_timepicker.pop("refresh_intervals", None)
    document["timepicker"] = modern_timepicker


DEFAULT_REFRESH_INTERVALS = (["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],)
