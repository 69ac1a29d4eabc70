"""Differences between the results of recorded and raw queries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.loading.queries import Query
from benchmarks.loading.server import Point, PrometheusServer
from benchmarks.loading.services import END_TIME, TIME_RANGE
from tailboard.panels.recording import WINDOW

COMPARISON_STEP = TIME_RANGE // 6
Pairs = list[tuple[Query, Query]]
Points = Mapping[Point, float]


@dataclass(frozen=True)
class Difference:
    """Two results of one query: the largest relative difference, and the points of only one."""

    panel: str
    name: str
    largest: float
    compared: int
    unmatched: int


def compare_points(query: Query, left: Points, right: Points) -> Difference:
    """Compare the points of equal series and times."""
    both = left.keys() & right.keys()
    largest = max((_relative_difference(left[point], right[point]) for point in both), default=0.0)
    return Difference(query.panel, query.name, largest, len(both), len(left.keys() ^ right.keys()))


def compare_same_window(server: PrometheusServer, pairs: Pairs) -> Iterator[Difference]:
    """Compare each distinct query at some times, the raw one with the window of the rules."""
    for raw, recorded in {left.template: (left, right) for left, right in reversed(pairs)}.values():
        yield compare_points(raw, _query_points(server, raw), _query_points(server, recorded))


def _query_points(server: PrometheusServer, query: Query) -> Points:
    return server.query_range(
        query.expand_template(WINDOW), END_TIME - TIME_RANGE, END_TIME, COMPARISON_STEP
    ).list_points()


def _relative_difference(left: float, right: float) -> float:
    larger = max(abs(left), abs(right))
    return 0.0 if left == right else abs(left - right) / larger
