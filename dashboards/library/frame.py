"""What all dashboards of one service share: uid, variables, links, annotations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tailboard.dashboards import annotations, links, variables
from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible
from tailboard.panels.matcher import matches
from tailboard.panels.service import Service


def framed(
    service: Service,
    name: str,
    title: str,
    rows: Callable[[Service], Sequence[Row]],
    *,
    description: str,
    routes: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> Dashboard:
    """A dashboard of one service: `rows` are given the service narrowed to what is chosen.

    `routes` adds a variable that chooses routes, where the convention has a label for them. What
    is recorded is of all instances together, so that none of them can be chosen.
    """
    whole = service.pushed or service.recorded
    chosen = service if whole else service.narrowed({"instance": matches("$instance")})
    choosing = [variables.job(service)] if service.by else []
    choosing += [] if whole else feasible(service, variables.instance)
    if routes and (route := feasible(service, variables.route)):
        choosing += route
        chosen = chosen.narrowed(routes=matches("$route"))
    return Dashboard(
        f"{service.title} / {title}",
        uid=uid(service, name),
        description=description,
        tags=("tailboard", f"service:{service.slug}"),
        rows=rows(chosen),
        variables=choosing,
        links=[
            links.tagged(f"{service.title}", f"service:{service.slug}"),
            links.tagged("All services", "fleet"),
        ],
        annotations=[
            annotations.deployments(),
            *feasible(chosen, annotations.restarts),
            annotations.firing_alerts(service),
        ],
        folder=service.folder,
        extra=extra or {},
    )


def uid(service: Service, name: str) -> str:
    """The uid of a service's dashboard: `orders-overview`."""
    return f"{service.slug[: 39 - len(name)].rstrip('-')}-{name}"
