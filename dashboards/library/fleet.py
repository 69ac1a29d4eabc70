"""All services in one sortable table."""

from collections.abc import Sequence

import attr
from grafanalib.core import StateTimeline

from tailboard.dashboards import annotations, variables
from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.panels import fleet as panels_fleet
from tailboard.panels import health
from tailboard.panels.service import Service

UID = "fleet"


def fleet(services: Sequence[Service]) -> Dashboard:
    """One row for each service, the one with most errors first; a click opens its dashboard."""
    job_variables = [variables.job(service) for service in services if service.by]
    return Dashboard(
        "Fleet",
        uid=UID,
        description=str(fleet.__doc__),
        tags=("fleet", "tailboard"),
        rows=[
            Row("Services", [panels_fleet.services(group) for group in _group_services(services)]),
            Row("Instances", [_build_up_panel(service) for service in services], collapsed=True),
        ],
        variables=job_variables[:1],
        annotations=[annotations.deployments()],
    )


def _build_up_panel(service: Service) -> StateTimeline:
    """The panel of one service's instances, titled with the service."""
    return attr.evolve(health.up(service), title=f"{service.title} up")


def _group_services(services: Sequence[Service]) -> list[list[Service]]:
    """One group of all named services, and one for each service that a variable selects."""
    named_services = [service for service in services if not service.by]
    return [
        *([named_services] if named_services else []),
        *([service] for service in services if service.by),
    ]
