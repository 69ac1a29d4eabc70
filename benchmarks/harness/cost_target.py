"""A limit of a cost, and whether it is met."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

HEADINGS = ("promise", "tailboard", "beside", "ratio", "at most", "")


@dataclass(frozen=True)
class CostTarget:
    """A measured number or ratio and its limit.

    `own_cost` and `peer_cost` are what was divided: medians with their ranges and units.
    """

    name: str
    limit: float
    measured: float
    own_cost: str = ""
    peer_cost: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the number is within the limit."""
        return self.measured <= self.limit

    @property
    def verdict(self) -> str:
        """Whether it is met, in a word."""
        return "met" if self.is_met else "MISSED"

    def to_json(self) -> dict[str, Any]:
        """The target as JSON."""
        return {**asdict(self), "met": self.is_met}


def list_rows(targets: Iterable[CostTarget]) -> Iterator[Sequence[str]]:
    """The targets as rows of a table."""
    yield HEADINGS
    for target in targets:
        yield (
            target.name,
            target.own_cost,
            target.peer_cost,
            f"{target.measured:.2f}",
            f"{target.limit:.2f}",
            target.verdict,
        )
