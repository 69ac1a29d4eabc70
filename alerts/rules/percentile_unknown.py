"""Requests slower than the last bucket can tell."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import PERCENTAGE, literal
from tailboard.panels import hygiene, promql
from tailboard.panels.concept import DURATION
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "PercentileUnknown"


def percentile_unknown(service: Service) -> Iterator[AlertRule]:
    """More than one request in 100 is slower than the last finite bucket.

    P99 rests at the bucket's bound, and the truth may be any time longer. Give the histogram larger
    buckets; tailboard's panel of the requests by bucket shows which are missing.
    """
    duration = service.select(DURATION, NAME)
    limit = hygiene.MANY_UNKNOWABLE
    yield AlertRule(
        name=NAME,
        expression=promql.provided(
            promql.above(hygiene.unknowable(service, NAME, WINDOW), limit),
            promql.reaches(
                promql.rate(duration, service.by, WINDOW), service.objectives.minimum_rate
            ),
            by=service.by,
        ),
        severity="warning",
        signal="metrics",
        lasting="10m",
        summary=f"Nobody knows the P99 of {literal(service.name)}",
        description=f"{PERCENTAGE} of the requests take longer than the last bucket of "
        f"{duration.metric.name}: P99 shows its bound, and the truth is longer. Look first at the "
        "slowest routes, then give the histogram larger buckets.",
        panel=hygiene.beyond_buckets,
        limit=limit,
        told_by=service.by,
        examples=(
            Example("beyond the last bucket", _requests(service, 0.05), fires=True),
            Example("within it", _requests(service, 0.005), fires=False),
        ),
    )


def _requests(service: Service, share: float) -> Series:
    metric = service.convention.metric(DURATION, NAME)
    last = metric.buckets[-1] / metric.unit.per_base
    rate = max(1.0, 10 * service.objectives.minimum_rate)
    taken = {last: rate * (1 - share), 2 * last: rate * share}
    return scene.observed(service, DURATION, taken)
