"""A percentile in the last finite bucket, or beyond: the panel cannot show more than its bound.

Bad: the last bucket ends at 10 s, and the P99 is drawn at 10 s however slow it becomes
Good: the last bucket ends well above what is promised and what happens
Where there are few buckets at all, `few-buckets` says it.
"""

from collections.abc import Iterable, Iterator

from tailboard.check.check_running import Check, Said, by_histogram, proposed, shown_in
from tailboard.check.evidence import Evidence
from tailboard.check.rules.coarse_percentile import where as where_wide
from tailboard.check.rules.coarse_percentile import wide_of
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import quantity
from tailboard.queries.percentiles import Percentile


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, asked in by_histogram(evidence).items():
        observed = evidence.distributions[name]
        if found := last_of(asked, observed):
            wide = wide_of(asked, observed)
            said = [where(name, found, observed)]
            said += [where_wide(name, wide, observed)] if wide else []
            concerned = [it for it in asked if it in {*found, *wide}]
            tip = f"let its buckets go further: {proposed(observed, asked)}"
            yield Said(name, f"{'; '.join(said)}, {shown_in(concerned)}", tip)


def last_of(asked: Iterable[Percentile], observed: Distribution) -> list[Percentile]:
    """The percentiles beyond which nothing can be drawn."""
    return [it for it in asked if _is_last(it, observed)]


def where(name: str, found: Iterable[Percentile], observed: Distribution) -> str:
    """Where the lowest of these percentiles lies."""
    lowest = min(it.quantile for it in found)
    above = observed.position(lowest).upper > observed.bounds[-1]
    return (
        f"P{lowest * 100:.10g} lies {'beyond' if above else 'in'} the last finite bucket, "
        f"and no more than {quantity(observed.bounds[-1], name)} can be drawn"
    )


def _is_last(asked: Percentile, observed: Distribution) -> bool:
    several = len(observed.bounds) > 1
    return several and observed.knows(asked.quantile) and observed.position(asked.quantile).last


CHECK = Check(
    "last-bucket",
    "warning",
    "a percentile in the last finite bucket",
    __doc__,
    _judge,
    unless=("few-buckets",),
)
