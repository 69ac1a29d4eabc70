"""The database as the service sees it: which operation on which table to look at first."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import database as panels_database
from tailboard.panels import latency
from tailboard.panels.service import Service


def database(service: Service) -> Dashboard:
    """From a slow service to the missing index: percentiles by operation and table."""
    return framed(service, "database", "Database", _rows, description=str(database.__doc__))


def _rows(service: Service) -> list[Row]:
    queries = feasible(
        service,
        panels_database.by_table,
        panels_database.percentiles,
        panels_database.slowest,
    )
    load = feasible(
        service,
        panels_database.rate,
        panels_database.mean,
        panels_database.heatmap,
        panels_database.pool,
        panels_database.failures,
    )
    if not queries and not load:
        return []
    return filled(
        Row("Slow queries", queries),
        Row("Load", load),
        Row("What users feel of it", feasible(service, latency.mean_beside_p99, latency.by_route)),
    )
