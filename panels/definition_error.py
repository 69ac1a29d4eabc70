"""The one error of a wrong definition: what is wrong, where, and the way out."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Self


class DefinitionError(ValueError):
    """A definition asks for something that cannot be built.

    `problem` is one sentence, `tip` the next step, and `where` the path to the mistake from the
    outside in: file, dashboard, row, panel.
    """

    def __init__(self, problem: str, *, tip: str = "", where: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.tip = tip
        self.where = where

    def inside(self, place: str) -> Self:
        """The same error, seen from one place further out."""
        self.where = (place, *self.where)
        return self

    def __str__(self) -> str:
        message = ": ".join((*self.where, self.problem))
        return f"{message}\nTip: {self.tip}" if self.tip else message


class MissingMetricError(DefinitionError):
    """A convention has no metric for what a panel shows."""


@contextmanager
def inside(place: str) -> Iterator[None]:
    """Name the place in every `DefinitionError` that leaves the block."""
    try:
        yield
    except DefinitionError as error:
        error.inside(place)
        raise


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The tip for a mistyped name: the nearest known one, else all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(names)}."
