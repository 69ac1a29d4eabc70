"""Latency, errors and traffic by route."""

from functools import partial

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import errors, latency, traffic
from tailboard.panels.service import Service


def routes(service: Service) -> Dashboard:
    """Every route's latency, errors and traffic; choose some with the variable at the top."""
    return build_service_dashboard(
        service,
        "routes",
        "Routes",
        _build_rows,
        description=str(routes.__doc__),
        has_route_variable=True,
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        Row("Slowest routes", apply_feasible_builders(service, latency.slowest_routes)),
        Row(
            "Latency",
            apply_feasible_builders(
                service,
                partial(latency.by_route, fraction=0.5),
                partial(latency.by_route, fraction=0.95),
                partial(latency.by_route, fraction=0.99),
                latency.mean_by_route,
                latency.instance_quantiles,
                latency.percentiles,
                latency.heatmap,
                latency.apdex,
            ),
        ),
        Row(
            "Errors",
            apply_feasible_builders(
                service,
                errors.route_history,
                errors.by_route,
                errors.client_ratio,
                errors.exceptions,
            ),
        ),
        Row(
            "Traffic",
            apply_feasible_builders(
                service, traffic.by_route, traffic.by_method, traffic.by_status
            ),
        ),
    )
