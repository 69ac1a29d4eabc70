"""The first pass: whatever a definition names becomes plain dictionaries, lists and numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

import attr
from grafanalib.core import Dashboard as GrafanalibDashboard

from tailboard.dashboards.dashboard import Dashboard, Row, checked_title
from tailboard.dashboards.folder import BY_UID, GRAFANA_NOTE, NOTE, checked_folder
from tailboard.dashboards.passes.envelope import opened
from tailboard.dashboards.passes.plain import check_attributes, panel_of, plain
from tailboard.dashboards.passes.shape import check_shape
from tailboard.panels.definition_error import DefinitionError, inside

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


def folder_of(dashboard: object) -> str:
    """The folder that a dashboard names, or a resource of Grafana's API; nothing, if none."""
    if isinstance(dashboard, Dashboard):
        return dashboard.folder
    metadata = dashboard.get("metadata") if isinstance(dashboard, Mapping) else None
    noted = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(noted, Mapping):
        return ""
    uid = noted.get(GRAFANA_NOTE)
    return checked_folder(noted.get(NOTE) or (f"{BY_UID}{uid}" if uid else ""))


def _ours(dashboard: Dashboard) -> Document:
    with inside(f"dashboard {dashboard.title!r}"):
        made = {
            "annotations": {"list": plain(dashboard.annotations)},
            "description": plain(dashboard.description),
            "graphTooltip": 1,
            "links": plain(dashboard.links),
            "panels": [panel for row in _listed(dashboard.rows, "rows") for panel in _row(row)],
            "refresh": dashboard.refresh,
            "tags": list(dashboard.tags),
            "templating": {"list": plain(dashboard.variables)},
            "time": {"from": dashboard.time_from, "to": "now"},
            "title": plain(dashboard.title),
            "uid": dashboard.uid,
            **plain(dashboard.extra),
        }
        check_shape(made)
        return made


def _row(row: object) -> list[Document]:
    """The panels of a row, after or within its heading."""
    if not isinstance(row, Row):
        raise DefinitionError(
            f"a {type(row).__name__} stands where a row is expected",
            tip='put panels into rows: rows=[Row("Golden signals", [panel, ...])].',
        )
    with inside(f"row {row.title!r}"):
        children = [panel_of(panel) for panel in _listed(row.panels, "panels")]
    if not row.title and not row.collapsed and not row.repeat:
        return children
    return _headed(plain(row.title), children, collapsed=row.collapsed, repeat=row.repeat)


def _headed(
    title: str, children: list[Document], *, collapsed: bool, repeat: str
) -> list[Document]:
    """A heading, with the panels within it if it is collapsed, else after it."""
    heading: Document = {"collapsed": collapsed, "title": title, "type": "row"}
    if repeat:
        heading["repeat"] = repeat
    if collapsed:
        return [{**heading, "panels": children}]
    return [{**heading, "panels": []}, *children]


def _listed(value: object, name: str) -> Iterable[Any]:
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return value
    raise DefinitionError(
        f"`{name}` is a {type(value).__name__}, which is not a list", tip=f"write {name}=[...]."
    )


def _grafanalib(dashboard: GrafanalibDashboard) -> Document:
    """grafanalib's dashboard with the rows and the panels: its own encoder drops one of them."""
    with inside(f"dashboard {checked_title(dashboard.title)!r}"):
        check_attributes(dashboard)
        written = plain(attr.evolve(dashboard, rows=[], panels=[]))
        rows = [panel for row in dashboard.rows for panel in _span_row(row)]
        made = {**written, "panels": [*rows, *(panel_of(panel) for panel in dashboard.panels)]}
        check_shape(made)
        return made


def _span_row(row: Any) -> list[Document]:
    """A row of Grafana 4, whose panels have a span of twelve and a height in pixels."""
    check_attributes(row)
    written = plain(attr.evolve(row, panels=[]))
    return _old_row({**written, "panels": [panel_of(panel) for panel in row.panels]})


def _old_row(row: Document) -> list[Document]:
    """The panels of such a row, after or within its heading, if it has one."""
    children: list[Document] = row.get("panels") or []
    for child in children:
        if child.get("height") is None:
            child["height"] = row.get("height")
    collapsed, repeat = bool(row.get("collapse")), row.get("repeat") or ""
    if not collapsed and not repeat and not row.get("showTitle"):
        return children
    return _headed(row.get("title") or "", children, collapsed=collapsed, repeat=repeat)


def _json(dashboard: Mapping[str, Any]) -> Document:
    """A dashboard's JSON, or the envelope in which Grafana's API answers it."""
    found = opened(dashboard)
    title = found.get("title")
    if not isinstance(title, str) or not title.strip():
        raise DefinitionError(
            "the JSON is not a dashboard, or its title is empty",
            tip="export the dashboard from Grafana as classic JSON; it has a title at its top.",
        )
    with inside(f"dashboard {title!r}"):
        nulls = found.get("schemaVersion", GRAFANALIB_SCHEMA) != GRAFANALIB_SCHEMA
        document = plain(found, nulls=nulls)
        check_shape(document)
        rows = document.pop("rows", None) or []
        panels = [panel for row in rows for panel in _old_row(row)]
        return {**document, "panels": [*panels, *(document.get("panels") or [])]}
