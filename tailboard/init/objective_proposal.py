"""Objectives to begin with: what the program does today, at the bound of a bucket."""

from dataclasses import dataclass
from math import inf

from tailboard.init.recognition import Recognition
from tailboard.metrics.distribution import build_distribution
from tailboard.metrics.exposition import Catalogue
from tailboard.panels.concept import DURATION, OVERALL_DURATION, REQUESTS
from tailboard.panels.metric import Histogram, Metric, Role

PERCENTILE = 0.99
AVAILABILITY = 0.999
MIN_LATENCY = 0.1
"""Seconds: the lowest latency objective that is proposed."""

DEFAULT_LATENCY = 1.0
"""Seconds, where nothing was observed yet."""


@dataclass(frozen=True)
class ObjectiveProposal:
    """The seconds within which 99 % are answered, the availability, and why one is left out.

    `observed_latency` is the upper bound, in seconds, of the bucket with the observed percentile:
    infinite in the last bucket, None where nothing was observed.
    """

    latency: float | None = None
    availability: float | None = None
    omission_reason: str = ""
    observed_latency: float | None = None


def propose_objectives(catalogue: Catalogue, recognition: Recognition) -> ObjectiveProposal:
    """Objectives that the program's metrics can measure."""
    metrics = recognition.convention.metrics
    if REQUESTS not in metrics or recognition.is_pushed:
        return ObjectiveProposal()
    availability = AVAILABILITY if Role.STATUS in metrics[REQUESTS].labels else None
    duration = find_latency_histogram(recognition)
    if duration is None:
        return ObjectiveProposal(None, availability, "there are no durations of requests")
    scale = duration.unit.scale
    max_latency = _find_max_latency(metrics.get(DURATION))
    usable_bounds = [
        bound / scale for bound in duration.buckets[:-1] if 0 < bound / scale <= max_latency
    ]
    if not duration.exact or len(usable_bounds) < 2:
        reason = f"the buckets of {duration.name} are too coarse for a promise"
        return ObjectiveProposal(None, availability, reason)
    observed_bound = _find_observed_bound(duration, catalogue)
    observed_latency = None if observed_bound is None else observed_bound / scale
    target_latency = (
        DEFAULT_LATENCY if observed_latency is None else max(MIN_LATENCY, observed_latency)
    )
    sufficient_bounds = [bound for bound in usable_bounds if bound >= target_latency * (1 - 1e-9)]
    return ObjectiveProposal(
        min(sufficient_bounds, default=usable_bounds[-1]),
        availability,
        observed_latency=observed_latency,
    )


def find_latency_histogram(recognition: Recognition) -> Histogram | None:
    """The histogram of which a latency is promised, if there is one."""
    metrics = recognition.convention.metrics
    duration = metrics.get(OVERALL_DURATION) or metrics.get(DURATION)
    return duration if isinstance(duration, Histogram) else None


def _find_max_latency(route_duration: Metric | None) -> float:
    """The largest latency in seconds that the routes' buckets resolve: each must meet it."""
    if not isinstance(route_duration, Histogram) or not route_duration.buckets:
        return inf
    return route_duration.buckets[-1] / route_duration.unit.scale


def _find_observed_bound(duration: Histogram, catalogue: Catalogue) -> float | None:
    """The bound of the bucket in which the percentile lies now; None without observations."""
    metric_series = catalogue.metrics.get(f"{duration.name}_bucket")
    observed_distribution = build_distribution(metric_series.buckets) if metric_series else None
    return (
        observed_distribution.find_bucket(PERCENTILE).upper
        if observed_distribution and observed_distribution.total > 0
        else None
    )
