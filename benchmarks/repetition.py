"""The same thing measured again and again."""

from collections.abc import Callable
from typing import TypeVar

Measurement = TypeVar("Measurement")


def repeat_measurement(measure: Callable[[], Measurement], times: int) -> list[Measurement]:
    """What so many times gave, after one time for the caches that does not count."""
    return [measure() for _ in range(times + 1)][1:]
