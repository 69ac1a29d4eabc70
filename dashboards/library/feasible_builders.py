"""Which ready-made panels a service can feed."""

from collections.abc import Callable
from typing import Any

from tailboard.dashboards.dashboard import Row
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.service import Service


def apply_feasible_builders(service: Service, *builders: Callable[[Service], Any]) -> list[Any]:
    """The panels whose metrics the service's convention has; the others are left out."""
    panels = []
    for builder in builders:
        try:
            panels.append(builder(service))
        except MissingMetricError:
            continue
    return panels


def drop_empty_rows(*rows: Row) -> list[Row]:
    """The rows that have a panel left."""
    return [row for row in rows if row.panels]
