"""Which percentiles of which histograms queries ask for, and the thresholds beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tailboard.findings.finding import Place
from tailboard.queries.promql import find_selectors, get_node_type
from tailboard.queries.recordings import (
    RecordingRule,
    Recordings,
    find_recordings,
    find_rules_of_selector,
)
from tailboard.queries.subject import Subject
from tailboard.queries.thresholds import list_thresholds

BUCKET_SUFFIX = "_bucket"
SELECTOR_NODES = {"VectorSelector", "MatrixSelector"}
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


def find_percentiles(subjects: Iterable[Subject]) -> list[Percentile]:
    """All of them in reading order; what a recording rule keeps is traced to its histogram."""
    subjects = list(subjects)
    tracer = HistogramTracer(
        find_recordings(rule for subject in subjects for rule in subject.rules)
    )
    found_percentiles = [
        Percentile(name, quantile, place, limits)
        for subject in subjects
        for place, tree, panel_thresholds in _list_trees(subject)
        for name, quantile, limits in tracer.trace_percentiles(tree, panel_thresholds)
    ]
    return list(dict.fromkeys(found_percentiles))


def _list_trees(subject: Subject) -> Iterator[tuple[Place, Any, tuple[float, ...]]]:
    for panel in subject.panels:
        panel_thresholds = tuple(
            threshold for threshold in list_thresholds(panel.json) if threshold > 0
        )
        trees = ((query.place, query.expression.tree) for query in panel.queries)
        yield from ((place, tree, panel_thresholds) for place, tree in trees if tree is not None)
    for query, rule in subject.rules:
        if "alert" in rule and query.expression.tree is not None:
            yield query.place, query.expression.tree, ()


Limits = tuple[float, ...]
QuantileLimits = tuple[str, float, Limits]
"""A histogram, a quantile, and the limits in the histogram's unit."""


class HistogramTracer:
    """Follows expressions to the histograms behind them.

    Each recording rule is followed once for the same limits, however often it is named: rules that
    are named by rules that are named again would take a time without end. One that records itself
    has nothing behind it.
    """

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._percentile_cache: dict[tuple[RecordingRule, Limits], list[QuantileLimits]] = {}
        self._histogram_cache: dict[RecordingRule, list[str]] = {}

    def trace_percentiles(self, node: Any, limits: Limits) -> Iterator[QuantileLimits]:
        """The percentiles that a tree asks for, and what they are compared with."""
        node_type = get_node_type(node)
        if node_type == "BinaryExpr":
            yield from self._trace_binary(node, limits)
        elif node_type == "Call" and node.func.name == "histogram_quantile":
            quantile = getattr(node.args[0], "val", 0)
            names = self.trace_histograms(node.args[1]) if 0 < quantile < 1 else ()
            yield from ((name, quantile, limits) for name in dict.fromkeys(names))
        elif node_type == "Call":
            for argument in node.args:
                yield from self.trace_percentiles(argument, limits)
        elif node_type in SELECTOR_NODES:
            for argument in find_rules_of_selector(find_selectors(node)[0], self._recordings):
                yield from self._trace_rule_percentiles(argument, limits)
        elif (inner := getattr(node, "expr", None)) is not None:
            yield from self.trace_percentiles(inner, limits)

    def trace_histograms(self, node: Any) -> Iterator[str]:
        """The histograms whose buckets a tree reads."""
        for selector in find_selectors(node):
            if selector.name in self._recordings:
                for rule in find_rules_of_selector(selector, self._recordings):
                    yield from self._trace_rule_histograms(rule)
            elif selector.name.endswith(BUCKET_SUFFIX):
                yield selector.name.removesuffix(BUCKET_SUFFIX)

    def _trace_binary(self, node: Any, limits: Limits) -> Iterator[QuantileLimits]:
        """Thresholds go with what is compared, and change their unit with what is scaled."""
        operator, right = str(node.op), getattr(node.rhs, "val", None)
        if operator in COMPARISONS:
            limits = (*limits, right) if right and right > 0 else limits
        elif right and operator in {"*", "/"}:
            limits = tuple(limit / right if operator == "*" else limit * right for limit in limits)
        elif operator not in {"or", "and", "unless"}:
            limits = ()
        for side in (node.lhs, node.rhs):
            yield from self.trace_percentiles(side, limits)

    def _trace_rule_percentiles(self, rule: RecordingRule, limits: Limits) -> list[QuantileLimits]:
        if (rule, limits) not in self._percentile_cache:
            self._percentile_cache[rule, limits] = []
            self._percentile_cache[rule, limits] = list(
                dict.fromkeys(self.trace_percentiles(rule.expression.tree, limits))
            )
        return self._percentile_cache[rule, limits]

    def _trace_rule_histograms(self, rule: RecordingRule) -> list[str]:
        if rule not in self._histogram_cache:
            self._histogram_cache[rule] = []
            self._histogram_cache[rule] = list(
                dict.fromkeys(self.trace_histograms(rule.expression.tree))
            )
        return self._histogram_cache[rule]
