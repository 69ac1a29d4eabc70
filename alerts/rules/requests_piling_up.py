"""Requests that come in faster than they are answered."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import VALUE, label, literal
from tailboard.panels import promql, traffic
from tailboard.panels.concept import IN_FLIGHT, REQUESTS
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "RequestsPilingUp"


def requests_piling_up(service: Service) -> Iterator[AlertRule]:
    """More requests are in flight than can be if each is answered in the time it may take.

    By Little's law they take longer on average than the latency objective, even where no duration
    is measured yet because none of them comes to an end. Look at what they wait for: the database,
    its pool of connections, a call without a timeout, too few workers.
    """
    allowed = traffic.allowed_in_flight(service, NAME, WINDOW)
    longest = promql.number(traffic.longest(service))
    few = 0.5 * traffic.FEW_IN_FLIGHT
    yield AlertRule(
        name=NAME,
        expression=promql.above(traffic.waiting_now(service, NAME), allowed),
        severity="warning",
        signal="saturation",
        lasting="3m",
        summary=f"{VALUE} requests pile up in {label('instance')} of {literal(service.name)}",
        description=f"{VALUE} requests wait for an answer of {label('instance')}, more than there "
        f"can be if each took {longest}s. Look first at what they wait for: the database, its "
        "pool, a call without a timeout.",
        panel=traffic.in_flight,
        limit=traffic.allowed_in_flight(service, NAME),
        told_by=("instance", *service.by),
        examples=(
            Example("stuck", _waiting(service, 0, 50), fires=True),
            Example("quick", _waiting(service, 100 / traffic.longest(service), 50), fires=False),
            Example("few", _waiting(service, 0, few), fires=False),
        ),
    )


def _waiting(service: Service, rate: float, in_flight: float) -> dict[str, str]:
    return {
        **scene.counted(service, REQUESTS, rate),
        **scene.gauged(service, IN_FLIGHT, scene.constant(in_flight)),
    }
