"""Traffic: requests per second, and requests in flight."""

from grafanalib import formatunits as units
from grafanalib.core import Stat, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import IN_FLIGHT, REQUESTS
from tailboard.panels.descriptions import describe_value, join_sentences
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import escape_regex
from tailboard.panels.metric import Role
from tailboard.panels.presence import build_zero_while_up
from tailboard.panels.query import Query
from tailboard.panels.service import Service
from tailboard.panels.statuses import Statuses, StatusGroup
from tailboard.panels.style import BAD, GOOD, NEUTRAL, WARNING


def rate(service: Service) -> TimeSeries:
    """Requests per second of the whole service."""
    requests = service.select_concept(REQUESTS, "traffic.rate")
    return timeseries(
        "Requests per second",
        [Query(_build_request_rate(service, "traffic.rate"), service.legend)],
        description=describe_value(
            requests, "Requests per second, without scrapes and health checks."
        ),
        unit=units.REQUESTS_PER_SEC,
        colors={escape_regex(service.name): NEUTRAL},
    )


def current(service: Service) -> Stat:
    """Requests per second as a number."""
    requests = service.select_concept(REQUESTS, "traffic.current")
    return stat(
        "Requests",
        [Query(_build_request_rate(service, "traffic.current"), service.legend)],
        description=describe_value(
            requests, "Requests per second, without scrapes and health checks."
        ),
        unit=units.REQUESTS_PER_SEC,
    )


def by_route(service: Service, *, limit: int = 10) -> TimeSeries:
    """Requests per second by route."""
    return _build_breakdown_panel(service, Role.ROUTE, "traffic.by_route", limit)


def by_method(service: Service, *, limit: int = 10) -> TimeSeries:
    """Requests per second by HTTP method."""
    return _build_breakdown_panel(service, Role.METHOD, "traffic.by_method", limit)


def by_status(service: Service, *, limit: int = 20) -> TimeSeries:
    """Requests per second by status, stacked: what share is not 2xx."""
    return _build_breakdown_panel(service, Role.STATUS, "traffic.by_status", limit)


MINIMUM_IN_FLIGHT_LIMIT = 10
"""Requests: so many in flight never alert, however short they should be."""


def in_flight(service: Service) -> TimeSeries:
    """Requests being answered now: when they pile up, the service is slower than its callers."""
    in_flight_requests = service.select_concept(IN_FLIGHT, "traffic.in_flight")
    has_limit = service.has_concepts(REQUESTS)
    return timeseries(
        "Requests in flight",
        [
            Query(build_in_flight(service, "traffic.in_flight"), service.format_legend("instance")),
            *(
                [
                    Query(
                        build_in_flight_limit(service, "traffic.in_flight"),
                        f"{service.format_legend('instance')} allowed",
                    )
                ]
                if has_limit
                else []
            ),
        ],
        description=describe_value(
            in_flight_requests,
            join_sentences(
                "Requests being answered at this moment, by instance. A rising line means "
                "queueing: requests come in faster than they are answered.",
                "Beyond the line of what is allowed they take longer on average than the latency "
                f"objective, or {promql.format_number(find_max_duration(service))} s "
                "(Little's law)."
                if has_limit
                else "",
            ),
        ),
        unit=units.SHORT,
        colors={"allowed": BAD},
    )


def build_in_flight(service: Service, panel: str) -> str:
    """Requests being answered, by instance."""
    return promql.aggregate_gauge(
        service.select_concept(IN_FLIGHT, panel), (*service.by, "instance")
    )


def build_in_flight_limit(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """How many requests may be in flight, by instance: their rate times what each may take.

    Little's law, L = λW: with more of them in flight, they take longer than that on average.
    https://en.wikipedia.org/wiki/Little%27s_law
    """
    request_rate = promql.rate(
        service.select_concept(REQUESTS, panel), (*service.by, "instance"), window
    )
    return promql.clamp_min(
        f"{promql.format_number(find_max_duration(service))} * {request_rate}",
        MINIMUM_IN_FLIGHT_LIMIT,
    )


def find_max_duration(service: Service) -> float:
    """The seconds that a request may take: the largest latency objective, or one second."""
    return max(service.objectives.latency.values(), default=1.0)


def _build_request_rate(service: Service, panel: str) -> str:
    """Requests per second, 0 instead of no series before the first request."""
    request_rate = promql.rate(service.select_concept(REQUESTS, panel), service.by)
    return promql.union(request_rate, build_zero_while_up(service, panel))


def _build_breakdown_panel(service: Service, role: Role, panel: str, limit: int) -> TimeSeries:
    requests = service.select_concept(REQUESTS, panel)
    label = requests.resolve_label(role, panel)
    expression = promql.topk(limit, promql.rate(requests, (*service.by, label)))
    is_status = role is Role.STATUS
    return timeseries(
        f"Requests by {role}",
        [Query(expression, service.format_legend(label))],
        description=describe_value(
            requests, f"Requests per second by {role}, the {limit} largest."
        ),
        unit=units.REQUESTS_PER_SEC,
        stacked=is_status,
        colors=_build_status_colors(requests.metric.statuses) if is_status else {},
    )


def _build_status_colors(statuses: Statuses) -> dict[str, str]:
    """A colour for each meaning of a status, by the end of a line's legend."""
    groups = (
        (statuses.successes, GOOD),
        (statuses.neutral, NEUTRAL),
        (statuses.client_errors, WARNING),
        (statuses.failures, BAD),
    )
    return {ending: color for group, color in groups if group and (ending := _build_ending(group))}


def _build_ending(group: StatusGroup) -> str:
    """The end of a legend with one of these statuses, which JavaScript reads; else nothing."""
    if group.matcher is None:
        return f" (?:{'|'.join(escape_regex(value) for value in group.values)})"
    pattern = group.build_matcher()
    if pattern.op != "=~" or "(?" in pattern.value:
        return ""
    return f" (?:{pattern.value})" if "|" in pattern.value else pattern.value
