"""The objectives of a service: error budgets and burn rates."""

from functools import partial

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import slo as panels_slo
from tailboard.panels.objective import Objective, list_objectives
from tailboard.panels.service import Service


def slo(service: Service) -> Dashboard:
    """Each objective's budget: how much is left, how fast it is spent, by which routes."""
    return build_service_dashboard(
        service, "slo", "Objectives", _build_rows, description=str(slo.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        *(_build_row(service, objective) for objective in list_objectives(service))
    )


def _build_row(service: Service, objective: Objective) -> Row:
    builders = (
        panels_slo.compliance,
        panels_slo.budget_left,
        panels_slo.burn_rate,
        panels_slo.budget_over_time,
        panels_slo.budget_by_route,
    )
    return Row(
        objective.title,
        apply_feasible_builders(
            service, *(partial(builder, objective=objective) for builder in builders)
        ),
    )
