"""A histogram with few buckets, of which percentiles are asked: they only know fast from slow.

Bad: `buckets=[0.1, 0.5, 1.0]`
Good: `buckets=[0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0]`
Fewer than 5 finite bounds are few.
"""

from collections.abc import Iterator

from tailboard.check.check_running import Check, Said, by_histogram, proposed, shown_in
from tailboard.check.evidence import Evidence
from tailboard.check.rules.coarse_percentile import FEW
from tailboard.check.rules.last_bucket import last_of, where
from tailboard.metrics.quantity import pasted
from tailboard.publish.counted import counted


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, asked in by_histogram(evidence).items():
        observed = evidence.distributions[name]
        if len(observed.bounds) < FEW:
            few = counted(len(observed.bounds), "bucket")
            said = [f"only {few} for percentiles: {pasted(observed.bounds)}"]
            said += [where(name, last, observed)] if (last := last_of(asked, observed)) else []
            problem = f"{'; '.join(said)}, {shown_in(asked)}"
            yield Said(name, problem, f"give it more: {proposed(observed, asked)}")


CHECK = Check(
    "few-buckets",
    "warning",
    "percentiles of a histogram with few buckets",
    __doc__,
    _judge,
)
