"""Several measurements of one thing: the median, and how far they lie apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True)
class MedianRange:
    """The median of some measurements between the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def from_values(cls, values: Iterable[float]) -> Self:
        """The spread of these values."""
        numbers = list(values)
        return cls(median(numbers), min(numbers), max(numbers))

    def format_text(self, digits: int, scale: float = 1) -> str:
        """`1.72 (1.66-1.90)`, each divided by `scale`."""
        mid, least, most = (
            f"{value / scale:.{digits}f}" for value in (self.median, self.least, self.most)
        )
        return f"{mid} ({least}-{most})"
