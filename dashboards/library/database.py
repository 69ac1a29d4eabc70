"""The service's database queries by operation and table."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import database as panels_database
from tailboard.panels import latency
from tailboard.panels.service import Service


def database(service: Service) -> Dashboard:
    """From a slow service to the missing index: percentiles by operation and table."""
    return build_service_dashboard(
        service, "database", "Database", _build_rows, description=str(database.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    query_panels = apply_feasible_builders(
        service,
        panels_database.by_table,
        panels_database.percentiles,
        panels_database.slowest,
    )
    load_panels = apply_feasible_builders(
        service,
        panels_database.rate,
        panels_database.mean,
        panels_database.heatmap,
        panels_database.pool,
        panels_database.failures,
    )
    if not query_panels and not load_panels:
        return []
    return strip_empty_rows(
        Row("Slow queries", query_panels),
        Row("Load", load_panels),
        Row(
            "What users feel of it",
            apply_feasible_builders(service, latency.mean_beside_p99, latency.by_route),
        ),
    )
