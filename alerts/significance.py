"""When a share of requests is no accident: how likely chance alone brings so many bad ones.

Where every request is bad with the same small probability, the number of bad ones is Poisson's,
with the mean m that the probability and the number of requests give. By Chernoff's bound, x or more
of them have a probability of at most exp(-m) (e m / x)^x, for x > m, which is
exp(-x (ln(x / m) - 1 + m / x)): an upper bound, for any number of requests, that needs only the
count of the bad requests and how many times more than the mean they are.
Mitzenmacher, Upfal: Probability and Computing, theorem 5.4.
"""

import math

from tailboard.panels import promql
from tailboard.panels.duration import parse_duration
from tailboard.panels.recording import WINDOW

MAX_CHANCE = 0.0001
"""An alert needs bad requests that chance brings in at most one of 10,000 windows.

Where all requests fail, two are enough at an objective of 99.9 %, three at 99 %; of twenty it takes
three. A single one never is, which Prometheus counts as up to 1.25 where it extrapolates.
"""

MINIMUM_EVENT_COUNT = 1.5
"""More than one event: one counts as up to 1.25, and two as at least 2."""


def build_chance(bad_count: str, excess: str) -> str:
    """The bound on the probability of so many bad requests, or more.

    `excess` is how many times more they are than the mean, and has to be above 1.
    """
    return f"exp(-{bad_count} * (ln({excess}) - 1 + 1 / {excess}))"


def filter_beyond_chance(bad_rate: str, rate: str, limit: float) -> str:
    """The recorded rates with too many bad events to come from a share of `limit` by chance."""
    bad_count = f"({bad_rate} * {int(parse_duration(WINDOW))})"
    excess = f"({bad_rate} / ({promql.format_number(limit)} * {rate}))"
    return promql.filter_below(build_chance(bad_count, excess), MAX_CHANCE)


def compute_repeated_rate(window: str) -> float:
    """The rate that more than one event in the window makes."""
    return round_up(MINIMUM_EVENT_COUNT / parse_duration(window))


def compute_minimum_rate(fraction: float) -> float:
    """The requests per second that a percentile needs: a hundred in the window to speak of P99."""
    return round_up(1 / (1 - fraction) / parse_duration(WINDOW))


def round_up(value: float) -> float:
    """The number in at most four digits, and not below the value."""
    scale = 10.0 ** (4 - math.ceil(math.log10(value)))
    return math.ceil(round(value * scale, 6)) / scale
