"""What a rename leaves to a person: where, and why."""

from dataclasses import dataclass

from tailboard.findings.finding import Place


@dataclass(frozen=True, order=True)
class Note:
    """One place that has to be changed by hand, or looked at; `line` is 0 where it is unknown."""

    place: Place
    problem: str
    line: int = 0
