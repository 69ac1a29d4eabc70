"""The pass that brings a document into the form that a current Grafana stores.

grafanalib writes dashboards as Grafana 3 read them, with the fields of every version since beside
each other. What is repaired here is listed field by field, so that nothing else is touched.
"""

from typing import Any

from dashboards.annotations import BUILT_IN
from dashboards.modern_panel import modern_datasource, modernise_panel
from dashboards.plain import GRAFANALIB_SCHEMA
from dashboards.variables import DATASOURCE, datasource

Document = dict[str, Any]

SCHEMA_VERSION = 42
"""The newest schema of Grafana 12.4; an older Grafana reads it as its own newest."""

DEAD = (
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
EMPTY = ("__inputs", "description", "links")
VARIABLE_DEAD = ("auto", "auto_count", "auto_min", "tagValuesQuery", "tags", "tagsQuery", "useTags")
VARIABLE_EMPTY = {"allValue": "", "current": {}, "hide": 0, "label": "", "options": [], "regex": ""}


def modernise(document: Document) -> None:
    """Repair a document in place: dead fields, data sources by name, panels of old kinds."""
    if document.get("sharedCrosshair"):
        document["graphTooltip"] = 1
    for name in DEAD:
        document.pop(name, None)
    for name in EMPTY:
        if not document.get(name):
            document.pop(name, None)
    document["panels"] = [modernise_panel(panel) for panel in document.get("panels") or []]
    for row in document["panels"]:
        if row["type"] == "row" and row.get("panels"):
            row["panels"] = [modernise_panel(panel) for panel in row["panels"]]
    _modernise_variables(document)
    _modernise_annotations(document)
    _modernise_times(document)
    if document.get("schemaVersion", GRAFANALIB_SCHEMA) == GRAFANALIB_SCHEMA:
        document["schemaVersion"] = SCHEMA_VERSION


def _modernise_variables(document: Document) -> None:
    """Inputs of an export become data source variables; each document has the one we refer to."""
    variables = list((document.get("templating") or {}).get("list") or [])
    for entered in document.pop("__inputs", []):
        if entered.get("type") == "datasource":
            chosen = {**datasource(), "label": entered.get("label") or entered["name"]}
            chosen |= {"name": entered["name"], "query": entered.get("pluginId", "prometheus")}
            variables.insert(0, chosen)
    document.pop("__requires", None)
    variables = [_variable(variable) for variable in variables]
    if not any(variable.get("name") == DATASOURCE for variable in variables):
        variables.insert(0, datasource())
    document["templating"] = {"list": variables}


def _variable(variable: Document) -> Document:
    kept = {key: value for key, value in variable.items() if key not in VARIABLE_DEAD}
    if variable.get("auto"):
        kept |= {key: variable[key] for key in ("auto", "auto_count", "auto_min")}
    if kept.get("type") == "query":
        kept["datasource"] = modern_datasource(kept.get("datasource"), prometheus=True)
        kept.pop("options", None)
        kept.pop("current", None)
    elif not kept.get("datasource"):
        kept.pop("datasource", None)
    return {k: v for k, v in kept.items() if VARIABLE_EMPTY.get(k, ...) != v and v is not None}


def _modernise_annotations(document: Document) -> None:
    """The built-in query first, where Grafana would add it itself."""
    found = list((document.get("annotations") or {}).get("list") or [])
    for query in found:
        if query.get("datasource") is not None or query.get("expr"):
            prometheus = bool(query.get("expr"))
            query["datasource"] = modern_datasource(query.get("datasource"), prometheus=prometheus)
    if not any(query.get("builtIn") for query in found):
        found.insert(0, dict(BUILT_IN))
    document["annotations"] = {"list": found}


def _modernise_times(document: Document) -> None:
    """`refresh` is a string, and Grafana's own choice of intervals needs no mention."""
    if not isinstance(document.get("refresh"), str):
        document["refresh"] = ""
    picker = document.get("timepicker") or {}
    picker.pop("time_options", None)
    if picker.get("refresh_intervals") in (None, *DEFAULT_INTERVALS):
        picker.pop("refresh_intervals", None)
    document["timepicker"] = picker
    if not picker:
        del document["timepicker"]


DEFAULT_INTERVALS = (["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],)
