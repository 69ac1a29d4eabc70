"""Expressions asked now and over the last hour, a few at a time."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tailboard.prometheus.answers import Line, RefusedError, Result, TooMuchError
from tailboard.prometheus.server import Server
from tailboard.prometheus.windows import RANGE, STEP
from tailboard.publish.at_once import Parallel
from tailboard.publish.errors import ServerError, TailboardError

MOST_SERIES = 1000
"""So many lines nobody reads, and a browser draws them slowly."""

MOST_SLOW = 8
"""After so many queries in a row that are too slow, the server is."""


@dataclass(frozen=True)
class Outcome:
    """What an expression gave: series and numbers now, when it had a number last, or its error."""

    series: int = 0
    numbers: int = 0
    last: float | None = None
    too_much: str = ""
    refused: str = ""
    warned: str = ""


@dataclass(frozen=True)
class Asked:
    """The outcomes by expression; those that are missing were not asked because of `stopped`."""

    outcomes: dict[str, Outcome]
    stopped: TailboardError | None = None


def ask(
    server: Server,
    expressions: Iterable[str],
    at_once: int,
    tick: Callable[[], None] = lambda: None,
) -> Asked:
    """Ask all of them; ends early when the server does not answer any more."""
    work = Parallel(lambda it: outcome(server, it), expressions, at_once)
    outcomes: dict[str, Outcome] = {}
    slow = 0
    for expression, found in work:
        outcomes[expression] = found
        tick()
        slow = slow + 1 if found.too_much and not found.series else 0
        if slow >= MOST_SLOW:
            problem = f"{server.shown} was too slow for {slow} queries in a row"
            work.stop(ServerError(problem, tip="try later, or with a longer --timeout."))
    return Asked(outcomes, work.stopped)


def outcome(server: Server, expression: str) -> Outcome:
    """What one expression gives."""
    try:
        now = server.instant(expression, most=MOST_SERIES + 1)
        if len(now.lines) > MOST_SERIES:
            return _found(now, too_much=f"more than {MOST_SERIES} series")
        over = server.over(expression, RANGE, STEP, most=MOST_SERIES + 1)
    except TooMuchError as error:
        return Outcome(too_much=error.problem)
    except RefusedError as error:
        return Outcome(refused=error.problem)
    many = len(over.lines) > MOST_SERIES
    return _found(now, over, f"more than {MOST_SERIES} series within an hour" if many else "")


def _found(now: Result, over: Result | None = None, too_much: str = "") -> Outcome:
    times = [at for line in (over.lines if over else ()) if (at := _last(line)) is not None]
    return Outcome(
        series=len(now.lines),
        numbers=sum(_last(it) is not None for it in now.lines),
        last=max(times, default=None),
        too_much=too_much,
        warned="; ".join(dict.fromkeys((*now.warnings, *(over.warnings if over else ())))),
    )


def _last(line: Line) -> float | None:
    """When a series had a number last."""
    return next((at for at, value in reversed(line.points) if not math.isnan(value)), None)
