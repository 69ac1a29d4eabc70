"""Which percentiles of which histograms queries ask for, and the thresholds beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tailboard.findings.finding import Place
from tailboard.queries.analysis.recordings import (
    RecordingRule,
    Recordings,
    find_recordings,
    find_rules_of_selector,
)
from tailboard.queries.parser.promql import find_selectors, get_node_type, list_children
from tailboard.queries.subject import Subject
from tailboard.queries.thresholds import list_thresholds

BUCKET_SUFFIX = "_bucket"
SELECTOR_NODES = {"VectorSelector", "MatrixSelector"}
MAX_FOLLOWED_RULES = 200
"""How many recording rules one query is followed through."""

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
    percentiles = [
        Percentile(name, quantile, place, limits)
        for subject in subjects
        for place, tree, panel_thresholds in _list_trees(subject)
        for name, quantile, limits in tracer.trace_percentiles(tree, panel_thresholds)
    ]
    return list(dict.fromkeys(percentiles))


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
    """Follows expressions and the recording rules that they name to the histograms behind them.

    Each rule is followed once for the same limits, and a bounded number of times in all: rules may
    name rules that name rules, twice or themselves.
    """

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    def trace_percentiles(self, tree: Any, limits: Limits) -> list[QuantileLimits]:
        """The percentiles that a tree asks for, and what they are compared with."""
        quantile_limits: list[QuantileLimits] = []
        followed: set[tuple[RecordingRule, Limits]] = set()
        nodes = [(tree, limits)]
        while nodes:
            node, limits = nodes.pop()
            node_type = get_node_type(node)
            children = list(list_children(node))
            if node_type == "BinaryExpr":
                limits = _convert_limits(node, limits)
            elif node_type == "Call" and node.func.name == "histogram_quantile":
                quantile = getattr(node.args[0], "val", 0)
                names = self.trace_histograms(node.args[1]) if 0 < quantile < 1 else ()
                quantile_limits += [(name, quantile, limits) for name in names]
                continue
            elif node_type in SELECTOR_NODES:
                rules = find_rules_of_selector(find_selectors(node)[0], self._recordings)
                new_rules = [rule for rule in rules if (rule, limits) not in followed]
                new_rules = new_rules[: MAX_FOLLOWED_RULES - len(followed)]
                followed.update((rule, limits) for rule in new_rules)
                children = [rule.expression.tree for rule in new_rules]
            nodes.extend((child, limits) for child in reversed(children))
        return list(dict.fromkeys(quantile_limits))

    def trace_histograms(self, tree: Any) -> list[str]:
        """The histograms whose buckets a tree reads."""
        names: dict[str, None] = {}
        followed: set[RecordingRule] = set()
        selectors = find_selectors(tree)[::-1]
        while selectors:
            selector = selectors.pop()
            if selector.name in self._recordings:
                for rule in reversed(find_rules_of_selector(selector, self._recordings)):
                    if rule not in followed and len(followed) < MAX_FOLLOWED_RULES:
                        followed.add(rule)
                        selectors += find_selectors(rule.expression.tree)[::-1]
            elif selector.name.endswith(BUCKET_SUFFIX):
                names[selector.name.removesuffix(BUCKET_SUFFIX)] = None
        return list(names)


def _convert_limits(node: Any, limits: Limits) -> Limits:
    """The limits of both sides: those compared with come to them, and are scaled as values are."""
    right = getattr(node.rhs, "val", None)
    if node.op in COMPARISONS:
        return (*limits, right) if right and right > 0 else limits
    if right and node.op in {"*", "/"}:
        return tuple(limit / right if node.op == "*" else limit * right for limit in limits)
    return limits if node.op in {"or", "and", "unless"} else ()
