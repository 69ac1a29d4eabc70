"""The first pass: whatever a definition names becomes plain dictionaries, lists and numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

import attr
from grafanalib.core import Dashboard as GrafanalibDashboard

from tailboard.dashboards.dashboard import Dashboard, Row, validate_title
from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.dashboards.folder import (
    FOLDER_ANNOTATION,
    GRAFANA_FOLDER_ANNOTATION,
    UID_PREFIX,
    validate_folder,
)
from tailboard.dashboards.passes.check import check_shape
from tailboard.dashboards.passes.json_values import check_attributes, convert_panel, convert_value
from tailboard.panels.definition_error import DefinitionError, locate_errors

Document = dict[str, Any]

GRAFANALIB_SCHEMA = 12
"""The version that grafanalib writes into every dashboard, whatever form its panels have."""


def read_dashboard(dashboard: object) -> Document:
    """A new document of one of our dashboards, one of grafanalib's, or JSON already read."""
    if isinstance(dashboard, Dashboard):
        return _read_tailboard_dashboard(dashboard)
    if isinstance(dashboard, GrafanalibDashboard):
        return _read_grafanalib_dashboard(dashboard)
    if isinstance(dashboard, Mapping):
        return _read_json_dashboard(dashboard)
    raise DefinitionError(
        f"a {type(dashboard).__name__} is not a dashboard",
        tip="name a Dashboard of tailboard, a grafanalib Dashboard or a dashboard's JSON.",
    )


def read_folder(dashboard: object) -> str:
    """The folder that a dashboard names, or a resource of Grafana's API; nothing, if none."""
    if isinstance(dashboard, Dashboard):
        return dashboard.folder
    metadata = dashboard.get("metadata") if isinstance(dashboard, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(annotations, Mapping):
        return ""
    uid = annotations.get(GRAFANA_FOLDER_ANNOTATION)
    return validate_folder(
        annotations.get(FOLDER_ANNOTATION) or (f"{UID_PREFIX}{uid}" if uid else "")
    )


def _read_tailboard_dashboard(dashboard: Dashboard) -> Document:
    with locate_errors(f"dashboard {dashboard.title!r}"):
        document = {
            "annotations": {"list": convert_value(dashboard.annotations)},
            "description": convert_value(dashboard.description),
            "graphTooltip": 1,
            "links": convert_value(dashboard.links),
            "panels": [
                panel for row in _validate_list(dashboard.rows, "rows") for panel in _read_row(row)
            ],
            "refresh": dashboard.refresh,
            "tags": list(dashboard.tags),
            "templating": {"list": convert_value(dashboard.variables)},
            "time": {"from": dashboard.time_from, "to": "now"},
            "title": convert_value(dashboard.title),
            "uid": dashboard.uid,
            **convert_value(dashboard.extra),
        }
        check_shape(document)
        return document


def _read_row(row: object) -> list[Document]:
    """The panels of a row, after or within its heading."""
    if not isinstance(row, Row):
        raise DefinitionError(
            f"a {type(row).__name__} stands where a row is expected",
            tip='put panels into rows: rows=[Row("Golden signals", [panel, ...])].',
        )
    with locate_errors(f"row {row.title!r}"):
        children = [convert_panel(panel) for panel in _validate_list(row.panels, "panels")]
    if not row.title and not row.collapsed and not row.repeat:
        return children
    return _add_heading(
        convert_value(row.title), children, collapsed=row.collapsed, repeat=row.repeat
    )


def _add_heading(
    title: str, panels: list[Document], *, collapsed: bool, repeat: str
) -> list[Document]:
    """A heading, with the panels within it if it is collapsed, else after it."""
    heading: Document = {"collapsed": collapsed, "title": title, "type": "row"}
    if repeat:
        heading["repeat"] = repeat
    if collapsed:
        return [{**heading, "panels": panels}]
    return [{**heading, "panels": []}, *panels]


def _validate_list(value: object, name: str) -> Iterable[Any]:
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return value
    raise DefinitionError(
        f"`{name}` is a {type(value).__name__}, which is not a list", tip=f"write {name}=[...]."
    )


def _read_grafanalib_dashboard(dashboard: GrafanalibDashboard) -> Document:
    """grafanalib's dashboard with the rows and the panels: its own encoder drops one of them."""
    with locate_errors(f"dashboard {validate_title(dashboard.title)!r}"):
        check_attributes(dashboard)
        fields = convert_value(attr.evolve(dashboard, rows=[], panels=[]))
        rows = [panel for row in dashboard.rows for panel in _read_grafanalib_row(row)]
        document = {
            **fields,
            "panels": [*rows, *(convert_panel(panel) for panel in dashboard.panels)],
        }
        check_shape(document)
        return document


def _read_grafanalib_row(row: Any) -> list[Document]:
    """A row of Grafana 4, whose panels have a span of twelve and a height in pixels."""
    check_attributes(row)
    fields = convert_value(attr.evolve(row, panels=[]))
    return _convert_span_row({**fields, "panels": [convert_panel(panel) for panel in row.panels]})


def _convert_span_row(row: Document) -> list[Document]:
    """The panels of such a row, after or within its heading, if it has one."""
    children: list[Document] = row.get("panels") or []
    for child in children:
        if child.get("height") is None:
            child["height"] = row.get("height")
    collapsed, repeat = bool(row.get("collapse")), row.get("repeat") or ""
    if not collapsed and not repeat and not row.get("showTitle"):
        return children
    return _add_heading(row.get("title") or "", children, collapsed=collapsed, repeat=repeat)


def _read_json_dashboard(dashboard: Mapping[str, Any]) -> Document:
    """A dashboard's JSON, or the envelope in which Grafana's API answers it."""
    content = unwrap_dashboard(dashboard)
    title = content.get("title")
    if not isinstance(title, str) or not title.strip():
        raise DefinitionError(
            "the JSON is not a dashboard, or its title is empty",
            tip="export the dashboard from Grafana as classic JSON; it has a title at its top.",
        )
    with locate_errors(f"dashboard {title!r}"):
        keep_nulls = content.get("schemaVersion", GRAFANALIB_SCHEMA) != GRAFANALIB_SCHEMA
        document = convert_value(content, keep_nulls=keep_nulls)
        check_shape(document)
        rows = document.pop("rows", None) or []
        panels = [panel for row in rows for panel in _convert_span_row(row)]
        return {**document, "panels": [*panels, *(document.get("panels") or [])]}
