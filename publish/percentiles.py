"""Which percentiles of which histograms queries ask for, and the thresholds beside them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from publish.finding import Place
from publish.promql_reading import kind, nodes, series
from publish.promql_shape import Recorded, recorded_by
from publish.subject import Panel, Plain, Subject

BUCKET = "_bucket"
COMPARISONS = {">", "<", ">=", "<="}
DRAWN = {"stat", "gauge", "bargauge"}
"""Panels that always show their thresholds; a time series has to be told to."""

UNTOUCHED = [80.0]
"""The threshold that Grafana gives a new panel."""

Recordings = Mapping[str, tuple[Recorded, ...]]
"""What recording rules compute, by the name that they give it."""


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
    recorded = recorded_by(rule for subject in subjects for rule in subject.rules)
    asked = [it for subject in subjects for it in _trees(subject)]
    found = [
        Percentile(name, quantile, place, thresholds)
        for place, tree, drawn in asked
        for name, quantile, thresholds in _asked(tree, drawn, recorded)
    ]
    return list(dict.fromkeys(found))


def _trees(subject: Subject) -> Iterator[tuple[Place, Any, tuple[float, ...]]]:
    for panel in subject.panels:
        drawn = _drawn(panel)
        trees = ((it.place, it.reading.tree) for it in panel.queries)
        yield from ((place, tree, drawn) for place, tree in trees if tree is not None)
    for query, rule in subject.rules:
        if "alert" in rule and query.reading.tree is not None:
            yield query.place, query.reading.tree, ()


def _drawn(panel: Panel) -> tuple[float, ...]:
    """The thresholds that a panel shows, in the unit of its queries."""
    defaults = _of(_of(panel.plain, "fieldConfig"), "defaults")
    thresholds = _of(defaults, "thresholds")
    style = _of(_of(defaults, "custom"), "thresholdsStyle").get("mode", "off")
    if thresholds.get("mode") == "percentage":
        return ()
    if str(panel.plain.get("type")) not in DRAWN and style == "off":
        return ()
    steps = thresholds.get("steps")
    listed = steps if isinstance(steps, list) else []
    values = [it.get("value") for it in listed if isinstance(it, dict)]
    found = [float(it) for it in values if isinstance(it, int | float) and it > 0]
    return () if found == UNTOUCHED else tuple(found)


def _of(plain: Any, name: str) -> Plain:
    found = plain.get(name)
    return found if isinstance(found, dict) else {}


Asked = Iterator[tuple[str, float, tuple[float, ...]]]


def _asked(node: Any, limits: tuple[float, ...], recorded: Recordings) -> Asked:
    found = kind(node)
    if found == "BinaryExpr":
        yield from _of_both(node, limits, recorded)
    elif found == "Call" and node.func.name == "histogram_quantile":
        quantile = getattr(node.args[0], "val", 0)
        names = _histograms(node.args[1], recorded) if 0 < quantile < 1 else ()
        yield from ((name, quantile, limits) for name in dict.fromkeys(names))
    elif found == "Call":
        for it in node.args:
            yield from _asked(it, limits, recorded)
    elif found in {"VectorSelector", "MatrixSelector"}:
        name = series(node)[0].name
        for it in recorded.get(name, ()):
            yield from _asked(it.tree, limits, _without(name, recorded))
    elif (below := getattr(node, "expr", None)) is not None:
        yield from _asked(below, limits, recorded)


def _of_both(node: Any, limits: tuple[float, ...], recorded: Recordings) -> Asked:
    """Thresholds go with what is compared, and change their unit with what is scaled."""
    operator, right = str(node.op), getattr(node.rhs, "val", None)
    if operator in COMPARISONS:
        limits = (*limits, right) if right and right > 0 else limits
    elif right and operator in {"*", "/"}:
        limits = tuple(it / right if operator == "*" else it * right for it in limits)
    elif operator not in {"or", "and", "unless"}:
        limits = ()
    for side in (node.lhs, node.rhs):
        yield from _asked(side, limits, recorded)


def _histograms(node: Any, recorded: Recordings) -> Iterator[str]:
    for it in (one for below in nodes(node) if _selects(below) for one in series(below)):
        if it.name in recorded:
            for rule in recorded[it.name]:
                yield from _histograms(rule.tree, _without(it.name, recorded))
        elif it.name.endswith(BUCKET):
            yield it.name.removesuffix(BUCKET)


def _without(name: str, recorded: Recordings) -> Recordings:
    """The others: what is recorded from itself would have no end."""
    return {key: rules for key, rules in recorded.items() if key != name}


def _selects(node: Any) -> bool:
    return kind(node) in {"VectorSelector", "MatrixSelector"}
