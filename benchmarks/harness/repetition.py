"""Repeat a measurement."""

from collections.abc import Callable
from typing import TypeVar

Measurement = TypeVar("Measurement")


def repeat_measurement(measure: Callable[[], Measurement], times: int) -> list[Measurement]:
    """The results of `times` measurements, after one for the caches that does not count."""
    return [measure() for _ in range(times + 1)][1:]
