"""Every service in one sortable table."""

from collections.abc import Callable, Sequence

from grafanalib import formatunits as units
from grafanalib.core import Table

from tailboard.panels import promql
from tailboard.panels.concept import DURATION, REQUESTS
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.descriptions import GAP_CAVEAT, PERCENTILE_CAVEAT, join_sentences
from tailboard.panels.kinds.table import Column, table
from tailboard.panels.latency import select_overall_duration
from tailboard.panels.objectives import format_percentile
from tailboard.panels.percentiles import PERCENTILES
from tailboard.panels.presence import build_zero_while_up
from tailboard.panels.service import Service
from tailboard.panels.style import BAD

SERVICE_LABEL = "service"

MAX_ROWS = 30
"""How many services the table shows without scrolling."""


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
    # A fleet of pushed services only has no `up`: select_up raises an error that says so.
    scraped_services = [service for service in fleet if not service.is_pushed] or fleet
    services_with_requests = [service for service in fleet if service.has_concepts(REQUESTS)]
    services_with_durations = [service for service in fleet if _has_precise_durations(service)]
    return table(
        "Services",
        {SERVICE_LABEL: "Service"},
        [
            *_build_columns("Up", scraped_services, _build_up_share, units.PERCENT_UNIT),
            *_build_columns(
                "Requests", services_with_requests, _build_request_rate, units.REQUESTS_PER_SEC
            ),
            *_build_columns(
                "Errors",
                services_with_requests,
                _build_error_ratio,
                units.PERCENT_UNIT,
                build_strictest_thresholds(fleet),
            ),
            *(
                column
                for fraction in PERCENTILES
                for column in _build_columns(
                    format_percentile(fraction),
                    services_with_durations,
                    _create_percentile_builder(fraction),
                    units.SECONDS,
                )
            ),
        ],
        description=join_sentences(
            "One row a service, the one with most errors first; click a title to sort, a service "
            "to open its dashboard.",
            PERCENTILE_CAVEAT if services_with_durations else "",
            GAP_CAVEAT,
        ),
        sort_by="Errors" if services_with_requests else "Up",
        limit=limit,
        row_count=min(len(fleet), limit, MAX_ROWS) if not fleet[0].by else None,
        links={"Service": [build_overview_link(fleet)]},
    )


def build_overview_link(fleet: Sequence[Service]) -> dict[str, object]:
    """The link from a row to the overview of its service, with the time range."""
    service_field = "${__data.fields.Service}"
    dashboard_uid = next(
        (f"{service.slug}-overview" for service in fleet if service.by), f"{service_field}-overview"
    )
    variables = "".join(f"&var-{label}={service_field}" for label in fleet[0].by[:1])
    return {
        "title": "Open the service",
        "url": f"/d/{dashboard_uid}?${{__url_time_range}}{variables}",
    }


def build_strictest_thresholds(fleet: Sequence[Service]) -> list[tuple[float, str]]:
    """Red from the smallest share of failed requests that alerts for any service of the fleet."""
    return [(min(service.objectives.error_limit for service in fleet), BAD)]


def _has_precise_durations(service: Service) -> bool:
    """Whether percentiles of the service would be more than a bound of coarse buckets."""
    if not service.has_concepts(DURATION):
        return False
    duration = select_overall_duration(service, "fleet.services")
    return duration.metric.exact or duration.histograms == "native"


ExpressionBuilder = Callable[[Service], str]


def _build_columns(
    title: str,
    covered_services: Sequence[Service],
    build_expression: ExpressionBuilder,
    unit: str,
    thresholds: Sequence[tuple[float, str]] = (),
) -> list[Column]:
    """One column, or none where no service of the fleet has its metric."""
    return (
        [Column(title, _unite_expressions(covered_services, build_expression), unit, thresholds)]
        if covered_services
        else []
    )


def _unite_expressions(fleet: Sequence[Service], build_expression: ExpressionBuilder) -> str:
    return promql.union(
        *(_add_service_label(service, build_expression(service)) for service in fleet)
    )


def _add_service_label(service: Service, expression: str) -> str:
    """The expression with a label for its service: the slug, or the first label in `by`."""
    if service.by:
        return promql.copy_label(expression, SERVICE_LABEL, service.by[0])
    return promql.add_label(expression, SERVICE_LABEL, service.slug)


def _build_up_share(service: Service) -> str:
    up = service.select_up("fleet.services")
    instance_count = promql.aggregate("count", promql.select_series(up), service.by)
    return f"{promql.aggregate_gauge(up, service.by)} / {instance_count}"


def _build_request_rate(service: Service) -> str:
    request_rate = promql.rate(service.select_concept(REQUESTS, "fleet.services"), service.by)
    return promql.union(request_rate, build_zero_while_up(service, "fleet.services"))


def _build_error_ratio(service: Service) -> str:
    requests = service.select_concept(REQUESTS, "fleet.services")
    failed_requests = requests.filter_failures("fleet.services")
    return promql.ratio(
        promql.rate(failed_requests, service.by),
        promql.rate(requests, service.by),
        build_zero_while_up(service, "fleet.services"),
    )


def _create_percentile_builder(fraction: float) -> ExpressionBuilder:
    def build_expression(service: Service) -> str:
        duration = select_overall_duration(service, "fleet.services")
        return promql.quantile(fraction, duration, service.by)

    return build_expression
