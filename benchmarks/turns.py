"""The same thing measured again and again."""

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def turns(once: Callable[[], Found], times: int) -> list[Found]:
    """What so many times gave, after one time for the caches that does not count."""
    return [once() for _ in range(times + 1)][1:]
