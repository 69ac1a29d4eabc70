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

OF_A_SERVICE: tuple[Callable[[Service], Dashboard], ...] = (
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

LIBRARY = (*OF_A_SERVICE, fleet, business, own)
"""All of them: the fleet is of several services, the last two are told what to show."""


def of_service(service: Service) -> Iterator[Dashboard]:
    """Every dashboard that a service can feed, one at a time; one without panels is none."""
    for build in OF_A_SERVICE:
        made = build(service)
        if made.rows:
            yield made


def of_fleet(services: Sequence[Service]) -> Iterator[Dashboard]:
    """The fleet, where there is any service that Prometheus itself can reach."""
    reached = [service for service in services if not service.pushed]
    if reached:
        yield fleet(reached)


def library(services: Sequence[Service]) -> Iterator[Dashboard]:
    """The fleet, and every dashboard of every service."""
    yield from of_fleet(services)
    for service in services:
        yield from of_service(service)


__all__ = [
    "LIBRARY",
    "OF_A_SERVICE",
    "batch",
    "business",
    "database",
    "dependencies",
    "fleet",
    "hygiene",
    "library",
    "of_fleet",
    "of_service",
    "overview",
    "own",
    "routes",
    "runtime",
    "slo",
    "workers",
]
