"""Ready dashboards, one a file."""

from collections.abc import Callable, Iterator, Sequence

from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.library.batch import batch
from tailboard.dashboards.library.business import business
from tailboard.dashboards.library.database import database
from tailboard.dashboards.library.dependencies import dependencies
from tailboard.dashboards.library.fleet import fleet
from tailboard.dashboards.library.hygiene import hygiene
from tailboard.dashboards.library.llm import llm
from tailboard.dashboards.library.overview import overview
from tailboard.dashboards.library.own import own
from tailboard.dashboards.library.routes import routes
from tailboard.dashboards.library.runtime import runtime
from tailboard.dashboards.library.service_tabs import combine_dashboards
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
    llm,
    hygiene,
)
"""The dashboards of a service, most important first, as far as its convention has the metrics."""

LIBRARY = (*SERVICE_DASHBOARDS, fleet, business, own)
"""All dashboards: the fleet is of several services, the last two have parameters of their own."""


def build_service_dashboards(service: Service) -> Iterator[Dashboard]:
    """The dashboards of a service one at a time, without those that have no panels.

    A service of `one_dashboard` has one, of which each of them is a tab.
    """
    dashboards = (dashboard for build in SERVICE_DASHBOARDS if (dashboard := build(service)).rows)
    if not service.one_dashboard:
        yield from dashboards
    elif tabs := list(dashboards):
        yield combine_dashboards(service, tabs)


def build_fleet_dashboard(services: Sequence[Service]) -> Iterator[Dashboard]:
    """The fleet dashboard, if Prometheus itself scrapes any of the services."""
    scraped_services = [service for service in services if not service.is_pushed]
    if scraped_services:
        yield fleet(scraped_services)


def build_library(services: Sequence[Service]) -> Iterator[Dashboard]:
    """The fleet dashboard and every dashboard of every service."""
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
    "llm",
    "overview",
    "own",
    "routes",
    "runtime",
    "slo",
    "workers",
]
