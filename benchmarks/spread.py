"""Several measurements of one thing: the median, and how far they lie apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True)
class Spread:
    """The median of some measurements between the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """The spread of these values."""
        found = list(values)
        return cls(median(found), min(found), max(found))

    def text(self, digits: int, scale: float = 1) -> str:
        """`1.72 (1.66-1.90)`, each divided by `scale`."""
        mid, least, most = (
            f"{it / scale:.{digits}f}" for it in (self.median, self.least, self.most)
        )
        return f"{mid} ({least}-{most})"
