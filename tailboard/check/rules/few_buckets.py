"""A histogram with few buckets, of which percentiles are asked: they only know fast from slow.

Bad: `buckets=[0.1, 0.5, 1.0]`
Good: `buckets=[0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0]`
Fewer than 5 finite bounds are few.
"""

from collections.abc import Iterator

from tailboard.check.engine import (
    Check,
    MetricProblem,
    describe_panels,
    format_proposed_buckets,
    group_by_histogram,
)
from tailboard.check.evidence import Evidence
from tailboard.check.rules.coarse_percentile import MIN_BUCKETS
from tailboard.check.rules.last_bucket import describe_last_bucket, find_last
from tailboard.metrics.quantity import format_buckets
from tailboard.publish.plural import format_count


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for name, percentiles in group_by_histogram(evidence).items():
        distribution = evidence.distributions[name]
        if len(distribution.bounds) < MIN_BUCKETS:
            bucket_count = format_count(len(distribution.bounds), "bucket")
            parts = [f"only {bucket_count} for percentiles: {format_buckets(distribution.bounds)}"]
            parts += (
                [describe_last_bucket(name, last_percentiles, distribution)]
                if (last_percentiles := find_last(percentiles, distribution))
                else []
            )
            problem = f"{'; '.join(parts)}, {describe_panels(percentiles)}"
            yield MetricProblem(
                name, problem, f"give it more: {format_proposed_buckets(distribution, percentiles)}"
            )


CHECK = Check(
    "few-buckets",
    "warning",
    "percentiles of a histogram with few buckets",
    __doc__,
    _check_evidence,
)
