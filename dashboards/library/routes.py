"""One route at a time: which endpoint is slow, which one fails, since when."""

from functools import partial

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import errors, latency, traffic
from tailboard.panels.service import Service


def routes(service: Service) -> Dashboard:
    """Every route's latency, errors and traffic; choose some with the variable at the top."""
    return framed(service, "routes", "Routes", _rows, description=str(routes.__doc__), routes=True)


def _rows(service: Service) -> list[Row]:
    return filled(
        Row("Slowest routes", feasible(service, latency.slowest_routes)),
        Row(
            "Latency",
            feasible(
                service,
                partial(latency.by_route, fraction=0.5),
                partial(latency.by_route, fraction=0.95),
                partial(latency.by_route, fraction=0.99),
                latency.percentiles,
                latency.heatmap,
                latency.apdex,
            ),
        ),
        Row(
            "Errors",
            feasible(
                service,
                errors.route_history,
                errors.by_route,
                errors.client_ratio,
                errors.exceptions,
            ),
        ),
        Row("Traffic", feasible(service, traffic.by_route, traffic.by_method, traffic.by_status)),
    )
