"""The pass that brings a document into the form that a current Grafana stores.

grafanalib writes dashboards as Grafana 3 read them, with the fields of every version since beside
each other. What is repaired here is listed field by field, so that nothing else is touched.
"""

from copy import copy, deepcopy
from typing import Any

from tailboard.dashboards.annotations import BUILT_IN
from tailboard.dashboards.passes.inputs import fill_in
from tailboard.dashboards.passes.modern_panel import (
    forget_defaults,
    modern_datasource,
    modernise_panel,
)
from tailboard.dashboards.passes.source import GRAFANALIB_SCHEMA
from tailboard.dashboards.variables import DATASOURCE, datasource

Document = dict[str, Any]

SCHEMA_VERSION = 42
"""The newest schema of Grafana 12.4; an older Grafana reads it as its own newest."""

DEAD = (
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
EMPTY = ("__inputs", "description")
REFERENCES = (f"${{{DATASOURCE}}}", f"${DATASOURCE}", f"[[{DATASOURCE}]]")
FIRST_GRID = 16
"""The first schema with a grid; what is older is made anew here, so that it is current."""
ADDED: Document = {"fiscalYearStartMonth": 0, "links": [], "weekStart": ""}
"""What Grafana itself adds when it stores a document without it."""

PROMETHEUS_FUNCTIONS = ("label_names(", "label_values(", "metrics(", "query_result(")
VARIABLE_DEAD = ("auto", "auto_count", "auto_min", "tagValuesQuery", "tags", "tagsQuery", "useTags")
AUTOMATIC = {"auto": True, "auto_count": 30, "auto_min": "10s"}
"""What Grafana's editor begins with; a Grafana 12 that finds no count takes a year for a step."""
VARIABLE_EMPTY = {"allValue": "", "current": {}, "hide": 0, "label": "", "options": [], "regex": ""}


def modernise(document: Document) -> None:
    """Repair a document in place: dead fields, data sources by name, panels of old kinds."""
    fill_in(document)
    if document.get("sharedCrosshair"):
        document["graphTooltip"] = 1
    nulls = [name for name, value in document.items() if value is None]
    for name in (*DEAD, *nulls):
        document.pop(name, None)
    for name in EMPTY:
        if not document.get(name):
            document.pop(name, None)
    for name, value in ADDED.items():
        document.setdefault(name, copy(value))
    schema = document.get("schemaVersion", GRAFANALIB_SCHEMA)
    document["panels"] = _modern_panels(document, noisy=schema == GRAFANALIB_SCHEMA)
    _modernise_annotations(document)
    _modernise_variables(document)
    _modernise_times(document)
    document["schemaVersion"] = schema if schema >= FIRST_GRID else SCHEMA_VERSION


def _modern_panels(document: Document, *, noisy: bool) -> list[Document]:
    """The panels, those of an open row after it: Grafana does not draw what an open row holds.

    A `noisy` document has grafanalib's defaults in it, which nobody chose.
    """
    found: list[Document] = []
    for panel in document.get("panels") or []:
        children = panel.get("panels") or [] if panel.get("type") == "row" else []
        for it in (panel, *children) if noisy else ():
            forget_defaults(it)
        made = modernise_panel(panel)
        inner = [modernise_panel(child) for child in children]
        if made.get("collapsed"):
            found.append({**made, "panels": inner})
        else:
            found += [{**made, "panels": []} if children else made, *inner]
    return found


def _modernise_variables(document: Document) -> None:
    """Each document has the variable that our panels refer to."""
    found = list((document.get("templating") or {}).get("list") or [])
    variables = [_variable(variable) for variable in found]
    document["templating"] = {"list": variables}
    if not any(it.get("name") == DATASOURCE for it in variables) and _refers(document):
        variables.insert(0, datasource())


def _refers(value: Any) -> bool:
    """Whether something reads the Prometheus that our variable chooses."""
    if isinstance(value, dict):
        return any(_refers(item) for item in value.values())
    if isinstance(value, list):
        return any(_refers(item) for item in value)
    return isinstance(value, str) and value in REFERENCES


def _variable(variable: Document) -> Document:
    kept = {key: value for key, value in variable.items() if key not in VARIABLE_DEAD}
    if variable.get("auto"):
        kept |= {key: variable.get(key) or unsaid for key, unsaid in AUTOMATIC.items()}
    if kept.get("type") == "query":
        kept.pop("options", None)  # Grafana asks for them
        if kept.get("refresh") not in (1, 2):
            kept["refresh"] = 1
    if kept.get("type") == "query" or kept.get("datasource"):
        prometheus = _asks_prometheus(kept)
        kept["datasource"] = modern_datasource(kept.get("datasource"), prometheus=prometheus)
    kept["current"] = _chosen(kept)
    said = {k: v for k, v in kept.items() if VARIABLE_EMPTY.get(k, ...) != v and v is not None}
    return {"options": [], **said}


def _asks_prometheus(variable: Document) -> bool:
    """Whether a variable whose data source has only a name can be one of Prometheus'."""
    query = variable.get("query") or ""
    return isinstance(query, dict) or not query or str(query).startswith(PROMETHEUS_FUNCTIONS)


def _chosen(variable: Document) -> Document:
    """What is chosen at first: a list where several values can be."""
    current = {key: it for key, it in (variable.get("current") or {}).items() if key != "tags"}
    if current.get("value") in ((None, "", []) if variable.get("type") == "query" else (None, [])):
        return {}
    if variable.get("multi"):
        for key in ("text", "value"):
            if key in current and not isinstance(current[key], list):
                current[key] = [current[key]]
    return current


def _modernise_annotations(document: Document) -> None:
    """The built-in query first, where Grafana would add it itself."""
    found = list((document.get("annotations") or {}).get("list") or [])
    for query in found:
        if query.get("datasource") is not None or query.get("expr"):
            prometheus = bool(query.get("expr"))
            query["datasource"] = modern_datasource(query.get("datasource"), prometheus=prometheus)
    if not any(query.get("builtIn") for query in found):
        found.insert(0, deepcopy(BUILT_IN))
    document["annotations"] = {"list": found}


def _modernise_times(document: Document) -> None:
    """`refresh` is a string, and Grafana's own choice of intervals needs no mention."""
    if not isinstance(document.get("refresh"), str):
        document["refresh"] = ""
    given = document.get("timepicker") or {}
    picker = {key: value for key, value in given.items() if value not in (None, False)}
    picker.pop("time_options", None)
    if picker.get("refresh_intervals") in (None, *DEFAULT_INTERVALS):
        picker.pop("refresh_intervals", None)
    document["timepicker"] = picker


DEFAULT_INTERVALS = (["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],)
