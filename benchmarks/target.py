"""A promise about costs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """A ratio that is to stay below a limit."""

    name: str
    limit: float
    measured: float

    @property
    def met(self) -> bool:
        """Whether it does."""
        return self.measured <= self.limit

    def json(self) -> dict[str, Any]:
        """What a program reads of it."""
        return {**asdict(self), "met": self.met}


def rows(targets: Iterable[Target]) -> Iterator[Sequence[str]]:
    """The promises as rows of a table."""
    yield "target", "at most", "measured", ""
    for it in targets:
        verdict = "met" if it.met else "MISSED"
        yield it.name, f"{it.limit:.2f}", f"{it.measured:.2f}", verdict
