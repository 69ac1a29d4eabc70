"""The service at a glance: is it there, is it fast, does it fail, how much comes in."""

from functools import partial

from dashboards.dashboard import Dashboard, Row
from dashboards.library.feasible import feasible, filled
from dashboards.library.frame import framed
from panels import database, errors, health, latency, saturation, traffic
from panels.service import Service


def overview(service: Service) -> Dashboard:
    """Golden signals first: numbers to read in a second, then the lines that explain them."""
    return framed(service, "overview", "Overview", _rows, description=str(overview.__doc__))


def _rows(service: Service) -> list[Row]:
    golden = feasible(
        service,
        partial(latency.current, fraction=0.5),
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
    if not golden:
        return []
    return filled(
        Row("Golden signals", [health.instances(service), *golden]),
        Row(
            "Where it comes from",
            feasible(service, latency.by_route, errors.route_history, database.by_table),
        ),
        Row("Routes", feasible(service, latency.slowest_routes)),
        Row(
            "Health and saturation",
            [
                health.up(service),
                *feasible(service, health.restarts, saturation.cpu, saturation.memory),
            ],
            collapsed=True,
        ),
    )
