"""The overview of a service: availability, latency, errors, traffic."""

from functools import partial
from typing import Any

from grafanalib.core import Table

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    build_service_uid,
    strip_empty_rows,
)
from tailboard.panels import (
    batch,
    database,
    dependencies,
    errors,
    health,
    latency,
    llm,
    saturation,
    traffic,
    workers,
)
from tailboard.panels.concept import REQUESTS
from tailboard.panels.service import Service

MAX_ROUTES = 10
"""How many routes the overview lists; the dashboard of the routes has all of them."""


def overview(service: Service) -> Dashboard:
    """Golden signals first: numbers to read in a second, then the lines that explain them."""
    return build_service_dashboard(
        service, "overview", "Overview", _build_rows, description=str(overview.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        Row("Golden signals", _build_golden_signals(service)),
        Row(
            "Work",
            apply_feasible_builders(
                service, workers.backlog, workers.wait, workers.throughput, workers.failure_ratio
            ),
        ),
        Row(
            "Jobs",
            apply_feasible_builders(service, batch.last_success, batch.duration, batch.failures),
        ),
        Row(
            "Language models",
            apply_feasible_builders(
                service, llm.first_token, llm.failure_ratio, llm.queue, llm.tokens
            ),
        ),
        Row(
            "Health and saturation",
            apply_feasible_builders(
                service, saturation.cpu, saturation.memory, health.up, health.restarts
            ),
        ),
        Row(
            "Where it comes from",
            apply_feasible_builders(
                service,
                latency.by_route,
                latency.mean_by_route,
                errors.route_history,
                database.by_table,
                latency.heatmap,
            ),
        ),
        Row(
            "Dependencies",
            apply_feasible_builders(
                service,
                dependencies.redis_latency,
                dependencies.cache_hit_ratio,
                dependencies.postgres_connections,
                dependencies.outgoing_failures,
            ),
        ),
        Row(
            "Routes",
            apply_feasible_builders(
                service,
                _build_slowest_routes,
            ),
        ),
    )


def _build_slowest_routes(service: Service) -> Table:
    """The table of routes, in which a click opens what there is about one of them."""
    if service.one_dashboard:
        uid = build_service_uid(service, "overview")
        return latency.slowest_routes(service, detail=uid, detail_tab="routes", limit=MAX_ROUTES)
    uid = build_service_uid(service, "routes")
    return latency.slowest_routes(service, detail=uid, limit=MAX_ROUTES)


def _build_golden_signals(service: Service) -> list[Any]:
    """The panels of a service that answers requests; none of another service."""
    if not service.has_concepts(REQUESTS):
        return []
    return apply_feasible_builders(
        service,
        health.instances,
        partial(latency.current, fraction=0.5),
        partial(latency.current, fraction=0.95),
        partial(latency.current, fraction=0.99),
        errors.current,
        traffic.current,
        latency.percentiles,
        latency.instance_quantiles,
        latency.mean,
        errors.ratio,
        errors.client_ratio,
        traffic.by_status,
        latency.mean_beside_p99,
        traffic.in_flight,
    )
