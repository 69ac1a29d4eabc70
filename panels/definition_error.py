"""The error of a wrong definition: what is wrong, where, and how to correct it."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Self

DEPTH_PROBLEM = "the JSON is nested too deep"
DEPTH_TIP = "take out levels: no dashboard of Grafana needs a hundred."


class DefinitionError(ValueError):
    """A definition describes something that cannot be built.

    `problem` is one sentence, `tip` the next step, and `location` the path to the mistake from the
    outside in: file, dashboard, row, panel.
    """

    def __init__(self, problem: str, *, tip: str = "", location: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.tip = tip
        self.location = location

    def add_place(self, place: str) -> Self:
        """The same error with an outer place before its location."""
        self.location = (place, *self.location)
        return self

    def __str__(self) -> str:
        message = ": ".join((*self.location, self.problem))
        return f"{message}\nTip: {self.tip}" if self.tip else message


class MissingMetricError(DefinitionError):
    """A convention has no metric for what a panel shows."""


class _Place(AbstractContextManager[None]):
    """A class, since a generator takes three times as long, and every panel enters several."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, DefinitionError):
            error.add_place(self.name)


def locate_errors(place: str) -> AbstractContextManager[None]:
    """Add the place to every `DefinitionError` that is raised in the block."""
    return _Place(place)


def suggest_name(name: str, candidates: Iterable[str]) -> str:
    """The tip for a mistyped name: the nearest known one, else all of them."""
    import difflib  # here, since few runs have a mistake

    names = sorted(candidates)
    matches = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {matches[0]!r}?" if matches else f"choose one of: {', '.join(names)}."
