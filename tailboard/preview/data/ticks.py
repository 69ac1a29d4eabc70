"""Ticks of an axis: where its lines are, and what is written there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tailboard.preview.data.units import BINARY_UNITS, format_bound, format_value, strip_zeros

MAX_LIMIT = 1e300
"""How far from zero an axis ends at most."""

MAX_LABEL_DECIMALS = 9
"""The decimals that the labels of an axis get at most, to tell them apart."""


@dataclass(frozen=True)
class Ticks:
    """The ends of an axis, and where its lines are with what is written there."""

    low: float
    high: float
    values: tuple[float, ...]
    labels: tuple[str, ...]


def build_ticks(
    low: float,
    high: float,
    unit: str = "",
    decimals: int | None = None,
    *,
    count: int = 5,
    is_low_fixed: bool = False,
    is_high_fixed: bool = False,
) -> Ticks:
    """An axis from about `low` to `high`; an end that is not fixed moves to the next line."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    low, high = (min(max(limit, -MAX_LIMIT), MAX_LIMIT) for limit in (low, high))
    if high <= low:
        low, high = (low, low + 1) if is_low_fixed or low == 0 else (low - abs(low) / 2, low + 1)
    step = _round_step((high - low) / max(count, 1), base=1024 if unit in BINARY_UNITS else 0)
    if not step or not math.isfinite(step):
        return Ticks(low, high, (), ())
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    low = low if is_low_fixed else first * step
    high = high if is_high_fixed else last * step
    values = tuple(
        round(number * step, 15) + 0.0
        for number in range(first, last + 1)
        if low - step * 1e-9 <= number * step <= high + step * 1e-9
    )
    return Ticks(low, high, values, _format_bounds(values, unit, decimals))


def _format_bounds(values: Sequence[float], unit: str, decimals: int | None) -> tuple[str, ...]:
    """The labels of an axis, with as many decimals as tell them apart."""
    labels = tuple(format_bound(value, unit, decimals) for value in values)
    if decimals is not None:
        return labels
    for more_decimals in range(1, MAX_LABEL_DECIMALS + 1):
        if len(set(labels)) == len(values):
            break
        labels = tuple(strip_zeros(format_value(value, unit, more_decimals)) for value in values)
    return labels


def _round_step(step: float, base: int) -> float:
    """The next of 1, 2, 5 times a power of ten, or a power of two for bytes."""
    if step <= 0 or not math.isfinite(step):
        return 0.0
    if base and step >= 1:
        return 2.0 ** math.ceil(math.log2(step))
    power = 10.0 ** math.floor(math.log10(step))
    return next(
        (factor * power for factor in (1, 2, 5) if step <= factor * power * 1.0001), 10 * power
    )
