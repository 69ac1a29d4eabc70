"""A promise about costs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class CostTarget:
    """A ratio that is to stay below a limit."""

    name: str
    limit: float
    measured: float

    @property
    def is_met(self) -> bool:
        """Whether it does."""
        return self.measured <= self.limit

    def to_json(self) -> dict[str, Any]:
        """What a program reads of it."""
        return {**asdict(self), "met": self.is_met}


def list_rows(targets: Iterable[CostTarget]) -> Iterator[Sequence[str]]:
    """The promises as rows of a table."""
    yield "target", "at most", "measured", ""
    for target in targets:
        verdict = "met" if target.is_met else "MISSED"
        yield target.name, f"{target.limit:.2f}", f"{target.measured:.2f}", verdict
