"""How much comes in, and how much of it is waiting."""

from grafanalib import formatunits as units
from grafanalib.core import Stat, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import IN_FLIGHT, REQUESTS
from tailboard.panels.honesty import cautioned, described
from tailboard.panels.house import BAD, CALM, GOOD, WARNING
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import literal
from tailboard.panels.metric import Role
from tailboard.panels.query import Query
from tailboard.panels.service import Service


def rate(service: Service) -> TimeSeries:
    """Requests per second of the whole service."""
    requests = service.select(REQUESTS, "traffic.rate")
    return timeseries(
        "Requests per second",
        [Query(_rate(service, "traffic.rate"), service.legend)],
        description=cautioned(requests, "Requests per second, without scrapes and health checks."),
        unit=units.REQUESTS_PER_SEC,
        colors={literal(service.name): CALM},
    )


def current(service: Service) -> Stat:
    """Requests per second as a number."""
    requests = service.select(REQUESTS, "traffic.current")
    return stat(
        "Requests",
        [Query(_rate(service, "traffic.current"), service.legend)],
        description=cautioned(requests, "Requests per second, without scrapes and health checks."),
        unit=units.REQUESTS_PER_SEC,
    )


def by_route(service: Service, *, limit: int = 10) -> TimeSeries:
    """Requests per second by route."""
    return _by(service, Role.ROUTE, "traffic.by_route", limit)


def by_method(service: Service, *, limit: int = 10) -> TimeSeries:
    """Requests per second by HTTP method."""
    return _by(service, Role.METHOD, "traffic.by_method", limit)


def by_status(service: Service, *, limit: int = 20) -> TimeSeries:
    """Requests per second by status, stacked: what share is not 2xx."""
    return _by(service, Role.STATUS, "traffic.by_status", limit)


FEW_IN_FLIGHT = 10
"""So many requests at once are nothing, however fast they should be answered."""


def in_flight(service: Service) -> TimeSeries:
    """Requests being answered now: when they pile up, the service is slower than its callers."""
    waiting = service.select(IN_FLIGHT, "traffic.in_flight")
    allowed = service.has(REQUESTS)
    return timeseries(
        "Requests in flight",
        [
            Query(waiting_now(service, "traffic.in_flight"), service.line("instance")),
            *(
                [
                    Query(
                        allowed_in_flight(service, "traffic.in_flight"),
                        f"{service.line('instance')} allowed",
                    )
                ]
                if allowed
                else []
            ),
        ],
        description=cautioned(
            waiting,
            described(
                "Requests being answered at this moment, by instance. A rising line means "
                "queueing: requests come in faster than they are answered.",
                "Beyond the line of what is allowed they take longer on average than the latency "
                f"objective, or {promql.number(longest(service))} s (Little's law)."
                if allowed
                else "",
            ),
        ),
        unit=units.SHORT,
        colors={"allowed": BAD},
    )


def waiting_now(service: Service, panel: str) -> str:
    """Requests being answered, by instance."""
    return promql.value(service.select(IN_FLIGHT, panel), (*service.by, "instance"))


def allowed_in_flight(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """How many requests may be in flight, by instance: their rate times what each may take.

    Little's law, L = λW: with more of them in flight, they take longer than that on average.
    https://en.wikipedia.org/wiki/Little%27s_law
    """
    rate = promql.rate(service.select(REQUESTS, panel), (*service.by, "instance"), window)
    return promql.at_least(f"{promql.number(longest(service))} * {rate}", FEW_IN_FLIGHT)


def longest(service: Service) -> float:
    """The seconds that a request may take: the largest latency objective, or one second."""
    return max(service.objectives.latency.values(), default=1.0)


def _rate(service: Service, panel: str) -> str:
    """0 rather than nothing before the first request."""
    counted = promql.rate(service.select(REQUESTS, panel), service.by)
    return promql.either(counted, promql.zero_while_up(service.up(panel), service.by))


def _by(service: Service, role: Role, panel: str, limit: int) -> TimeSeries:
    requests = service.select(REQUESTS, panel)
    label = requests.label(role, panel)
    expression = promql.top(limit, promql.rate(requests, (*service.by, label)))
    statuses = role is Role.STATUS
    return timeseries(
        f"Requests by {role}",
        [Query(expression, service.line(label))],
        description=cautioned(requests, f"Requests per second by {role}, the {limit} largest."),
        unit=units.REQUESTS_PER_SEC,
        stacked=statuses,
        colors={"2..": GOOD, "3..": CALM, "4..": WARNING, "5..": BAD} if statuses else {},
    )
