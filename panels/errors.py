"""What fails: server errors as a ratio of traffic, client errors apart from them."""

from grafanalib import formatunits as units
from grafanalib.core import Stat, StateTimeline, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import EXCEPTIONS, REQUESTS
from tailboard.panels.descriptions import describe_value
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.status_history import status_history
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import escape_regex
from tailboard.panels.metric import Counter, Histogram, Role, Summary, Total
from tailboard.panels.presence import build_zero_while_up
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, WARNING, WORST, Thresholds

SEVERE_FACTOR = 5
"""How many times its limit an error ratio is that stays an alert when nobody heard the first."""

EXCEPTION_ROLES = {Role.EXCEPTION: "by type", Role.METHOD: "by method"}
"""By which of its labels a counter of exceptions is split: the first one that it has."""

ZERO_CAVEAT = "0 while nothing fails and while nobody calls; no data only when the service is down."


def ratio(service: Service) -> TimeSeries:
    """The fraction of requests that fail on the server's side, with its alerts' lines."""
    requests = service.select_concept(REQUESTS, "errors.ratio")
    statuses = requests.metric.statuses
    return timeseries(
        statuses.failure_ratio_title,
        [
            Query(
                build_error_ratio(service, "errors.ratio"),
                f"{service.legend} {statuses.failure_name}",
            )
        ],
        description=_describe_failures(requests),
        unit=units.PERCENT_UNIT,
        thresholds=build_error_thresholds(service),
        colors={escape_regex(statuses.failure_name): BAD},
    )


def current(service: Service) -> Stat:
    """The ratio of server errors as a number, red where it is an alert."""
    requests = service.select_concept(REQUESTS, "errors.current")
    return stat(
        requests.metric.statuses.failure_title,
        [Query(build_error_ratio(service, "errors.current"), service.legend)],
        description=_describe_failures(requests),
        unit=units.PERCENT_UNIT,
        thresholds=build_error_thresholds(service),
        decimals=2,
    )


def client_ratio(service: Service) -> TimeSeries:
    """The fraction of requests that clients got wrong: a broken client, a lost route."""
    panel = "errors.client_ratio"
    requests = service.select_concept(REQUESTS, panel)
    client_errors = requests.filter_client_errors(panel)
    statuses = requests.metric.statuses
    return timeseries(
        statuses.client_error_ratio_title,
        [
            Query(
                _build_request_ratio(service, client_errors, requests, panel),
                f"{service.legend} {statuses.client_error_name}",
            )
        ],
        description=describe_value(
            requests,
            f"Requests answered with {statuses.describe_client_errors()}, of all requests; not the "
            f"server's fault. {ZERO_CAVEAT}",
        ),
        unit=units.PERCENT_UNIT,
        colors={escape_regex(statuses.client_error_name): WARNING},
    )


def by_route(service: Service, *, limit: int = 10) -> TimeSeries:
    """The ratio of server errors by route: which endpoint fails."""
    expression, route = _build_route_ratio(service, "errors.by_route")
    failure_name = _find_failure_name(service, "errors.by_route")
    return timeseries(
        "Error ratio by route",
        [Query(promql.topk(limit, expression), service.format_legend(route))],
        description=f"The {limit} routes with the largest share of {failure_name}: 0 while a route "
        "does not fail, no line before its first request.",
        unit=units.PERCENT_UNIT,
        thresholds=build_error_thresholds(service),
    )


def route_history(service: Service, *, limit: int = 20) -> StateTimeline:
    """The ratio of server errors by route as coloured cells: since when does which one fail."""
    expression, route = _build_route_ratio(service, "errors.route_history")
    failure_name = _find_failure_name(service, "errors.route_history")
    return status_history(
        "Errors by route over time",
        Query(promql.topk(limit, expression), service.format_legend(route)),
        description=f"Each row is a route, each cell its share of {failure_name}: green is below a "
        "tenth of the first line of the error ratio, red where it is an alert.",
        unit=units.PERCENT_UNIT,
        thresholds=[
            (build_error_thresholds(service)[0][0] / 10, WARNING),
            *build_error_thresholds(service),
        ],
    )


def exceptions(service: Service, *, limit: int = 10) -> TimeSeries:
    """Unhandled exceptions by type; by method where the metric does not say which type."""
    exception_counter = service.select_concept(EXCEPTIONS, "errors.exceptions")
    roles = [role for role in EXCEPTION_ROLES if exception_counter.has_labels(role)][:1]
    labels = [exception_counter.metric.labels[role] for role in roles]
    expression = promql.rate(exception_counter, (*service.by, *labels))
    return timeseries(
        " ".join(["Exceptions", *(EXCEPTION_ROLES[role] for role in roles)]),
        [
            Query(
                promql.topk(limit, expression) if labels else expression,
                service.format_legend(*labels),
            )
        ],
        description=describe_value(
            exception_counter,
            "Exceptions that no handler caught, per second. A line appears with its first.",
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
    """The fraction of requests that failed, as panels draw it and alert rules compare it."""
    requests = service.select_concept(REQUESTS, panel)
    return _build_request_ratio(service, requests.filter_failures(panel), requests, panel, window)


RequestSelection = Selection[Counter | Histogram | Summary | Total]


def _build_request_ratio(
    service: Service,
    part: RequestSelection,
    requests: RequestSelection,
    panel: str,
    window: str = promql.WINDOW,
) -> str:
    return promql.ratio(
        promql.rate(part, service.by, window),
        promql.rate(requests, service.by, window),
        build_zero_while_up(service, panel),
    )


def _describe_failures(requests: RequestSelection) -> str:
    failures = requests.metric.statuses.failures.describe()
    return describe_value(
        requests, f"Requests answered with {failures}, of all requests. {ZERO_CAVEAT}"
    )


def _find_failure_name(service: Service, panel: str) -> str:
    return service.select_concept(REQUESTS, panel).metric.statuses.failure_name


def _build_route_ratio(service: Service, panel: str) -> tuple[str, str]:
    requests = service.select_concept(REQUESTS, panel)
    failed_requests = requests.filter_failures(panel)
    route = requests.resolve_label(Role.ROUTE, panel)
    by = (*service.by, route)
    return promql.ratio(promql.rate(failed_requests, by), promql.rate(requests, by)), route
