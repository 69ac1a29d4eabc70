"""A percentile that lies in a wide bucket now: what the panel draws may be far from the truth.

Bad: the buckets end at `0.1, 1.0, 10.0`, and the P99 lies between 1 s and 10 s
Good: the buckets end at `1.0, 1.5, 2.0, 3.0, 5.0` where the P99 lies
A bucket may end at 2.5 times its begin: so wide are the widest of prometheus-client's own, and
whoever takes those shall not be warned at every release. In the first bucket there is no such
factor. There it is wide if it ends at 100 ms or beyond, and at more than ten times the mean.
Where `last-bucket` has something to say of the same histogram, it says this too.
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
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import UNIT_WORD, format_quantity
from tailboard.queries.analysis.percentiles import Percentile

MAX_FACTOR = 2.5
MIN_BUCKETS = 5
"""With fewer finite buckets than these, that is what is wrong."""

MAX_MEAN_FACTOR = 10
TIP = "give it buckets that suit what it sees:"
NOTICEABLE_BOUNDS = {"seconds": 0.1, "milliseconds": 100.0, "ms": 100.0}
"""Nobody is misled by less than this; it is the end of a bucket with which some lists begin."""


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for name, percentiles in group_by_histogram(evidence).items():
        distribution = evidence.distributions[name]
        if wide_percentiles := find_wide(percentiles, distribution):
            bucket = describe_wide_bucket(name, wide_percentiles, distribution)
            problem = f"{bucket}, {describe_panels(wide_percentiles)}"
            yield MetricProblem(
                name, problem, f"{TIP} {format_proposed_buckets(distribution, percentiles)}"
            )


def find_wide(percentiles: Iterable[Percentile], distribution: Distribution) -> list[Percentile]:
    """The percentiles that lie in wide buckets, if there are buckets enough."""
    return [
        percentile
        for percentile in percentiles
        if len(distribution.bounds) >= MIN_BUCKETS and _is_wide(percentile, distribution)
    ]


def _is_wide(percentile: Percentile, distribution: Distribution) -> bool:
    bucket = distribution.find_bucket(percentile.quantile)
    if (
        not distribution.has_enough_values(percentile.quantile)
        or bucket.upper > distribution.bounds[-1]
    ):
        return False
    if bucket.lower > 0:
        return bucket.factor > MAX_FACTOR * (1 + 1e-9)
    match, mean = UNIT_WORD.search(percentile.histogram), distribution.mean
    noticeable_bound = NOTICEABLE_BOUNDS.get(match[1]) if match else None
    if mean is None or mean <= 0 or noticeable_bound is None:
        return False
    return bucket.upper > MAX_MEAN_FACTOR * mean and bucket.upper >= noticeable_bound * (1 - 1e-9)


def describe_wide_bucket(
    name: str, percentiles: Iterable[Percentile], distribution: Distribution
) -> str:
    """Where the worst of these percentiles lies."""
    worst = max(
        percentiles, key=lambda percentile: distribution.find_bucket(percentile.quantile).factor
    )
    bucket = distribution.find_bucket(worst.quantile)
    lower, upper = format_quantity(bucket.lower, name), format_quantity(bucket.upper, name)
    if bucket.lower > 0:
        place, error = "", f"off by up to {bucket.factor:.3g} times"
    else:
        place = "in the first bucket, "
        error = f"made up; the mean of all is {format_quantity(distribution.mean or 0, name)}"
    return (
        f"P{worst.quantile * 100:.10g} lies {place}anywhere from {lower} to {upper}, and what is "
        f"drawn is {error}"
    )


CHECK = Check(
    "coarse-percentile",
    "warning",
    "a percentile that lies in a wide bucket",
    __doc__,
    _check_evidence,
    suppressors=("last-bucket",),
)
