"""The service at a glance: is it there, is it fast, does it fail, how much comes in."""

from functools import partial
from typing import Any

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed, uid
from tailboard.panels import (
    batch,
    database,
    dependencies,
    errors,
    health,
    latency,
    saturation,
    traffic,
    workers,
)
from tailboard.panels.concept import REQUESTS
from tailboard.panels.service import Service


def overview(service: Service) -> Dashboard:
    """Golden signals first: numbers to read in a second, then the lines that explain them."""
    return framed(service, "overview", "Overview", _rows, description=str(overview.__doc__))


def _rows(service: Service) -> list[Row]:
    return filled(
        Row("Golden signals", _golden_signals(service)),
        Row(
            "Work",
            feasible(
                service, workers.backlog, workers.wait, workers.throughput, workers.failure_ratio
            ),
        ),
        Row("Jobs", feasible(service, batch.last_success, batch.duration, batch.failures)),
        Row(
            "Where it comes from",
            feasible(service, latency.by_route, errors.route_history, database.by_table),
        ),
        Row(
            "Dependencies",
            feasible(
                service,
                dependencies.redis_latency,
                dependencies.cache_hit_ratio,
                dependencies.postgres_connections,
                dependencies.outgoing_failures,
            ),
        ),
        Row(
            "Routes",
            feasible(service, partial(latency.slowest_routes, detail=uid(service, "routes"))),
        ),
        Row(
            "Health and saturation",
            feasible(service, health.up, health.restarts, saturation.cpu, saturation.memory),
            collapsed=service.has(REQUESTS),
        ),
    )


def _golden_signals(service: Service) -> list[Any]:
    """Of a service that answers requests; of others, their work is what matters first."""
    if not service.has(REQUESTS):
        return []
    return feasible(
        service,
        health.instances,
        partial(latency.current, fraction=0.5),
        partial(latency.current, fraction=0.95),
        partial(latency.current, fraction=0.99),
        errors.current,
        traffic.current,
        latency.percentiles,
        errors.ratio,
        traffic.by_status,
        latency.mean_beside_p99,
        latency.heatmap,
        traffic.in_flight,
    )
