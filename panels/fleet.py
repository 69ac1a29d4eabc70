"""Every service in one sortable table."""

from collections.abc import Callable, Sequence

from grafanalib import formatunits as units
from grafanalib.core import Table

from tailboard.panels import promql
from tailboard.panels.concept import DURATION, REQUESTS
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.errors import SERVER_ERRORS
from tailboard.panels.honesty import EMPTY, ESTIMATED, described
from tailboard.panels.house import BAD
from tailboard.panels.kinds.table import Column, table
from tailboard.panels.latency import whole
from tailboard.panels.metric import Role
from tailboard.panels.objectives import percentile_name
from tailboard.panels.percentiles import PERCENTILES
from tailboard.panels.service import Service

SERVICE = "service"


def services(fleet: Sequence[Service], *, limit: int = 200) -> Table:
    """Instances up, requests, error ratio and P50, P95, P99 of every service, one row each.

    Services of several conventions stand in the same columns; one that lacks a metric has an
    empty cell. A click on a service opens its own dashboard.
    """
    if not fleet:
        raise DefinitionError("a fleet of no services", tip="name at least one service.")
    if len(fleet) > 1 and any(service.by for service in fleet):
        raise DefinitionError(
            "services that a variable chooses stand in a table of their own",
            tip="make one table of the named services, and one of each that has `by`.",
        )
    # A fleet of nothing but pushed services has no `up` at all, and says so.
    watched = [service for service in fleet if not service.pushed] or fleet
    counted = [service for service in fleet if service.has(REQUESTS)]
    timed = [service for service in fleet if service.has(DURATION)]
    return table(
        "Services",
        {SERVICE: "Service"},
        [
            *_column("Up", watched, _up, units.PERCENT_UNIT),
            *_column("Requests", counted, _requests, units.REQUESTS_PER_SEC),
            *_column("Errors", counted, _errors, units.PERCENT_UNIT, strictest(fleet)),
            *(
                column
                for fraction in PERCENTILES
                for column in _column(
                    percentile_name(fraction), timed, _percentile(fraction), units.SECONDS
                )
            ),
        ],
        description=described(
            "One row a service, the one with most errors first; click a title to sort, a service "
            "to open its dashboard.",
            ESTIMATED if timed else "",
            EMPTY,
        ),
        sort_by="Errors" if counted else "Up",
        limit=limit,
        links={"Service": [overview_link(fleet)]},
    )


def overview_link(fleet: Sequence[Service]) -> dict[str, object]:
    """The link from a row to the overview of its service, with the time range."""
    service = "${__data.fields.Service}"
    of_one = next((f"{it.slug}-overview" for it in fleet if it.by), f"{service}-overview")
    variables = "".join(f"&var-{it}={service}" for it in fleet[0].by[:1])
    return {
        "title": "Open the service",
        "url": f"/d/{of_one}?${{__url_time_range}}{variables}",
    }


def strictest(fleet: Sequence[Service]) -> list[tuple[float, str]]:
    """Red from the smallest share of failed requests on that is an alert anywhere in the fleet."""
    return [(min(it.objectives.error_limit for it in fleet), BAD)]


Expression = Callable[[Service], str]


def _column(
    title: str,
    able: Sequence[Service],
    expression: Expression,
    unit: str,
    thresholds: Sequence[tuple[float, str]] = (),
) -> list[Column]:
    """One column, or none where no service of the fleet can fill it."""
    return [Column(title, _union(able, expression), unit, thresholds)] if able else []


def _union(fleet: Sequence[Service], expression: Expression) -> str:
    return promql.either(*(_named(service, expression(service)) for service in fleet))


def _named(service: Service, expression: str) -> str:
    """The expression's series with the service's slug, or its job where a variable chooses."""
    if service.by:
        return promql.copied_label(expression, SERVICE, service.by[0])
    return promql.labelled(expression, SERVICE, service.slug)


def _up(service: Service) -> str:
    known = promql.aggregated("count", promql.series(service.up("fleet.services")), service.by)
    return f"{promql.value(service.up('fleet.services'), service.by)} / {known}"


def _requests(service: Service) -> str:
    counted = promql.rate(service.select(REQUESTS, "fleet.services"), service.by)
    return promql.either(counted, promql.zero_while_up(service.up("fleet.services"), service.by))


def _errors(service: Service) -> str:
    requests = service.select(REQUESTS, "fleet.services")
    failed = requests.where({Role.STATUS: SERVER_ERRORS}, "fleet.services")
    return promql.ratio(
        promql.rate(failed, service.by),
        promql.rate(requests, service.by),
        promql.zero_while_up(service.up("fleet.services"), service.by),
    )


def _percentile(fraction: float) -> Expression:
    def expression(service: Service) -> str:
        duration = whole(service, "fleet.services")
        return promql.quantile(fraction, duration, service.by)

    return expression
