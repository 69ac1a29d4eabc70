"""One number of a series, as Grafana's reducers compute it."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

Values = Sequence[float | None]
Reducer = Callable[[Values], float | None]

TITLES = {
    "lastNotNull": "Last",
    "last": "Last",
    "firstNotNull": "First",
    "first": "First",
    "mean": "Mean",
    "max": "Max",
    "min": "Min",
    "sum": "Total",
    "count": "Count",
    "range": "Range",
    "delta": "Delta",
    "diff": "Difference",
    "median": "Median",
    "stdDev": "StdDev",
    "variance": "Variance",
    "changeCount": "Changes",
    "distinctCount": "Distinct",
}
"""What a legend calls each."""


def reduce_values(values: Values, name: str) -> float | None:
    """The number that a reducer makes of values; an unknown reducer takes the last one."""
    if name.startswith("p") and name[1:].isdigit():
        return _find_percentile(values, int(name[1:]))
    return REDUCERS.get(name, _find_last_number)(values)


def _list_numbers(values: Values) -> list[float]:
    return [value for value in values if value is not None and not math.isnan(value)]


def _find_last_number(values: Values) -> float | None:
    return next(
        (value for value in reversed(values) if value is not None and not math.isnan(value)), None
    )


def _find_first_number(values: Values) -> float | None:
    return next((value for value in values if value is not None and not math.isnan(value)), None)


def _find_mean(values: Values) -> float | None:
    numbers = _list_numbers(values)
    return sum(numbers) / len(numbers) if numbers else None


def _find_percentile(values: Values, percent: int) -> float | None:
    numbers = sorted(_list_numbers(values))
    return numbers[min(len(numbers) * percent // 100, len(numbers) - 1)] if numbers else None


def _find_variance(values: Values) -> float | None:
    numbers = [number for number in _list_numbers(values) if math.isfinite(number)]
    if not numbers:
        return None
    mean = sum(numbers) / len(numbers)
    return sum((number - mean) ** 2 for number in numbers) / len(numbers)


def _find_deviation(values: Values) -> float | None:
    variance = _find_variance(values)
    return None if variance is None else math.sqrt(variance)


def _find_range(values: Values) -> float | None:
    numbers = _list_numbers(values)
    return max(numbers) - min(numbers) if numbers else None


def _find_difference(values: Values) -> float | None:
    first, last = _find_first_number(values), _find_last_number(values)
    return None if first is None or last is None else last - first


def _find_delta(values: Values) -> float | None:
    """The growth of a counter that may start again."""
    numbers = _list_numbers(values)
    steps = pairwise(numbers)
    return (
        sum(after - before if after >= before else after for before, after in steps)
        if numbers
        else None
    )


def _count_changes(values: Values) -> float | None:
    numbers = _list_numbers(values)
    return float(sum(before != after for before, after in pairwise(numbers)))


REDUCERS: Mapping[str, Reducer] = {
    "lastNotNull": _find_last_number,
    "last": lambda values: values[-1] if values else None,
    "firstNotNull": _find_first_number,
    "first": lambda values: values[0] if values else None,
    "mean": _find_mean,
    "max": lambda values: max(_list_numbers(values), default=None),
    "min": lambda values: min(_list_numbers(values), default=None),
    "sum": lambda values: sum(_list_numbers(values)),
    "count": lambda values: float(len(values)),
    "range": _find_range,
    "delta": _find_delta,
    "diff": _find_difference,
    "median": lambda values: _find_percentile(values, 50),
    "stdDev": _find_deviation,
    "variance": _find_variance,
    "changeCount": _count_changes,
    "distinctCount": lambda values: float(len(set(_list_numbers(values)))),
}
