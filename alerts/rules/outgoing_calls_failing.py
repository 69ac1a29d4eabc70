"""Another service that does not answer ours as it should."""

from collections.abc import Iterator

from tailboard.alerts import guards, scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import PERCENTAGE, label, literal, percentage
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import OUTGOING_DURATION
from tailboard.panels.metric import Role
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "OutgoingCallsFailing"


def outgoing_calls_failing(service: Service) -> Iterator[AlertRule]:
    """Calls to one peer are answered with 5xx, or not at all.

    Tell whoever runs the peer; look at its status page and at what stands between. Then whether the
    service could do without it for a while: a timeout, a fallback, a retry with patience.
    """
    calls = service.select(OUTGOING_DURATION, NAME)
    peer = calls.label(Role.PEER, NAME)
    failed = calls.where({Role.STATUS: dependencies.FAILED}, NAME)
    by = (*service.by, peer)
    limit = dependencies.MANY_FAIL
    yield AlertRule(
        name=NAME,
        expression=promql.provided(
            promql.above(dependencies.failing(service, NAME, WINDOW), limit),
            promql.reaches(promql.rate(calls, by, WINDOW), service.objectives.minimum_rate),
            guards.several(promql.rate(failed, by, WINDOW)),
            by=by,
        ),
        severity="warning",
        signal="dependencies",
        lasting="5m",
        summary=f"{PERCENTAGE} of the calls of {literal(service.name)} to {label(peer)} fail",
        description=f"{label(peer)} answers {PERCENTAGE} of the calls with 5xx or not at all, more "
        f"than {percentage(limit)}. Look first whether it is up, then what stands between.",
        panel=dependencies.outgoing_failures,
        limit=limit,
        told_by=by,
        examples=(
            Example("half of them", _calls(service, 1, "503"), fires=True),
            Example("no answer", _calls(service, 1, ""), fires=True),
            Example("refused", _calls(service, 1, "404"), fires=False),
            Example("too few to say", _calls(service, 0.01, "503"), fires=False),
        ),
    )


def _calls(service: Service, rate: float, status: str) -> Series:
    rate *= max(1.0, 20 * service.objectives.minimum_rate)
    return {
        **scene.counted(service, OUTGOING_DURATION, rate / 2, {Role.STATUS: "200"}),
        **scene.counted(service, OUTGOING_DURATION, rate / 2, {Role.STATUS: status}),
    }
