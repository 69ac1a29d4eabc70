"""Ready dashboards, one a file."""

from collections.abc import Callable, Iterator, Sequence

from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.library.batch import batch
from tailboard.dashboards.library.business import business
from tailboard.dashboards.library.database import database
from tailboard.dashboards.library.dependencies import dependencies
from tailboard.dashboards.library.fleet import fleet
from tailboard.dashboards.library.hygiene import hygiene
from tailboard.dashboards.library.overview import overview
from tailboard.dashboards.library.own import own
from tailboard.dashboards.library.routes import routes
from tailboard.dashboards.library.runtime import runtime
from tailboard.dashboards.library.slo import slo
from tailboard.dashboards.library.workers import workers
from tailboard.panels.service import Service

SERVICE_DASHBOARDS: tuple[Callable[[Service], Dashboard], ...] = (
    overview,
    slo,
    routes,
    database,
    dependencies,
    runtime,
    batch,
    workers,
    hygiene,
)
"""The dashboards that every service gets whose convention can feed them, most important first."""

LIBRARY = (*SERVICE_DASHBOARDS, fleet, business, own)
"""All of them: the fleet is of several services, the last two are told what to show."""


def build_service_dashboards(service: Service) -> Iterator[Dashboard]:
    """Every dashboard that a service can feed, one at a time; one without panels is none."""
    for builder in SERVICE_DASHBOARDS:
        dashboard = builder(service)
        if dashboard.rows:
            yield dashboard


def build_fleet_dashboard(services: Sequence[Service]) -> Iterator[Dashboard]:
    """The fleet, where there is any service that Prometheus itself can reach."""
    scraped_services = [service for service in services if not service.is_pushed]
    if scraped_services:
        yield fleet(scraped_services)


def build_library(services: Sequence[Service]) -> Iterator[Dashboard]:
    """The fleet, and every dashboard of every service."""
    yield from build_fleet_dashboard(services)
    for service in services:
        yield from build_service_dashboards(service)


__all__ = [
    "LIBRARY",
    "SERVICE_DASHBOARDS",
    "batch",
    "build_fleet_dashboard",
    "build_library",
    "build_service_dashboards",
    "business",
    "database",
    "dependencies",
    "fleet",
    "hygiene",
    "overview",
    "own",
    "routes",
    "runtime",
    "slo",
    "workers",
]
