"""A percentile in the last finite bucket, or beyond: the panel cannot show more than its bound.

Bad: the last bucket ends at 10 s, and the P99 is drawn at 10 s however slow it becomes
Good: the last bucket ends well above what is promised and what happens
"""

from collections.abc import Iterator

from publish.distribution import Distribution
from publish.evidence import Evidence
from publish.judging import Check, Said, by_histogram, proposed, shown_in
from publish.percentiles import Percentile
from publish.quantity import quantity


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, asked in by_histogram(evidence).items():
        observed = evidence.distributions[name]
        found = [it for it in asked if _is_last(it, observed)]
        if found:
            lowest = min(it.quantile for it in found)
            above = observed.position(lowest).upper > observed.bounds[-1]
            problem = (
                f"P{lowest * 100:.10g} lies {'beyond' if above else 'in'} the last finite bucket, "
                f"and no more than {quantity(observed.bounds[-1], name)} can be drawn, "
                f"{shown_in(found)}"
            )
            tip = f"let its buckets go further: {proposed(observed, asked)}"
            yield Said(name, problem, tip)


def _is_last(asked: Percentile, observed: Distribution) -> bool:
    several = len(observed.bounds) > 1
    return several and observed.knows(asked.quantile) and observed.position(asked.quantile).last


CHECK = Check(
    "last-bucket",
    "warning",
    "a percentile in the last finite bucket",
    __doc__,
    _judge,
)
