"""What all dashboards of one service share: uid, variables, links, annotations, feasible panels."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tailboard.dashboards import annotations, links, variables
from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.matcher import matches
from tailboard.panels.service import Service


def build_service_dashboard(
    service: Service,
    name: str,
    title: str,
    build_rows: Callable[[Service], Sequence[Row]],
    *,
    description: str,
    has_route_variable: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> Dashboard:
    """A dashboard of one service; `build_rows` gets the service with the variables as matchers.

    `has_route_variable` adds a variable of the routes, if the convention has a label for them. A
    recorded or pushed service has no variable of its instances: its series are of all of them.
    """
    is_aggregate = service.is_pushed or service.recorded
    selected_service = (
        service if is_aggregate else service.narrow({"instance": matches("$instance")})
    )
    dashboard_variables = [variables.job(service)] if service.by else []
    dashboard_variables += (
        [] if is_aggregate else apply_feasible_builders(service, variables.instance)
    )
    if has_route_variable and (
        route_variables := apply_feasible_builders(service, variables.route)
    ):
        dashboard_variables += route_variables
        selected_service = selected_service.narrow(routes=matches("$route"))
    return Dashboard(
        f"{service.title} / {title}",
        uid=build_service_uid(service, name),
        description=description,
        tags=("tailboard", f"service:{service.slug}"),
        rows=build_rows(selected_service),
        variables=dashboard_variables,
        links=[
            links.tag_menu(f"{service.title}", f"service:{service.slug}"),
            links.tag_menu("All services", "fleet"),
        ],
        annotations=[
            annotations.deployments(),
            *apply_feasible_builders(selected_service, annotations.restarts),
            annotations.firing_alerts(service),
        ],
        folder=service.folder,
        extra=extra or {},
    )


def build_service_uid(service: Service, name: str) -> str:
    """The uid of a service's dashboard: `orders-overview`."""
    return f"{service.slug[: 39 - len(name)].rstrip('-')}-{name}"


def apply_feasible_builders(service: Service, *builders: Callable[[Service], Any]) -> list[Any]:
    """The panels of the builders whose metrics the service's convention has."""
    panels = []
    for builder in builders:
        try:
            panels.append(builder(service))
        except MissingMetricError:
            continue
    return panels


def strip_empty_rows(*rows: Row) -> list[Row]:
    """The rows that have a panel."""
    return [row for row in rows if row.panels]
