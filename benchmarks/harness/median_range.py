"""Several measurements of one thing: the median, and their range."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True)
class MedianRange:
    """The median of some measurements, with their minimum and maximum."""

    median: float
    minimum: float
    maximum: float

    @classmethod
    def from_values(cls, values: Iterable[float]) -> Self:
        """The median and the range of these values."""
        numbers = list(values)
        return cls(median(numbers), min(numbers), max(numbers))

    def format_text(self, digits: int, scale: float = 1) -> str:
        """`1.72 (1.66-1.90)`, each divided by `scale`."""
        median, minimum, maximum = (
            f"{value / scale:.{digits}f}" for value in (self.median, self.minimum, self.maximum)
        )
        return f"{median} ({minimum}-{maximum})"
