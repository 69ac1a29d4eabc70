"""A threshold of a percentile at which no bucket ends: how many values are above is not known.

Bad: an objective of 0.3 s, and buckets that end at `0.25, 0.5`
Good: an objective of 0.25 s; or buckets that end at `0.25, 0.3, 0.5`
Another threshold is only proposed where a bucket ends at half of it to twice as much. It looks at
what panels of percentiles draw, and at what alert rules compare them with.
"""

from collections.abc import Iterator, Sequence

from tailboard.check.check_running import Check, Said, by_histogram, proposed, shown_in
from tailboard.check.evidence import Evidence
from tailboard.check.rules.coarse_percentile import FEW, wide_of
from tailboard.check.rules.last_bucket import last_of
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import pasted, quantity
from tailboard.queries.percentiles import Percentile

NEAR = 2
"""A threshold is not moved by more than this factor."""


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, asked in by_histogram(evidence).items():
        observed = evidence.distributions[name]
        between = {it for one in asked for it in one.thresholds if not observed.is_bound(it)}
        for threshold in sorted(between):
            concerned = [it for it in asked if threshold in it.thresholds]
            end = f"no bucket ends at the threshold of {quantity(threshold, name)}"
            tip = f"{_moved(name, threshold, observed)}add a bucket: {_buckets(observed, asked)}"
            yield Said(name, f"{end}, {shown_in(concerned)}", tip)


def _moved(name: str, threshold: float, observed: Distribution) -> str:
    """The thresholds nearby at which a bucket ends."""
    below = [it for it in observed.bounds if threshold / NEAR <= it < threshold][-1:]
    above = [it for it in observed.bounds if threshold < it <= threshold * NEAR][:1]
    near = " or ".join(quantity(it, name) for it in (*below, *above))
    return f"make it {near}, or " if near else ""


def _buckets(observed: Distribution, asked: Sequence[Percentile]) -> str:
    """Those that there are and the thresholds, unless another check proposes better ones."""
    if len(observed.bounds) < FEW or last_of(asked, observed) or wide_of(asked, observed):
        return proposed(observed, asked)
    thresholds = {it for one in asked for it in one.thresholds if not observed.is_bound(it)}
    return f"buckets={pasted(sorted({*observed.bounds, *thresholds}))}"


CHECK = Check(
    "threshold-between-buckets",
    "warning",
    "a threshold at which no bucket ends",
    __doc__,
    _judge,
)
