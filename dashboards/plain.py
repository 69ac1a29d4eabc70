"""The first pass: whatever a definition names becomes plain dictionaries, lists and numbers."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import attr
from grafanalib.core import Dashboard as GrafanalibDashboard

from dashboards.dashboard import Dashboard, Row
from panels.definition_error import DefinitionError, did_you_mean, inside

Document = dict[str, Any]

GRAFANALIB_SCHEMA = 12
"""The version that grafanalib writes into every dashboard, whatever form its panels have."""


def document_of(dashboard: object) -> Document:
    """A new document of one of our dashboards, one of grafanalib's, or JSON already read."""
    if isinstance(dashboard, Dashboard):
        return _ours(dashboard)
    if isinstance(dashboard, GrafanalibDashboard):
        return _grafanalib(dashboard)
    if isinstance(dashboard, Mapping):
        return _json(dashboard)
    raise DefinitionError(
        f"a {type(dashboard).__name__} is not a dashboard",
        tip="name a Dashboard of tailboard, a grafanalib Dashboard or a dashboard's JSON.",
    )


def _ours(dashboard: Dashboard) -> Document:
    with inside(f"dashboard {dashboard.title!r}"):
        return {
            "annotations": {"list": plain(dashboard.annotations)},
            "description": dashboard.description,
            "graphTooltip": 1,
            "links": plain(dashboard.links),
            "panels": [panel for row in dashboard.rows for panel in _row(row)],
            "refresh": dashboard.refresh,
            "tags": list(dashboard.tags),
            "templating": {"list": plain(dashboard.variables)},
            "time": {"from": dashboard.time_from, "to": "now"},
            "title": dashboard.title,
            "uid": dashboard.uid,
            **plain(dashboard.extra),
        }


def _row(row: object) -> list[Document]:
    """The panels of a row, after or within its heading."""
    if not isinstance(row, Row):
        raise DefinitionError(
            f"a {type(row).__name__} stands where a row is expected",
            tip='put panels into rows: rows=[Row("Golden signals", [panel, ...])].',
        )
    with inside(f"row {row.title!r}"):
        children = [panel_of(panel) for panel in row.panels]
    if not row.title and not row.collapsed:
        return children
    heading: Document = {"collapsed": row.collapsed, "title": row.title, "type": "row"}
    if row.repeat:
        heading["repeat"] = row.repeat
    if row.collapsed:
        return [{**heading, "panels": children}]
    return [{**heading, "panels": []}, *children]


def panel_of(panel: object) -> Document:
    """A panel as a dictionary, from grafanalib or JSON."""
    with inside(f"panel {_title(panel)!r}"):
        found = plain(panel)
        if not isinstance(found, dict) or "type" not in found:
            raise DefinitionError(
                f"a {type(panel).__name__} is not a panel",
                tip="use a ready-made panel, a kind from panels.kinds or a grafanalib panel.",
            )
        return found


def _grafanalib(dashboard: GrafanalibDashboard) -> Document:
    """grafanalib's dashboard with the rows and the panels: its own encoder drops one of them."""
    with inside(f"dashboard {dashboard.title!r}"):
        written = plain(attr.evolve(dashboard, rows=[], panels=[]))
        rows = [panel for row in dashboard.rows for panel in _span_row(row)]
        return {**written, "panels": [*rows, *(panel_of(panel) for panel in dashboard.panels)]}


def _span_row(row: Any) -> list[Document]:
    """A row of Grafana 4, whose panels have a span of twelve and a height in pixels."""
    written = plain(attr.evolve(row, panels=[]))
    children = [panel_of(panel) for panel in row.panels]
    for child in children:
        child.setdefault("height", written.get("height"))
    if row.title is None:
        return children
    collapsed = bool(written.get("collapse"))
    heading = {"collapsed": collapsed, "title": row.title, "type": "row"}
    if written.get("repeat"):
        heading["repeat"] = written["repeat"]
    if collapsed:
        return [{**heading, "panels": children}]
    return [{**heading, "panels": []}, *children]


def _json(dashboard: Mapping[str, Any]) -> Document:
    """A dashboard's JSON, or the envelope in which Grafana's API answers it."""
    inner = dashboard.get("dashboard")
    document = plain(inner if isinstance(inner, Mapping) else dashboard, nulls=True)
    if not isinstance(document.get("title"), str) or not document["title"].strip():
        raise DefinitionError(
            "the JSON is not a dashboard, or its title is empty",
            tip="export the dashboard from Grafana as classic JSON; it has a title at its top.",
        )
    rows = document.pop("rows", None) or []
    panels = [panel for row in rows for panel in _json_row(row)]
    return {**document, "panels": [*panels, *(document.get("panels") or [])]}


def _json_row(row: Document) -> list[Document]:
    children: list[Document] = row.get("panels") or []
    for child in children:
        child.setdefault("height", row.get("height"))
    heading = {"collapsed": bool(row.get("collapse")), "title": row.get("title", ""), "type": "row"}
    if heading["collapsed"]:
        return [{**heading, "panels": children}]
    return [{**heading, "panels": []}, *children] if row.get("showTitle", True) else children


def plain(value: Any, *, nulls: bool = False) -> Any:
    """The value without any class of grafanalib's; nothing that JSON cannot say is left.

    A null of grafanalib's says nothing and is dropped; one in somebody's JSON may say something.
    """
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, Mapping):
        return {
            str(key): plain(item, nulls=nulls)
            for key, item in value.items()
            if item is not None or nulls or key == "value"
        }
    if isinstance(value, list | tuple):
        return [plain(item, nulls=nulls) for item in value]
    if hasattr(value, "to_json_data"):
        _check_attributes(value)
        return plain(value.to_json_data(), nulls=nulls)
    raise DefinitionError(
        f"{value!r} is a {type(value).__name__}, which JSON cannot say",
        tip="use strings, numbers, lists, dictionaries and grafanalib objects.",
    )


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise DefinitionError(
            f"a number is {value!r}, which JSON cannot say",
            tip="look for a threshold or limit that was computed.",
        )
    return value


def _check_attributes(value: object) -> None:
    """Find the misspelt attribute: grafanalib's classes take any assignment without a word."""
    known = _attribute_names(type(value))  # type: ignore[arg-type]  # a class is hashable
    if not known:
        return
    for name in vars(value):
        if name not in known and not name.startswith("_"):
            raise DefinitionError(
                f"a {type(value).__name__} has no field {name!r}", tip=did_you_mean(name, known)
            )


@cache
def _attribute_names(kind: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in attr.fields(kind)) if attr.has(kind) else frozenset()


def _title(panel: object) -> str:
    title = panel.get("title") if isinstance(panel, Mapping) else getattr(panel, "title", None)
    return str(title or type(panel).__name__)
