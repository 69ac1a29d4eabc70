"""Whether the service keeps its promises: error budgets, and how fast they are spent."""

from functools import partial

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import feasible, filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import slo as panels_slo
from tailboard.panels.objective import Objective, objectives_of
from tailboard.panels.service import Service


def slo(service: Service) -> Dashboard:
    """Each objective's budget: how much is left, how fast it is spent, by which routes."""
    return framed(service, "slo", "Objectives", _rows, description=str(slo.__doc__))


def _rows(service: Service) -> list[Row]:
    return filled(*(_row(service, objective) for objective in objectives_of(service)))


def _row(service: Service, objective: Objective) -> Row:
    builders = (
        panels_slo.compliance,
        panels_slo.budget_left,
        panels_slo.burn_rate,
        panels_slo.budget_over_time,
        panels_slo.budget_by_route,
    )
    return Row(
        objective.title,
        feasible(service, *(partial(builder, objective=objective) for builder in builders)),
    )
