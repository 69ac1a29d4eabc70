"""One objective of a service: which requests break it, and how many may.

An objective is kept or broken over a window of days. What it leaves is the budget, and how fast
failures spend it is the burn rate: at 1 the budget lasts exactly as long as the window.
https://sre.google/workbook/alerting-on-slos/
"""

from collections.abc import Iterator

from tailboard.panels import promql
from tailboard.panels.concept import (
    DURATION,
    DURATION_SUMMARY,
    FIRST_TOKEN,
    REQUESTS,
    Concept,
)
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.duration import parse_duration as in_seconds
from tailboard.panels.latency import resolve_duration_concept
from tailboard.panels.matcher import Matchers, equals
from tailboard.panels.metric import Gauge, Histogram
from tailboard.panels.objectives import compute_budget, format_percentile
from tailboard.panels.record import record
from tailboard.panels.recording import SERVICE_LABEL, WINDOW, format_recording
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service


@record
class Objective:
    """What is promised: the share of requests that must be good, and what makes one bad.

    `seconds` is the time that a good request may take; None where a good one is one that does not
    fail on the server's side. `concept` is what the seconds are measured of; None for the whole
    request.
    """

    name: str
    title: str
    target: float
    seconds: float | None = None
    concept: Concept[Histogram] | None = None

    @property
    def budget(self) -> float:
        """The share of requests that may be bad."""
        return compute_budget(self.target)

    @property
    def outage_burn_rate(self) -> float:
        """The burn rate where half of the requests that have to be good are bad, in four digits."""
        return float(f"{(1 + self.budget) / 2 / self.budget:.4g}")


@record
class BurnRateAlert:
    """A condition on the burn rate: how fast, over which two windows, and whether it pages."""

    factor: float
    long_window: str
    short_window: str
    is_paging: bool


BURN_RATE_ALERTS = (
    BurnRateAlert(14.4, "1h", "5m", is_paging=True),
    BurnRateAlert(6, "6h", "30m", is_paging=True),
    BurnRateAlert(3, "1d", "2h", is_paging=False),
    BurnRateAlert(1, "3d", "6h", is_paging=False),
)
"""Of a budget of 30 days these spend 2 % in an hour, 5 % in 6 hours, 10 % in a day and in three.

The Site Reliability Workbook, chapter 5, table 5-8: the two that page are one alert, the two that
make a ticket another, and none of them has to last before it fires.
https://sre.google/workbook/alerting-on-slos/
"""

OUTAGE_DURATION = "5m"
"""How long most requests have to be bad for a page, whatever the objective.

The windows of the table see a total outage late where the budget is large (a promise of 95 %: after
43 minutes), and where traffic ends with the outage, since good requests of the last hour outnumber
it.
"""

BURN_RATE_WINDOWS = tuple(
    sorted(
        {
            window
            for burn_alert in BURN_RATE_ALERTS
            for window in (burn_alert.long_window, burn_alert.short_window)
        },
        key=in_seconds,
    )
)
"""The windows of the burn rate: each condition has a long one and a twelfth of it."""

LONGEST_RAW_WINDOW = "6h"
"""Up to here rates are computed from the metrics, beyond it from what recording rules keep."""


def list_objectives(service: Service) -> Iterator[Objective]:
    """The objectives that have a budget: the availability, and each time at its percentile."""
    objectives = service.objectives
    if objectives.availability is not None:
        title = f"Availability {objectives.availability * 100:.10g} %"
        yield Objective("availability", title, objectives.availability)
    for fraction, seconds in sorted(objectives.latency.items()):
        name = format_percentile(fraction)
        title = f"{name} within {promql.format_number(seconds)} s"
        yield Objective(f"latency-{name.lower()}", title, fraction, seconds)
    for fraction, seconds in sorted(objectives.first_token.items()):
        name = format_percentile(fraction)
        title = f"First token {name} within {promql.format_number(seconds)} s"
        yield Objective(f"first-token-{name.lower()}", title, fraction, seconds, FIRST_TOKEN)


def resolve_objective_concept(service: Service, objective: Objective) -> Concept[Histogram]:
    """What the seconds of an objective are measured of."""
    return objective.concept or resolve_duration_concept(service)


def select_objective_duration(
    service: Service, objective: Objective, panel: str
) -> Selection[Histogram]:
    """The times that an objective of seconds is about."""
    return service.select_concept(resolve_objective_concept(service, objective), panel)


