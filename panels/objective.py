"""One objective of a service: which requests break it, and how many may.

An objective is kept or broken over a window of days. What it leaves is the budget, and how fast
failures spend it is the burn rate: at 1 the budget lasts exactly as long as the window.
https://sre.google/workbook/alerting-on-slos/
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tailboard.panels import promql
from tailboard.panels.concept import DURATION, REQUESTS
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.duration import seconds as in_seconds
from tailboard.panels.errors import SERVER_ERRORS
from tailboard.panels.latency import whole
from tailboard.panels.matcher import Matchers, equals
from tailboard.panels.metric import Gauge, Histogram, Role
from tailboard.panels.objectives import left_by, percentile_name
from tailboard.panels.recording import SERVICE, WINDOW
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service


@dataclass(frozen=True)
class Objective:
    """What is promised: the share of requests that must be good, and what makes one bad.

    `seconds` is the time that a good request may take; None where a good one is one that does not
    fail on the server's side.
    """

    name: str
    title: str
    target: float
    seconds: float | None = None

    @property
    def budget(self) -> float:
        """The share of requests that may be bad."""
        return left_by(self.target)


@dataclass(frozen=True)
class Burn:
    """An alert of the burn rate: how fast, over which two windows, how long before it fires."""

    factor: float
    long: str
    short: str
    lasting: str
    pages: bool


BURNS = (
    Burn(14.4, "1h", "5m", "2m", pages=True),
    Burn(6, "6h", "30m", "15m", pages=True),
    Burn(3, "1d", "2h", "1h", pages=False),
    Burn(1, "3d", "6h", "3h", pages=False),
)
"""Of a budget of 30 days these spend 2 % in an hour, 5 % in 6 hours, 10 % in a day and in three.

The Site Reliability Workbook, chapter 5, table 5-8; the patience is kubernetes-mixin's.
https://sre.google/workbook/alerting-on-slos/
"""

WINDOWS = tuple(sorted({it for burn in BURNS for it in (burn.long, burn.short)}, key=in_seconds))
"""Over what the burn rate is looked at: each alert has a long window and a twelfth of it."""


def objectives_of(service: Service) -> Iterator[Objective]:
    """The objectives that have a budget: the availability, and each latency at its percentile."""
    promised = service.objectives
    if promised.availability is not None:
        title = f"Availability {promised.availability * 100:.10g} %"
        yield Objective("availability", title, promised.availability)
    for fraction, seconds in sorted(promised.latency.items()):
        name = percentile_name(fraction)
        title = f"{name} within {promql.number(seconds)} s"
        yield Objective(f"latency-{name.lower()}", title, fraction, seconds)


def counted(service: Service, objective: Objective, panel: str, window: str) -> str:
    """All requests per second that the objective judges."""
    if objective.seconds is None:
        return promql.rate(service.select(REQUESTS, panel), service.by, window)
    return promql.rate(whole(service, panel), service.by, window)


def bad(service: Service, objective: Objective, panel: str, window: str) -> str:
    """The requests per second that break the objective; 0 while none does."""
    if objective.seconds is None:
        failed = service.select(REQUESTS, panel, {Role.STATUS: SERVER_ERRORS})
        some = promql.rate(failed, service.by, window)
        return promql.either(some, f"0 * {counted(service, objective, panel, window)}")
    duration = whole(service, panel)
    return promql.slower(duration, judged_at(duration, objective), service.by, window)


def judged_at(duration: Selection[Histogram], objective: Objective) -> float:
    """The seconds beyond which a request counts as slow: the first bucket bound that is enough.

    Where no bucket ends at the objective, what lies between it and the next bound passes as good.
    """
    metric, seconds = duration.metric, objective.seconds or 0
    if duration.histograms == "native" or not metric.buckets:
        return seconds
    scale = metric.unit.per_base
    enough = [it / scale for it in metric.buckets if it / scale >= seconds * (1 - 1e-9)]
    if not enough:
        largest = promql.number(metric.buckets[-1] / scale)
        raise DefinitionError(
            f"{objective.title} can never be seen to be broken: the largest bucket of "
            f"{metric.name} ends at {largest} s",
            tip=f"promise at most {largest} s, or give {metric.name} larger buckets.",
        )
    return min(enough)


def bad_ratio(service: Service, objective: Objective, panel: str, window: str) -> str:
    """The share of requests that break the objective, over a window."""
    if service.recorded and not service.chosen:
        return promql.series(recorded(service, objective, f"bad_requests:ratio_rate{window}"))
    some = bad(service, objective, panel, window)
    return promql.ratio(some, counted(service, objective, panel, window))


def burn_rate(service: Service, objective: Objective, panel: str, window: str) -> str:
    """How many times faster than the budget allows for ever, over a window."""
    return f"({bad_ratio(service, objective, panel, window)} / {promql.number(objective.budget)})"


def recorded(service: Service, objective: Objective, what: str) -> Selection[Gauge]:
    """What recording rules keep of an objective: `service_objective:requests:rate5m`."""
    level = "_".join((SERVICE, *service.by, "objective"))
    own: Matchers = ((SERVICE, equals(service.slug)), ("objective", equals(objective.name)))
    return Selection(Gauge(f"{level}:{what}"), own)


def check_measured(service: Service, objective: Objective) -> None:
    """Refuse a promise that the service's metrics cannot tell anything about."""
    try:
        bad(service, objective, "objectives", WINDOW)
    except MissingMetricError as error:
        concept = REQUESTS if objective.seconds is None else DURATION
        raise DefinitionError(
            f"the service {service.name!r} promises {objective.title!r}, and its convention "
            f"{service.convention.name!r} cannot tell: {error.problem}",
            tip=f"take the objective away, or expose {concept.expose}.",
        ) from error
