"""A percentile in the last finite bucket, or beyond: the panel cannot show more than its bound.

Bad: the last bucket ends at 10 s, and the P99 is drawn at 10 s however slow it becomes
Good: the last bucket ends well above what is promised and what happens
Where there are few buckets at all, `few-buckets` says it.
"""

from collections.abc import Iterable, Iterator

from tailboard.check.engine import (
    Check,
    MetricProblem,
    describe_panels,
    format_proposed_buckets,
    group_by_histogram,
)
from tailboard.check.evidence import Evidence
from tailboard.check.rules.coarse_percentile import describe_wide_bucket as where_wide
from tailboard.check.rules.coarse_percentile import find_wide
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import format_quantity
from tailboard.queries.analysis.percentiles import Percentile


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for name, percentiles in group_by_histogram(evidence).items():
        distribution = evidence.distributions[name]
        if last_percentiles := find_last(percentiles, distribution):
            wide_percentiles = find_wide(percentiles, distribution)
            parts = [describe_last_bucket(name, last_percentiles, distribution)]
            parts += [where_wide(name, wide_percentiles, distribution)] if wide_percentiles else []
            affected_percentiles = [
                percentile
                for percentile in percentiles
                if percentile in {*last_percentiles, *wide_percentiles}
            ]
            tip = (
                f"let its buckets go further: {format_proposed_buckets(distribution, percentiles)}"
            )
            yield MetricProblem(
                name, f"{'; '.join(parts)}, {describe_panels(affected_percentiles)}", tip
            )


def find_last(percentiles: Iterable[Percentile], distribution: Distribution) -> list[Percentile]:
    """The percentiles beyond which nothing can be drawn."""
    return [percentile for percentile in percentiles if _is_last(percentile, distribution)]


def describe_last_bucket(
    name: str, percentiles: Iterable[Percentile], distribution: Distribution
) -> str:
    """Where the lowest of these percentiles lies."""
    lowest = min(percentile.quantile for percentile in percentiles)
    is_above = distribution.find_bucket(lowest).upper > distribution.bounds[-1]
    return (
        f"P{lowest * 100:.10g} lies {'beyond' if is_above else 'in'} the last finite bucket, "
        f"and no more than {format_quantity(distribution.bounds[-1], name)} can be drawn"
    )


def _is_last(percentile: Percentile, distribution: Distribution) -> bool:
    has_several = len(distribution.bounds) > 1
    return (
        has_several
        and distribution.has_enough_values(percentile.quantile)
        and distribution.find_bucket(percentile.quantile).is_last
    )


CHECK = Check(
    "last-bucket",
    "warning",
    "a percentile in the last finite bucket",
    __doc__,
    _check_evidence,
    suppressors=("few-buckets",),
)
