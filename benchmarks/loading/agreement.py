"""How far the recorded answers lie from the raw ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.loading.queries import Query
from benchmarks.loading.scene import END, RANGE
from benchmarks.loading.server import Point, Server
from tailboard.panels.recording import WINDOW

APART = RANGE // 6
Pairs = list[tuple[Query, Query]]
Points = Mapping[Point, float]


@dataclass(frozen=True)
class Difference:
    """Two answers to one query: the largest relative difference, and the points of only one."""

    panel: str
    name: str
    largest: float
    compared: int
    unmatched: int


def difference(query: Query, left: Points, right: Points) -> Difference:
    """The same series at the same moments, point by point."""
    both = left.keys() & right.keys()
    largest = max((_apart(left[it], right[it]) for it in both), default=0.0)
    return Difference(query.panel, query.name, largest, len(both), len(left.keys() ^ right.keys()))


def same_window(server: Server, pairs: Pairs) -> Iterator[Difference]:
    """Each different query at some moments, the raw one with the rules' window: computed alike."""
    for raw, recorded in {one.template: (one, other) for one, other in reversed(pairs)}.values():
        yield difference(raw, _now_and_then(server, raw), _now_and_then(server, recorded))


def _now_and_then(server: Server, query: Query) -> Points:
    return server.over(query.filled(WINDOW), END - RANGE, END, APART).points()


def _apart(one: float, other: float) -> float:
    most = max(abs(one), abs(other))
    return 0.0 if one == other else abs(one - other) / most
