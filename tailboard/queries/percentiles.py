"""Which percentiles of which histograms queries ask for, and the thresholds beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tailboard.findings.finding import Place
from tailboard.queries.promql_reading import kind, series
from tailboard.queries.recorded import Recorded, Recordings, behind, recorded_by
from tailboard.queries.subject import Subject
from tailboard.queries.thresholds import thresholds

BUCKET = "_bucket"
SELECTORS = {"VectorSelector", "MatrixSelector"}
COMPARISONS = {">", "<", ">=", "<="}


@dataclass(frozen=True)
class Percentile:
    """A quantile of a histogram that a query asks for.

    `histogram` is named without `_bucket`; `thresholds` are in its own unit.
    """

    histogram: str
    quantile: float
    place: Place
    thresholds: tuple[float, ...] = ()


def percentiles(subjects: Iterable[Subject]) -> list[Percentile]:
    """All of them in reading order; what a recording rule keeps is traced to its histogram."""
    subjects = list(subjects)
    tracer = Tracer(recorded_by(rule for subject in subjects for rule in subject.rules))
    found = [
        Percentile(name, quantile, place, limits)
        for subject in subjects
        for place, tree, drawn in _trees(subject)
        for name, quantile, limits in tracer.asked(tree, drawn)
    ]
    return list(dict.fromkeys(found))


def _trees(subject: Subject) -> Iterator[tuple[Place, Any, tuple[float, ...]]]:
    for panel in subject.panels:
        drawn = tuple(it for it in thresholds(panel.plain) if it > 0)
        trees = ((it.place, it.reading.tree) for it in panel.queries)
        yield from ((place, tree, drawn) for place, tree in trees if tree is not None)
    for query, rule in subject.rules:
        if "alert" in rule and query.reading.tree is not None:
            yield query.place, query.reading.tree, ()


Limits = tuple[float, ...]
Asked = tuple[str, float, Limits]
"""A histogram, a quantile, and the limits in the histogram's unit."""


class Tracer:
    """Follows expressions to the histograms behind them.

    Each recording rule is followed once for the same limits, however often it is named: rules that
    are named by rules that are named again would take a time without end. One that records itself
    has nothing behind it.
    """

    def __init__(self, recorded: Recordings) -> None:
        self._recorded = recorded
        self._asked: dict[tuple[Recorded, Limits], list[Asked]] = {}
        self._histograms: dict[Recorded, list[str]] = {}

    def asked(self, node: Any, limits: Limits) -> Iterator[Asked]:
        """The percentiles that a tree asks for, and what they are compared with."""
        found = kind(node)
        if found == "BinaryExpr":
            yield from self._of_both(node, limits)
        elif found == "Call" and node.func.name == "histogram_quantile":
            quantile = getattr(node.args[0], "val", 0)
            names = self.histograms(node.args[1]) if 0 < quantile < 1 else ()
            yield from ((name, quantile, limits) for name in dict.fromkeys(names))
        elif found == "Call":
            for it in node.args:
                yield from self.asked(it, limits)
        elif found in SELECTORS:
            for it in behind(series(node)[0], self._recorded):
                yield from self._asked_by(it, limits)
        elif (below := getattr(node, "expr", None)) is not None:
            yield from self.asked(below, limits)

    def histograms(self, node: Any) -> Iterator[str]:
        """The histograms whose buckets a tree reads."""
        for it in series(node):
            if it.name in self._recorded:
                for rule in behind(it, self._recorded):
                    yield from self._read_by(rule)
            elif it.name.endswith(BUCKET):
                yield it.name.removesuffix(BUCKET)

    def _of_both(self, node: Any, limits: Limits) -> Iterator[Asked]:
        """Thresholds go with what is compared, and change their unit with what is scaled."""
        operator, right = str(node.op), getattr(node.rhs, "val", None)
        if operator in COMPARISONS:
            limits = (*limits, right) if right and right > 0 else limits
        elif right and operator in {"*", "/"}:
            limits = tuple(it / right if operator == "*" else it * right for it in limits)
        elif operator not in {"or", "and", "unless"}:
            limits = ()
        for side in (node.lhs, node.rhs):
            yield from self.asked(side, limits)

    def _asked_by(self, rule: Recorded, limits: Limits) -> list[Asked]:
        if (rule, limits) not in self._asked:
            self._asked[rule, limits] = []
            self._asked[rule, limits] = list(dict.fromkeys(self.asked(rule.reading.tree, limits)))
        return self._asked[rule, limits]

    def _read_by(self, rule: Recorded) -> list[str]:
        if rule not in self._histograms:
            self._histograms[rule] = []
            self._histograms[rule] = list(dict.fromkeys(self.histograms(rule.reading.tree)))
        return self._histograms[rule]
