"""What the service leans on: caches, PostgreSQL, other services."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import dependencies as panels_dependencies
from tailboard.panels.service import Service


def dependencies(service: Service) -> Dashboard:
    """Whether it is us or somebody else: Redis, PostgreSQL and the calls that go out."""
    return framed(
        service, "dependencies", "Dependencies", _rows, description=str(dependencies.__doc__)
    )


def _rows(service: Service) -> list[Row]:
    return filled(
        Row("Is it there?", feasible(service, panels_dependencies.reachable)),
        Row(
            "Calls to others",
            feasible(
                service,
                panels_dependencies.outgoing_latency,
                panels_dependencies.outgoing_failures,
                panels_dependencies.outgoing_rate,
            ),
        ),
        Row(
            "Cache",
            feasible(
                service,
                panels_dependencies.redis_latency,
                panels_dependencies.cache_hit_ratio,
                panels_dependencies.redis_memory,
            ),
        ),
        Row(
            "PostgreSQL",
            feasible(
                service,
                panels_dependencies.postgres_connections,
                panels_dependencies.postgres_cache_hits,
                panels_dependencies.postgres_transactions,
            ),
        ),
    )
