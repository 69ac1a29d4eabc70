"""Requests slower than the last bucket can tell."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import PERCENTAGE_TEMPLATE, escape_template
from tailboard.panels import hygiene, latency, promql
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "PercentileUnknown"


def percentile_unknown(service: Service) -> Iterator[AlertRule]:
    """More than one request in 100 is slower than the last finite bucket.

    P99 rests at the bucket's bound, and the truth may be any time longer. It is the histogram from
    which the P99 of the whole service is estimated, and which its latency objectives are compared
    with; one by route with fewer buckets does not alert. Give the histogram larger buckets;
    tailboard's panel of the requests by bucket shows which are missing.
    """
    duration = latency.select_overall_duration(service, NAME)
    limit = hygiene.UNKNOWN_SHARE_LIMIT
    yield AlertRule(
        name=NAME,
        expression=promql.filter_by_guards(
            promql.filter_above(hygiene.build_unknown_share(service, NAME, WINDOW), limit),
            promql.filter_at_least(
                promql.rate(duration, service.by, WINDOW), service.objectives.minimum_rate
            ),
            by=service.by,
        ),
        severity="warning",
        signal="metrics",
        lasting="10m",
        summary=f"Nobody knows the P99 of {escape_template(service.name)}",
        description=f"{PERCENTAGE_TEMPLATE} of the requests take longer than the last bucket of "
        f"{duration.metric.name}: P99 shows its bound, and the truth is longer. Look first at the "
        "slowest routes, then give the histogram larger buckets.",
        panel=hygiene.beyond_buckets,
        limit=limit,
        series_labels=service.by,
        examples=(
            Example("beyond the last bucket", _build_request_series(service, 0.05), is_firing=True),
            Example("within it", _build_request_series(service, 0.005), is_firing=False),
        ),
    )


def _build_request_series(service: Service, share: float) -> InputSeries:
    concept = latency.resolve_duration_concept(service)
    metric = service.convention.resolve_metric(concept, NAME)
    last_bound = metric.buckets[-1] / metric.unit.scale
    rate = max(1.0, 10 * service.objectives.minimum_rate)
    rates_by_duration = {last_bound: rate * (1 - share), 2 * last_bound: rate * share}
    return example_series.build_histogram_series(service, concept, rates_by_duration)
