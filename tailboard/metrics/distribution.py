"""What a histogram's buckets tell of its values, and what they cannot tell.

Of each value only its bucket is known. So a percentile is a bucket, not a number: what a panel
draws lies anywhere in it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import floor, inf, isfinite, log10

MOST_BOUNDS = 15
"""How many buckets are proposed at most: each is a series for every set of labels."""

TAIL = (0.9, 0.99)
"""Between these quantiles, proposed buckets are close to each other."""

COARSE, DENSE = (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7.5)


@dataclass(frozen=True)
class Position:
    """The bucket in which a quantile lies; beyond the last bound `upper` is infinite."""

    lower: float
    upper: float
    last: bool
    """Whether no value above can be drawn: it lies in the last finite bucket, or beyond."""

    @property
    def factor(self) -> float:
        """How many times the true value what is drawn can be, or the other way round."""
        return self.upper / self.lower if self.lower > 0 else inf

    @property
    def error(self) -> float:
        """By how much what is drawn can be wrong at most, in the histogram's own unit."""
        return self.upper - self.lower


@dataclass(frozen=True)
class Distribution:
    """A histogram: its finite bounds, how many values each one counts, how many there are."""

    bounds: tuple[float, ...]
    counts: tuple[float, ...]
    total: float
    mean: float | None = None

    def knows(self, quantile: float) -> bool:
        """Whether there are values enough: one of them lies beyond the quantile."""
        return self.total > 0 and self.total * (1 - quantile) >= 1 - 1e-9

    def position(self, quantile: float) -> Position:
        """Where a quantile lies, by the rule of Prometheus' histogram_quantile()."""
        index = bisect_left(self.counts, quantile * self.total)
        last = len(self.bounds) - 1
        if index > last:
            return Position(self.bounds[-1], inf, True)
        lower = self.bounds[index - 1] if index else min(0.0, self.bounds[0])
        return Position(lower, self.bounds[index], index == last)

    def is_bound(self, value: float) -> bool:
        """Whether a bucket ends at a value."""
        return any(abs(it - value) <= 1e-9 * max(abs(it), abs(value)) for it in self.bounds)


def distribution(
    buckets: Mapping[float, tuple[float, int]], mean: float | None = None
) -> Distribution | None:
    """The distribution of counts and numbers of series by bound.

    None where they do not add up: some series lack a bucket that others have, or `+Inf`.
    """
    bounds = tuple(sorted(it for it in buckets if isfinite(it)))
    if not bounds or inf not in buckets or len({series for _, series in buckets.values()}) > 1:
        return None
    counts = tuple(accumulate((buckets[it][0] for it in bounds), max))
    return Distribution(bounds, counts, max(buckets[inf][0], counts[-1]), mean)


def better(observed: Distribution, thresholds: Iterable[float] = ()) -> list[float]:
    """Buckets that suit what was observed, at most `MOST_BOUNDS`.

    They begin below the fastest twentieth and end at twice the bucket of the P99.9, in steps of
    1, 2, 5; every threshold is one, and what lies above the largest one can be told from it; what
    room is left leads up to the thresholds, and then makes the steps between the P90's bucket and
    the P99's finer, from the top. Below the first bound nothing is known but the mean, so they
    begin at a fifth of it there; beyond the last bound nothing is known, so they go on to ten
    times the last bound or the mean.
    """
    low, high = _low(observed), _high(observed)
    first, last = observed.position(TAIL[0]).lower, observed.position(TAIL[1]).upper
    wanted = [float(it) for it in thresholds if it > 0]
    beyond = (
        _steps(COARSE, high, 2 * max([high, *wanted])) if max(wanted, default=0) >= high else []
    )
    ranks = dict.fromkeys(_steps(DENSE, max(first, low), min(last, high)), 3)
    ranks.update(dict.fromkeys(beyond, 2))
    ranks.update(dict.fromkeys(_steps(COARSE, low, high), 1))
    ranks.update(dict.fromkeys([*wanted, *beyond[-1:]], 0))
    return sorted(sorted(ranks, key=lambda it: (ranks[it], -it))[:MOST_BOUNDS])


def _low(observed: Distribution) -> float:
    position = observed.position(0.05)
    if position.lower > 0:
        return position.lower
    first = next((it for it in observed.bounds if it > 0), 1.0)
    guess = observed.mean / 5 if observed.mean and observed.mean > 0 else first / 10
    return max(min(guess, first), first / 1000)


def _high(observed: Distribution) -> float:
    upper = observed.position(0.999).upper
    if isfinite(upper):
        return 2 * upper
    return 10 * max(observed.bounds[-1], observed.mean or 0)


def _steps(digits: Iterable[float], low: float, high: float) -> list[float]:
    """Round numbers from the one at or below `low` to the one at or above `high`."""
    if not 0 < low <= high:
        return []
    tens = range(floor(log10(low)), floor(log10(high)) + 2)
    steps = [float(f"{digit}e{ten}") for ten in tens for digit in digits]
    first = max((it for it in steps if it <= low * (1 + 1e-9)), default=steps[0])
    last = min((it for it in steps if it >= high * (1 - 1e-9)), default=steps[-1])
    return [it for it in steps if first <= it <= last]
