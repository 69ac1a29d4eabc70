"""A limit of a cost, and whether it is met."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class CostTarget:
    """A measured ratio and its limit."""

    name: str
    limit: float
    measured: float

    @property
    def is_met(self) -> bool:
        """Whether the ratio is within the limit."""
        return self.measured <= self.limit

    def to_json(self) -> dict[str, Any]:
        """The target as JSON."""
        return {**asdict(self), "met": self.is_met}


def list_rows(targets: Iterable[CostTarget]) -> Iterator[Sequence[str]]:
    """The targets as rows of a table."""
    yield "target", "at most", "measured", ""
    for target in targets:
        verdict = "met" if target.is_met else "MISSED"
        yield target.name, f"{target.limit:.2f}", f"{target.measured:.2f}", verdict
