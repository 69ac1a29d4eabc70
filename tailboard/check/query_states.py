"""What `tailboard check` says of each query: whether what it asks for is exposed.

Each selector is compared with the catalogue. A query is as bad as its worst part, but for `a or b`,
which is as good as the better. The queries behind a dashboard's variables are judged too: a
variable without values leaves its dashboard empty.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tailboard.check.selectors import (
    ADDED_LABELS,
    PROMETHEUS_SERIES,
    Inventory,
    Labels,
    classify_selector,
    find_bound_matchers,
)
from tailboard.check.states import EVENTLESS, FINE_STATES, NO_LABEL, QUERY_ERROR, Assessment
from tailboard.findings.finding import Place
from tailboard.metrics.catalogue import Catalogue
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.analysis.series_labels import RELABEL_FUNCTIONS, LabelReader
from tailboard.queries.analysis.vector_matching import find_mismatches
from tailboard.queries.parser.promql import (
    SELECTING_AGGREGATIONS,
    Selector,
    find_matching,
    find_selectors,
    get_node_type,
)
from tailboard.queries.subject import Query, Subject, list_queries
from tailboard.queries.variables import list_variable_queries

MATCH_TIP = "write on() or ignoring() with what both sides have, or aggregate both by the same."

SelectorClassifier = Callable[[Selector, Labels], Assessment]
"""The state of one selector that has to have some labels."""


@dataclass(frozen=True)
class CheckResult:
    """One query and its state; `allowed` is the reason why that state is accepted."""

    place: Place
    state: str
    problem: str
    tip: str
    expr: str
    allowed: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether nothing has to be done about it."""
        return self.state in FINE_STATES or bool(self.allowed)


def list_all_queries(subject: Subject) -> Iterator[Query]:
    """Every query of a subject, those of a dashboard's variables first."""
    yield from list_variable_queries(subject)
    yield from list_queries(subject)


def check_queries(
    subjects: Iterable[Subject], catalogue: Catalogue, target_labels: Iterable[str] = ()
) -> list[CheckResult]:
    """The state of every query, in their order."""
    subjects, user_labels = list(subjects), frozenset(target_labels)
    all_queries = [query for subject in subjects for query in list_all_queries(subject)]
    rules = [pair for subject in subjects for pair in subject.rules]
    recordings = find_recordings(rules)
    recorded_names = frozenset(recordings)
    native_histograms = frozenset(_find_native_histograms(all_queries))
    native_histograms |= {
        selector.name
        for query, rule in rules
        if rule.get("record") in native_histograms
        for selector in query.selectors
    }
    bound_matchers = find_bound_matchers(
        selector for query in all_queries for selector in query.selectors
    )
    added_labels = user_labels.union(ADDED_LABELS, _find_target_labels(all_queries))
    inventory = Inventory(
        catalogue,
        recorded_names,
        added_labels,
        user_labels,
        native_histograms,
        bound_matchers=bound_matchers,
    )
    reader = LabelReader(recordings)
    return [
        _check_query(query, partial(classify_selector, inventory=inventory), reader)
        for query in all_queries
    ]


def _find_target_labels(queries: Iterable[Query]) -> Iterator[str]:
    """The labels that choose among targets: `up` carries no others."""
    selectors = (
        selector
        for query in queries
        for selector in query.selectors
        if selector.name in PROMETHEUS_SERIES
    )
    yield from (label for selector in selectors for label, _, _ in selector.matchers)


def _find_native_histograms(queries: Iterable[Query]) -> Iterator[str]:
    selectors = (selector for query in queries for selector in query.selectors)
    yield from (
        selector.name
        for selector in selectors
        if any(operation.startswith("histogram_") for operation in selector.operations)
    )


def classify_query(query: Query, classify: SelectorClassifier, reader: LabelReader) -> Assessment:
    """The state of one query, by those of its selectors and by what its operators match."""
    if query.expression.tree is None:
        problem = f"it is not PromQL: {query.expression.problem}"
        return Assessment(QUERY_ERROR, problem, "correct the expression.")
    assessment = _classify_tree(query.expression.tree, (), classify)
    mismatches = find_mismatches(query.expression.tree, reader)
    mismatch = next((mismatch for mismatch in mismatches if mismatch.is_certain), None)
    return (
        max(assessment, Assessment(NO_LABEL, str(mismatch), MATCH_TIP)) if mismatch else assessment
    )


def _check_query(query: Query, classify: SelectorClassifier, reader: LabelReader) -> CheckResult:
    assessment = classify_query(query, classify, reader)
    return CheckResult(
        query.place, assessment.state, assessment.problem, assessment.tip, query.text
    )


def _classify_tree(node: Any, required_labels: Labels, classify: SelectorClassifier) -> Assessment:
    node_type = get_node_type(node)
    if node_type in {"VectorSelector", "MatrixSelector"}:
        return classify(find_selectors(node)[0], required_labels)
    if node_type == "BinaryExpr":
        return _classify_binary(node, required_labels, classify)
    if node_type == "AggregateExpr":
        return _classify_tree(node.expr, _list_aggregation_labels(node, required_labels), classify)
    if node_type == "Call":
        inner_labels = _list_call_labels(node, required_labels)
        return max(
            (_classify_tree(argument, inner_labels, classify) for argument in node.args),
            default=Assessment(),
        )
    operand = getattr(node, "expr", None)  # parentheses, a sign, a subquery; literals have none
    return (
        _classify_tree(operand, required_labels, classify) if operand is not None else Assessment()
    )


def _classify_binary(
    node: Any, required_labels: Labels, classify: SelectorClassifier
) -> Assessment:
    if matching := find_matching(node):
        # What `ignoring` keeps besides, either side may give.
        required_labels = matching.labels if matching.is_on else ()
    left, right = (
        _classify_tree(node.lhs, required_labels, classify),
        _classify_tree(node.rhs, required_labels, classify),
    )
    if str(node.op) != "or":
        return max(left, right)
    if _is_zero(node.rhs) and left.state != EVENTLESS:
        return left  # `or 0 * b` says that nothing happened, and would hide a mistake in `a`
    return min(left, right)


def _is_zero(node: Any) -> bool:
    """Whether an alternative only stands for nothing: `0 * b`, `vector(0)`."""
    node_type = get_node_type(node)
    if node_type == "BinaryExpr" and str(node.op) == "*":
        return _is_zero(node.lhs) or _is_zero(node.rhs)
    if node_type == "Call" and node.func.name == "vector":
        return _is_zero(node.args[0])
    if node_type == "ParenExpr":
        return _is_zero(node.expr)
    return bool(node_type == "NumberLiteral" and node.val == 0)


def _list_aggregation_labels(node: Any, required_labels: Labels) -> Labels:
    """Which labels a selector within an aggregation has to have."""
    labels = tuple(node.modifier.labels) if node.modifier else ()
    if node.modifier and not str(node.modifier.type).endswith("By"):
        return tuple(label for label in required_labels if label not in labels)
    return (*required_labels, *labels) if str(node.op) in SELECTING_AGGREGATIONS else labels


def _list_call_labels(node: Any, required_labels: Labels) -> Labels:
    new_label = getattr(node.args[1], "val", None) if node.func.name in RELABEL_FUNCTIONS else None
    return tuple(label for label in required_labels if label != new_label)
