"""A percentile that lies in a wide bucket now: what the panel draws may be far from the truth.

Bad: the buckets end at `0.1, 1.0, 10.0`, and the P99 lies between 1 s and 10 s
Good: the buckets end at `1.0, 1.5, 2.0, 3.0, 5.0` where the P99 lies
A bucket may end at 2.5 times its begin: so wide are the widest of prometheus-client's own, and
whoever takes those shall not be told at every release. In the first bucket there is no such
factor. There it is wide if it ends at 100 ms or beyond, and at more than ten times the mean.
Where `last-bucket` has something to say of the same histogram, it says this too.
"""

from collections.abc import Iterable, Iterator

from tailboard.check.check_running import Check, Said, by_histogram, proposed, shown_in
from tailboard.check.evidence import Evidence
from tailboard.metrics.distribution import Distribution
from tailboard.metrics.quantity import WORDS, quantity
from tailboard.queries.percentiles import Percentile

FACTOR = 2.5
FEW = 5
"""With fewer finite buckets than these, that is what is wrong."""

BESIDE_MEAN = 10
TIP = "give it buckets that suit what it sees:"
NOTICED = {"seconds": 0.1, "milliseconds": 100.0, "ms": 100.0}
"""Nobody is misled by less than this; it is the end of a bucket with which some lists begin."""


def _judge(evidence: Evidence) -> Iterator[Said]:
    for name, asked in by_histogram(evidence).items():
        observed = evidence.distributions[name]
        if wide := wide_of(asked, observed):
            problem = f"{where(name, wide, observed)}, {shown_in(wide)}"
            yield Said(name, problem, f"{TIP} {proposed(observed, asked)}")


def wide_of(asked: Iterable[Percentile], observed: Distribution) -> list[Percentile]:
    """The percentiles that lie in wide buckets, if there are buckets enough."""
    return [it for it in asked if len(observed.bounds) >= FEW and _is_wide(it, observed)]


def _is_wide(asked: Percentile, observed: Distribution) -> bool:
    position = observed.position(asked.quantile)
    if not observed.knows(asked.quantile) or position.upper > observed.bounds[-1]:
        return False
    if position.lower > 0:
        return position.factor > FACTOR * (1 + 1e-9)
    found, mean = WORDS.search(asked.histogram), observed.mean
    noticed = NOTICED.get(found[1]) if found else None
    if mean is None or mean <= 0 or noticed is None:
        return False
    return position.upper > BESIDE_MEAN * mean and position.upper >= noticed * (1 - 1e-9)


def where(name: str, wide: Iterable[Percentile], observed: Distribution) -> str:
    """Where the worst of these percentiles lies."""
    worst = max(wide, key=lambda it: observed.position(it.quantile).factor)
    position = observed.position(worst.quantile)
    lower, upper = quantity(position.lower, name), quantity(position.upper, name)
    if position.lower > 0:
        first, off = "", f"off by up to {position.factor:.3g} times"
    else:
        first = "in the first bucket, "
        off = f"made up; the mean of all is {quantity(observed.mean or 0, name)}"
    return (
        f"P{worst.quantile * 100:.10g} lies {first}anywhere from {lower} to {upper}, and what is "
        f"drawn is {off}"
    )


CHECK = Check(
    "coarse-percentile",
    "warning",
    "a percentile that lies in a wide bucket",
    __doc__,
    _judge,
    unless=("last-bucket",),
)
