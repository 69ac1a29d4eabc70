"""The dependencies of a service: caches, PostgreSQL, other services."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import dependencies as panels_dependencies
from tailboard.panels.service import Service


def dependencies(service: Service) -> Dashboard:
    """Whether it is us or somebody else: Redis, PostgreSQL and the calls that go out."""
    return build_service_dashboard(
        service, "dependencies", "Dependencies", _build_rows, description=str(dependencies.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        Row("Is it there?", apply_feasible_builders(service, panels_dependencies.reachable)),
        Row(
            "Calls to others",
            apply_feasible_builders(
                service,
                panels_dependencies.outgoing_latency,
                panels_dependencies.outgoing_failures,
                panels_dependencies.outgoing_rate,
            ),
        ),
        Row(
            "Cache",
            apply_feasible_builders(
                service,
                panels_dependencies.redis_latency,
                panels_dependencies.cache_hit_ratio,
                panels_dependencies.redis_memory,
            ),
        ),
        Row(
            "PostgreSQL",
            apply_feasible_builders(
                service,
                panels_dependencies.postgres_connections,
                panels_dependencies.postgres_cache_hits,
                panels_dependencies.postgres_transactions,
            ),
        ),
    )
