"""A threshold of a percentile at which no bucket ends: how many values are above is not known.

Bad: an objective of 0.3 s, and buckets that end at `0.25, 0.5`
Good: an objective of 0.25 s; or buckets that end at `0.25, 0.3, 0.5`
It looks at what panels of percentiles draw, and at what alert rules compare them with.
"""

from collections.abc import Iterator

from publish.check_running import Check, Said, by_histogram, shown_in
from publish.distribution import Distribution
from publish.evidence import Evidence
from publish.quantity import pasted, quantity


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, asked in by_histogram(evidence).items():
        observed = evidence.distributions[name]
        between = {it for one in asked for it in one.thresholds if not observed.is_bound(it)}
        for threshold in sorted(between):
            concerned = [it for it in asked if threshold in it.thresholds]
            end = f"no bucket ends at the threshold of {quantity(threshold, name)}"
            yield Said(name, f"{end}, {shown_in(concerned)}", _tip(name, threshold, observed))


def _tip(name: str, threshold: float, observed: Distribution) -> str:
    below = [it for it in observed.bounds if it < threshold][-1:]
    above = [it for it in observed.bounds if it > threshold][:1]
    near = " or ".join(quantity(it, name) for it in (*below, *above))
    bounds = pasted(sorted({*observed.bounds, threshold}))
    return f"make it {near}, or add a bucket: buckets={bounds}"


CHECK = Check(
    "threshold-between-buckets",
    "warning",
    "a threshold at which no bucket ends",
    __doc__,
    _judge,
)
