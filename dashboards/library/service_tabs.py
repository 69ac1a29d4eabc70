"""All dashboards of a service as the tabs of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import build_service_uid
from tailboard.panels.service import Service

OPTIONAL_ROWS = frozenset(
    {("Dependencies", "Cache"), ("Dependencies", "Calls to others"), ("Dependencies", "PostgreSQL")}
)
"""Tabs and rows of what a service may not have: without data there is nothing to see.

Every other panel stays: that it has no data says that something is wrong.
"""

DESCRIPTION = "All about the service, a tab for each question; in Grafana 11 the tabs are rows."


def combine_dashboards(service: Service, dashboards: Sequence[Dashboard]) -> Dashboard:
    """One dashboard of which each of these is a tab; it has the uid of the overview."""
    rows = [
        _move_into_tab(row, dashboard.title.removeprefix(f"{service.title} / "))
        for dashboard in dashboards
        for row in dashboard.rows
    ]
    return replace(
        dashboards[0],
        title=service.title,
        uid=build_service_uid(service, "overview"),
        description=DESCRIPTION,
        rows=rows,
        variables=_merge_by_name(dashboard.variables for dashboard in dashboards),
        annotations=_merge_by_name(dashboard.annotations for dashboard in dashboards),
    )


def _move_into_tab(row: Row, tab: str) -> Row:
    return replace(row, tab=tab, hide_empty=(tab, row.title) in OPTIONAL_ROWS)


def _merge_by_name(
    lists: Iterable[Sequence[Mapping[str, Any]]],
) -> list[Mapping[str, Any]]:
    """The entries of all lists, the first of each name."""
    entries: dict[str, Mapping[str, Any]] = {}
    for entry in (entry for entries_list in lists for entry in entries_list):
        entries.setdefault(entry["name"], entry)
    return list(entries.values())
