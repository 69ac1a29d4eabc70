"""What buckets tell: where a quantile lies, how wrong it may be drawn, which would be better."""

from itertools import pairwise
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.metrics.distribution import (
    MAX_BOUNDS,
    Distribution,
    QuantileBucket,
    build_distribution,
    propose_buckets,
)
from tailboard.panels.conventions.buckets import CLIENT_DEFAULT

THREE_BUCKETS = Distribution((0.1, 0.5, 1.0), (50, 90, 99), 100, 0.2)


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    """Any histogram that has counted something."""
    bounds = draw(st.lists(st.floats(1e-4, 1e4), unique=True, min_size=1, max_size=20).map(sorted))
    counts = draw(st.lists(st.integers(0, 1000), min_size=len(bounds), max_size=len(bounds)))
    grown = [sum(counts[: number + 1]) for number in range(len(counts))]
    mean = draw(st.none() | st.floats(0, 1e5))
    return Distribution(tuple(bounds), tuple(grown), grown[-1] + draw(st.integers(1, 1000)), mean)


@pytest.mark.parametrize(
    ("quantile", "position"),
    [
        (0.5, QuantileBucket(0, 0.1, is_last=False)),
        (0.51, QuantileBucket(0.1, 0.5, is_last=False)),
        (0.9, QuantileBucket(0.1, 0.5, is_last=False)),
        (0.95, QuantileBucket(0.5, 1.0, is_last=True)),
        (0.999, QuantileBucket(1.0, inf, is_last=True)),
    ],
)
def test_a_quantile_lies_in_the_first_bucket_that_counts_enough(
    quantile: float, position: QuantileBucket
) -> None:
    assert THREE_BUCKETS.find_bucket(quantile) == position


@pytest.mark.parametrize(
    ("position", "error", "factor"),
    [
        (QuantileBucket(0.25, 0.5, is_last=False), 0.25, 2),
        (QuantileBucket(0, 5, is_last=False), 5, inf),
        (QuantileBucket(10, inf, is_last=True), inf, inf),
    ],
)
def test_what_is_drawn_is_as_wrong_as_the_bucket_is_wide(
    position: QuantileBucket, error: float, factor: float
) -> None:
    assert (position.error, position.factor) == (error, factor)


def test_a_bucket_below_zero_begins_nowhere_but_at_its_end() -> None:
    assert Distribution((-1.0, 1.0), (10, 20), 20).find_bucket(0.1) == QuantileBucket(
        -1, -1, is_last=False
    )


@pytest.mark.parametrize(
    ("quantile", "total", "knows"),
    [(0.99, 100, True), (0.99, 99, False), (0.5, 2, True), (0.5, 1, False), (0.5, 0, False)],
)
def test_a_quantile_needs_a_value_beyond_it(quantile: float, total: float, knows: bool) -> None:
    assert Distribution((1.0,), (total,), total).has_enough_values(quantile) is knows


@pytest.mark.parametrize(("value", "is_bound"), [(0.5, True), (0.3, False), (0.1 + 1e-17, True)])
def test_a_threshold_is_a_bound_or_not(value: float, is_bound: bool) -> None:
    assert THREE_BUCKETS.is_bound(value) is is_bound


def test_counts_of_several_series_make_one_distribution() -> None:
    result = build_distribution({1.0: (5.0, 2), inf: (9.0, 2), 0.5: (3.0, 2)}, 0.7)
    assert result == Distribution((0.5, 1.0), (3, 5), 9, 0.7)


@pytest.mark.parametrize(
    "buckets",
    [
        {},
        {inf: (9.0, 2)},
        {1.0: (5.0, 2)},
        {0.5: (3.0, 1), 1.0: (5.0, 2), inf: (9.0, 2)},
    ],
)
def test_buckets_that_do_not_add_up_tell_nothing(buckets: Any) -> None:
    assert build_distribution(buckets) is None


def test_better_buckets_are_close_where_the_tail_is_and_hold_every_threshold() -> None:
    counts = (100, 500, 700, 900, 900, 900, 900, 900, 990, 1000, 1000, 1000, 1000, 1000)
    bounds = propose_buckets(Distribution(CLIENT_DEFAULT, counts, 1000, 0.05), [0.3, 0.42])
    assert {0.3, 0.42} <= set(bounds)
    tail = [bound for bound in bounds if 0.1 <= bound <= 0.75]
    assert all(high / low <= 1.5 + 1e-9 for low, high in pairwise(tail))
    assert bounds[0] <= 0.005
    assert bounds[-1] >= 2


def test_better_buckets_go_on_where_the_last_one_ended() -> None:
    bounds = propose_buckets(Distribution((0.1, 1.0, 10.0), (0, 0, 0), 100, 25))
    assert bounds[0] <= 10
    assert bounds[-1] >= 250


def test_better_buckets_begin_near_the_mean_where_the_first_one_held_everything() -> None:
    bounds = propose_buckets(Distribution((5.0, 10.0), (100, 100), 100, 0.05))
    assert bounds[0] <= 0.01
    assert bounds[-1] >= 10


def test_better_buckets_have_no_gap_before_a_threshold_and_go_beyond_it() -> None:
    bounds = propose_buckets(Distribution((0.001, 0.01, 0.1), (0, 990, 1000), 1000, 0.005), [1.0])
    assert bounds[-1] >= 2
    assert all(high / low <= 2.5 + 1e-9 for low, high in pairwise(bounds))


@given(distributions(), st.lists(st.floats(0.001, 1000), max_size=3))
def test_better_buckets_are_few_ascending_and_cover_what_was_seen(
    observed: Distribution, thresholds: list[float]
) -> None:
    bounds = propose_buckets(observed, thresholds)
    assert 0 < len(bounds) <= MAX_BOUNDS
    assert bounds == sorted(set(bounds))
    assert set(thresholds) <= set(bounds)
    upper = observed.find_bucket(0.99).upper
    assert bounds[-1] >= (observed.bounds[-1] if upper == inf else upper)
