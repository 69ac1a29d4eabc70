"""Requests slower than promised."""

from collections.abc import Iterator

from tailboard.alerts import guards, scene
from tailboard.alerts.rule import AlertRule, Example, Note
from tailboard.alerts.template import DURATION, literal, seconds
from tailboard.panels import latency, promql
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.honesty import described
from tailboard.panels.metric import Histogram
from tailboard.panels.objectives import percentile_name
from tailboard.panels.recording import WINDOW
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service

NAME = "LatencyAboveObjective"


def latency_above_objective(service: Service) -> Iterator[AlertRule | Note]:
    """Requests take longer than the service promises, at the percentile of the promise.

    The average may look fine. Look at the slowest routes, then at the database's time by operation
    and table, where a missing index stands out; then at Redis and at the calls that go out. With
    fewer requests than the percentile needs, a hundred in five minutes for P99, it stays silent.
    """
    for fraction, limit in sorted(service.objectives.latency.items()):
        duration = latency.whole(service, NAME)
        name = percentile_name(fraction)
        if not duration.metric.exact and duration.histograms != "native":
            yield Note(
                f"the buckets of {duration.metric.name} are too coarse for {name}: no alert "
                "compares it with its objective, only its budget is watched."
            )
            continue
        least = max(service.objectives.minimum_rate, guards.enough_for(fraction))
        inexact = _inexact(duration, f"{name} within {promql.number(limit)} s", limit)
        if inexact:
            yield Note(inexact)
        yield AlertRule(
            name=NAME,
            expression=promql.provided(
                promql.above(promql.quantile(fraction, duration, service.by, WINDOW), limit),
                promql.reaches(promql.rate(duration, service.by, WINDOW), least),
                promql.above(promql.value(service.up(NAME), service.by, "max"), 0),
                by=service.by,
            ),
            severity="warning",
            signal="latency",
            lasting="2m",
            keep_firing="5m",
            labels={"percentile": name},
            summary=f"{name} of {literal(service.name)} is {DURATION}",
            description=described(
                f"{_slower(fraction)} to {literal(service.name)} takes longer than {DURATION}, and "
                f"{seconds(limit)} is promised. Look first at the slowest routes, then at the "
                "database by operation and table, then at the Redis and the calls downstream.",
                inexact,
            ),
            panel=latency.percentiles,
            limit=limit,
            told_by=service.by,
            examples=_examples(service, duration, fraction, limit, least),
        )


def _slower(fraction: float) -> str:
    """How people say it: one request in 100."""
    return f"1 request in {round(1 / (1 - fraction), 1):g}"


def _inexact(duration: Selection[Histogram], promise: str, limit: float) -> str:
    """What the buckets cannot tell about the promise; nothing where one of them ends at it."""
    metric = duration.metric
    bounds = [it / metric.unit.per_base for it in metric.buckets]
    if duration.histograms == "native" or not bounds:
        return ""
    if limit >= bounds[-1] * (1 - 1e-9):
        last = promql.number(bounds[-1])
        raise DefinitionError(
            f"the alert of {promise} would never fire: the largest bucket of {metric.name} ends "
            f"at {last} s, and no percentile shows above it",
            tip=f"promise less than {last} s, or give {metric.name} larger buckets.",
        )
    below = max([0.0, *(it for it in bounds if it <= limit * (1 + 1e-9))])
    if below and abs(below - limit) < 1e-9 * limit:
        return ""
    above = min(it for it in bounds if it > limit)
    return (
        f"{promise} lies between the buckets {promql.number(below)} and {promql.number(above)} of "
        f"{metric.name}: the true value may be anywhere between them when the alert fires."
    )


def _examples(
    service: Service, duration: Selection[Histogram], fraction: float, limit: float, least: float
) -> tuple[Example, ...]:
    """Slow and fast requests, and slow ones that are too few for the percentile."""
    concept, up = latency.whole_concept(service), scene.of_target(service, "up", "1+0")
    bounds = [it / duration.metric.unit.per_base for it in duration.metric.buckets] or [limit]
    exact = any(abs(it - limit) < 1e-9 * limit for it in bounds)
    slow = min([it for it in bounds if it > limit], default=2 * limit) if exact else 2 * bounds[-1]
    within = max([it for it in bounds if it <= limit * (1 + 1e-9)], default=bounds[0] / 2)
    few, often = (1 - fraction) / 2, 10 * least

    def at(rate: float, slower: float) -> dict[str, str]:
        taken = {within: rate * (1 - slower), slow: rate * slower}
        return {**scene.observed(service, concept, taken), **up}

    return (
        Example("half of them a bucket too slow", at(often, 0.5), fires=True),
        Example("all within the limit", at(often, 0), fires=False),
        Example("fewer slow than the percentile allows", at(often, few), fires=False),
        Example("slow but few", at(least / 3, 0.5), fires=False),
    )