def build_request_rate(service: Service, objective: Objective, panel: str, window: str) -> str:
    """All requests per second that count for the objective."""
    if objective.seconds is None:
        return promql.rate(service.select_concept(REQUESTS, panel), service.by, window)
    duration = select_objective_duration(service, objective, panel)
    return promql.rate(duration, service.by, window)


def build_bad_rate(service: Service, objective: Objective, panel: str, window: str) -> str:
    """The requests per second that break the objective; 0 while none does."""
    if objective.seconds is None:
        failed_requests = service.select_concept(REQUESTS, panel).filter_failures(panel)
        failure_rate = promql.rate(failed_requests, service.by, window)
        return promql.union(
            failure_rate, f"0 * {build_request_rate(service, objective, panel, window)}"
        )
    duration = select_objective_duration(service, objective, panel)
    return promql.build_slow_rate(
        duration, find_slow_bound(duration, objective), service.by, window
    )


def has_sufficient_buckets(duration: Selection[Histogram], objective: Objective) -> bool:
    """Whether a bucket ends at the objective's seconds or beyond, so that slower ones are seen."""
    metric, seconds = duration.metric, objective.seconds or 0
    is_any_bound = duration.histograms == "native" or not metric.buckets
    return is_any_bound or metric.buckets[-1] / metric.unit.scale >= seconds * (1 - 1e-9)


def find_slow_bound(duration: Selection[Histogram], objective: Objective) -> float:
    """The seconds beyond which a request counts as slow: the first bucket bound that is enough.

    Where no bucket ends at the objective, what lies between it and the next bound passes as good.
    """
    metric, seconds = duration.metric, objective.seconds or 0
    if duration.histograms == "native" or not metric.buckets:
        return seconds
    bounds = [bound / metric.unit.scale for bound in metric.buckets]
    if not has_sufficient_buckets(duration, objective):
        largest_bound = promql.format_number(bounds[-1])
        raise DefinitionError(
            f"{objective.title} can never be seen to be broken: the largest bucket of "
            f"{metric.name} ends at {largest_bound} s",
            tip=f"promise at most {largest_bound} s, or give {metric.name} larger buckets.",
        )
    return min(bound for bound in bounds if bound >= seconds * (1 - 1e-9))


def build_bad_ratio(service: Service, objective: Objective, panel: str, window: str) -> str:
    """The share of requests that break the objective, over a window."""
    if service.recorded and not service.chosen:
        return promql.select_series(
            select_recording(service, objective, f"bad_requests:ratio_rate{window}")
        )
    bad_rate = build_bad_rate(service, objective, panel, window)
    return promql.ratio(bad_rate, build_request_rate(service, objective, panel, window))


def build_burn_rate(service: Service, objective: Objective, panel: str, window: str) -> str:
    """How many times faster than sustainable the budget is spent, over a window."""
    return (
        f"({build_bad_ratio(service, objective, panel, window)} / "
        f"{promql.format_number(objective.budget)})"
    )


def select_recording(
    service: Service, objective: Objective, metric_suffix: str
) -> Selection[Gauge]:
    """What recording rules keep of an objective: `service_objective:requests:rate5m`."""
    level = format_recording("_".join((SERVICE_LABEL, *service.by, "objective")))
    matchers: Matchers = (
        (SERVICE_LABEL, equals(service.slug)),
        ("objective", equals(objective.name)),
    )
    return Selection(Gauge(f"{level}:{metric_suffix}"), matchers)


def _refuse_summary(service: Service, objective: Objective) -> DefinitionError:
    """Why a latency cannot be promised of a summary."""
    name = service.convention.metrics[DURATION_SUMMARY].name
    return DefinitionError(
        f"the service {service.name!r} promises {objective.title!r}, and {name} is a summary: "
        "its quantiles are those of single instances, and nobody can tell which share of all "
        "requests was slower",
        tip=f"take the latency away, an availability can be promised; or make {name} a histogram.",
    )


def check_objective_metrics(service: Service, objective: Objective) -> None:
    """Refuse a promise that the service's metrics cannot tell anything about."""
    try:
        build_bad_rate(service, objective, "objectives", WINDOW)
    except MissingMetricError as error:
        concept = REQUESTS if objective.seconds is None else objective.concept or DURATION
        if concept is DURATION and service.has_concepts(DURATION_SUMMARY):
            raise _refuse_summary(service, objective) from error
        raise DefinitionError(
            f"the service {service.name!r} promises {objective.title!r}, and its convention "
            f"{service.convention.name!r} cannot tell: {error.problem}",
            tip=f"take the objective away, or expose {concept.required_metric}.",
        ) from error
