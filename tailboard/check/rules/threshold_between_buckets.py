"""A threshold of a percentile at which no bucket ends: how many values are above is not known.

Bad: an objective of 0.3 s, and buckets that end at `0.25, 0.5`
Good: an objective of 0.25 s; or buckets that end at `0.25, 0.3, 0.5`
Another threshold is only proposed where a bucket ends at half of it to twice as much. It looks at
what panels of percentiles draw, and at what alert rules compare them with.
"""

from collections.abc import Iterator, Sequence

from tailboard.check.engine import (
    Check,
    MetricProblem,
    describe_panels,
    format_proposed_buckets,
    group_by_histogram,
)
from tailboard.check.evidence import Evidence
from tailboard.check.rules.coarse_percentile import MIN_BUCKETS, find_wide
from tailboard.check.rules.last_bucket import find_last
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import format_buckets, format_quantity
from tailboard.queries.analysis.percentiles import Percentile

MAX_FACTOR = 2
"""A threshold is not moved by more than this factor."""


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for name, percentiles in group_by_histogram(evidence).items():
        distribution = evidence.distributions[name]
        thresholds = {
            threshold
            for percentile in percentiles
            for threshold in percentile.thresholds
            if not distribution.is_bound(threshold)
        }
        for threshold in sorted(thresholds):
            affected_percentiles = [
                percentile for percentile in percentiles if threshold in percentile.thresholds
            ]
            problem = f"no bucket ends at the threshold of {format_quantity(threshold, name)}"
            advice = _propose_thresholds(name, threshold, distribution)
            tip = f"{advice}add a bucket: {_propose_buckets(distribution, percentiles)}"
            yield MetricProblem(name, f"{problem}, {describe_panels(affected_percentiles)}", tip)


def _propose_thresholds(name: str, threshold: float, distribution: Distribution) -> str:
    """The thresholds nearby at which a bucket ends."""
    lower_bounds = [
        bound for bound in distribution.bounds if threshold / MAX_FACTOR <= bound < threshold
    ][-1:]
    upper_bounds = [
        bound for bound in distribution.bounds if threshold < bound <= threshold * MAX_FACTOR
    ][:1]
    alternatives = " or ".join(
        format_quantity(bound, name) for bound in (*lower_bounds, *upper_bounds)
    )
    return f"make it {alternatives}, or " if alternatives else ""


def _propose_buckets(distribution: Distribution, percentiles: Sequence[Percentile]) -> str:
    """Those that there are and the thresholds, unless another check proposes better ones."""
    if (
        len(distribution.bounds) < MIN_BUCKETS
        or find_last(percentiles, distribution)
        or find_wide(percentiles, distribution)
    ):
        return format_proposed_buckets(distribution, percentiles)
    thresholds = {
        threshold
        for percentile in percentiles
        for threshold in percentile.thresholds
        if not distribution.is_bound(threshold)
    }
    return f"buckets={format_buckets(sorted({*distribution.bounds, *thresholds}))}"


CHECK = Check(
    "threshold-between-buckets",
    "warning",
    "a threshold at which no bucket ends",
    __doc__,
    _check_evidence,
)
