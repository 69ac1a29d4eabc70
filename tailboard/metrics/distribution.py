"""What a histogram's buckets tell of its values, and what they cannot tell.

Of each value only its bucket is known. So a percentile is a bucket, not a number: what a panel
draws lies anywhere in it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import floor, inf, isfinite, log10

MAX_BOUNDS = 15
"""How many buckets are proposed at most: each is a series for every set of labels."""

TAIL_QUANTILES = (0.9, 0.99)
"""Between these quantiles, proposed buckets are close to each other."""

COARSE_DIGITS, DENSE_DIGITS = (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7.5)


@dataclass(frozen=True)
class QuantileBucket:
    """The bucket in which a quantile lies; beyond the last bound `upper` is infinite."""

    lower: float
    upper: float
    is_last: bool
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

    def has_enough_values(self, quantile: float) -> bool:
        """Whether there are values enough: one of them lies beyond the quantile."""
        return self.total > 0 and self.total * (1 - quantile) >= 1 - 1e-9

    def find_bucket(self, quantile: float) -> QuantileBucket:
        """Where a quantile lies, by the rule of Prometheus' histogram_quantile()."""
        index = bisect_left(self.counts, quantile * self.total)
        last_index = len(self.bounds) - 1
        if index > last_index:
            return QuantileBucket(self.bounds[-1], inf, True)
        lower = self.bounds[index - 1] if index else min(0.0, self.bounds[0])
        return QuantileBucket(lower, self.bounds[index], index == last_index)

    def is_bound(self, value: float) -> bool:
        """Whether a bucket ends at a value."""
        return any(
            abs(bound - value) <= 1e-9 * max(abs(bound), abs(value)) for bound in self.bounds
        )


def build_distribution(
    buckets: Mapping[float, tuple[float, int]], mean: float | None = None
) -> Distribution | None:
    """The distribution of counts and numbers of series by bound.

    None where they do not add up: some series lack a bucket that others have, or `+Inf`.
    """
    bounds = tuple(sorted(bound for bound in buckets if isfinite(bound)))
    if not bounds or inf not in buckets or len({series for _, series in buckets.values()}) > 1:
        return None
    counts = tuple(accumulate((buckets[bound][0] for bound in bounds), max))
    return Distribution(bounds, counts, max(buckets[inf][0], counts[-1]), mean)


def propose_buckets(distribution: Distribution, thresholds: Iterable[float] = ()) -> list[float]:
    """Buckets that suit what was observed, at most `MAX_BOUNDS`.

    They begin below the fastest twentieth and end at twice the bucket of the P99.9, in steps of
    1, 2, 5; every threshold is one, and the largest one has a bucket above it; what room is left
    leads up to the thresholds, and then makes the steps between the P90's bucket and
    the P99's finer, from the top. Below the first bound nothing is known but the mean, so they
    begin at a fifth of it there; beyond the last bound nothing is known, so they go on to ten
    times the last bound or the mean.
    """
    low, high = _choose_lowest_bound(distribution), _choose_highest_bound(distribution)
    tail_lower, tail_upper = (
        distribution.find_bucket(TAIL_QUANTILES[0]).lower,
        distribution.find_bucket(TAIL_QUANTILES[1]).upper,
    )
    limits = [float(threshold) for threshold in thresholds if threshold > 0]
    extension = (
        _list_round_numbers(COARSE_DIGITS, high, 2 * max([high, *limits]))
        if max(limits, default=0) >= high
        else []
    )
    ranks = dict.fromkeys(
        _list_round_numbers(DENSE_DIGITS, max(tail_lower, low), min(tail_upper, high)), 3
    )
    ranks.update(dict.fromkeys(extension, 2))
    ranks.update(dict.fromkeys(_list_round_numbers(COARSE_DIGITS, low, high), 1))
    ranks.update(dict.fromkeys([*limits, *extension[-1:]], 0))
    return sorted(sorted(ranks, key=lambda bound: (ranks[bound], -bound))[:MAX_BOUNDS])


def _choose_lowest_bound(distribution: Distribution) -> float:
    bucket = distribution.find_bucket(0.05)
    if bucket.lower > 0:
        return bucket.lower
    first_bound = next((bound for bound in distribution.bounds if bound > 0), 1.0)
    guess = (
        distribution.mean / 5 if distribution.mean and distribution.mean > 0 else first_bound / 10
    )
    return max(min(guess, first_bound), first_bound / 1000)


def _choose_highest_bound(distribution: Distribution) -> float:
    upper = distribution.find_bucket(0.999).upper
    if isfinite(upper):
        return 2 * upper
    return 10 * max(distribution.bounds[-1], distribution.mean or 0)


def _list_round_numbers(digits: Iterable[float], low: float, high: float) -> list[float]:
    """Round numbers from the one at or below `low` to the one at or above `high`."""
    if not 0 < low <= high:
        return []
    exponents = range(floor(log10(low)), floor(log10(high)) + 2)
    steps = [float(f"{digit}e{exponent}") for exponent in exponents for digit in digits]
    first_step = max((step for step in steps if step <= low * (1 + 1e-9)), default=steps[0])
    last_step = min((step for step in steps if step >= high * (1 - 1e-9)), default=steps[-1])
    return [step for step in steps if first_step <= step <= last_step]
