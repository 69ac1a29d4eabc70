"""What fails: server errors as a ratio of traffic, client errors apart from them."""

from grafanalib import formatunits as units
from grafanalib.core import Stat, StateTimeline, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import EXCEPTIONS, REQUESTS
from tailboard.panels.descriptions import describe_value
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.status_history import status_history
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import Matcher, matches
from tailboard.panels.metric import Role
from tailboard.panels.query import Query
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, WARNING, WORST, Thresholds

SERVER_ERRORS = matches("5..")
CLIENT_ERRORS = matches("4..")
"""Both spellings of a status match: the code `503` and the class `5xx`."""

SEVERE_FACTOR = 5
"""How many times its limit an error ratio is that stays an alert when nobody heard the first."""

ZERO_CAVEAT = "0 while nothing fails and while nobody calls; no data only when the service is down."


def ratio(service: Service) -> TimeSeries:
    """The fraction of requests that fail on the server's side (5xx), with its alerts' lines."""
    requests = service.select_concept(REQUESTS, "errors.ratio")
    return timeseries(
        "Error ratio (5xx)",
        [Query(build_error_ratio(service, "errors.ratio"), f"{service.legend} 5xx")],
        description=describe_value(
            requests, f"Requests answered with 5xx, of all requests. {ZERO_CAVEAT}"
        ),
        unit=units.PERCENT_UNIT,
        thresholds=build_error_thresholds(service),
        colors={"5xx": BAD},
    )


def current(service: Service) -> Stat:
    """The ratio of server errors as a number, red where it is an alert."""
    requests = service.select_concept(REQUESTS, "errors.current")
    return stat(
        "Errors (5xx)",
        [Query(build_error_ratio(service, "errors.current"), service.legend)],
        description=describe_value(
            requests, f"Requests answered with 5xx, of all requests. {ZERO_CAVEAT}"
        ),
        unit=units.PERCENT_UNIT,
        thresholds=build_error_thresholds(service),
        decimals=2,
    )


def client_ratio(service: Service) -> TimeSeries:
    """The fraction of requests that clients got wrong (4xx): a broken client, a lost route."""
    requests = service.select_concept(REQUESTS, "errors.client_ratio")
    return timeseries(
        "Client error ratio (4xx)",
        [
            Query(
                _build_status_ratio(service, CLIENT_ERRORS, "errors.client_ratio"),
                f"{service.legend} 4xx",
            )
        ],
        description=describe_value(
            requests,
            f"Requests answered with 4xx, of all requests; not the server's fault. {ZERO_CAVEAT}",
        ),
        unit=units.PERCENT_UNIT,
        colors={"4xx": WARNING},
    )


def by_route(service: Service, *, limit: int = 10) -> TimeSeries:
    """The ratio of server errors by route: which endpoint fails."""
    expression, route = _build_route_ratio(service, "errors.by_route")
    return timeseries(
        "Error ratio by route",
        [Query(promql.topk(limit, expression), service.format_legend(route))],
        description=f"The {limit} routes with the largest share of 5xx: 0 while a route does not "
        "fail, no line before its first request.",
        unit=units.PERCENT_UNIT,
        thresholds=build_error_thresholds(service),
    )


def route_history(service: Service, *, limit: int = 20) -> StateTimeline:
    """The ratio of server errors by route as coloured cells: since when does which one fail."""
    expression, route = _build_route_ratio(service, "errors.route_history")
    return status_history(
        "Errors by route over time",
        Query(promql.topk(limit, expression), service.format_legend(route)),
        description="Each row is a route, each cell its share of 5xx: green is below a tenth of "
        "the first line of the error ratio, red where it is an alert.",
        unit=units.PERCENT_UNIT,
        thresholds=[
            (build_error_thresholds(service)[0][0] / 10, WARNING),
            *build_error_thresholds(service),
        ],
    )


def exceptions(service: Service, *, limit: int = 10) -> TimeSeries:
    """Unhandled exceptions by type."""
    exception_counter = service.select_concept(EXCEPTIONS, "errors.exceptions")
    exception_label = exception_counter.resolve_label(Role.EXCEPTION, "errors.exceptions")
    expression = promql.rate(exception_counter, (*service.by, exception_label))
    return timeseries(
        "Exceptions by type",
        [Query(promql.topk(limit, expression), service.format_legend(exception_label))],
        description=describe_value(
            exception_counter,
            "Exceptions that no handler caught, per second. A type appears with its first.",
        ),
        unit=units.OPS_PER_SEC,
    )


def build_error_thresholds(service: Service) -> Thresholds:
    """Orange beyond what the error budget allows for ever, red where it is an alert at once."""
    limit = service.objectives.error_limit
    budget = service.objectives.error_budget
    budget_steps = [(budget, WARNING)] if budget and budget < limit else []
    return [*budget_steps, (limit, BAD), (round(SEVERE_FACTOR * limit, 12), WORST)]


def build_error_ratio(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """The fraction of requests answered with 5xx, as panels draw it and alert rules compare it."""
    return _build_status_ratio(service, SERVER_ERRORS, panel, window)


def _build_status_ratio(
    service: Service, status: Matcher, panel: str, window: str = promql.WINDOW
) -> str:
    requests = service.select_concept(REQUESTS, panel)
    failed_requests = requests.filter_labels({Role.STATUS: status}, panel)
    return promql.ratio(
        promql.rate(failed_requests, service.by, window),
        promql.rate(requests, service.by, window),
        promql.build_zero_while_up(service.select_up(panel), service.by),
    )


def _build_route_ratio(service: Service, panel: str) -> tuple[str, str]:
    requests = service.select_concept(REQUESTS, panel)
    failed_requests = requests.filter_labels({Role.STATUS: SERVER_ERRORS}, panel)
    route = requests.resolve_label(Role.ROUTE, panel)
    by = (*service.by, route)
    return promql.ratio(promql.rate(failed_requests, by), promql.rate(requests, by)), route
