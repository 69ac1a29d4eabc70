"""What `tailboard check` says of each query: whether what it asks for is exposed.

Each selector is compared with the catalogue. A query is as bad as its worst part, but for `a or b`,
which is as good as the better. The queries behind a dashboard's variables are judged too: a
variable without values leaves its dashboard empty.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tailboard.check.selecting import ADDED, OWN, Known, Labels, bounds_asked, selected
from tailboard.check.state import EVENTLESS, FINE, QUERY_ERROR, Answer
from tailboard.findings.finding import Place
from tailboard.metrics.exposition import Catalogue
from tailboard.queries.promql_reading import CHOOSING, Series, kind, series
from tailboard.queries.subject import Query, Subject, queries
from tailboard.queries.variable_queries import variable_queries

RELABELLING = {"label_replace", "label_join"}

Selector = Callable[[Series, Labels], Answer]
"""The state of one selector that has to have some labels."""


@dataclass(frozen=True)
class Checked:
    """One query and its state; `allowed` is the reason why it may be as it is."""

    place: Place
    state: str
    problem: str
    tip: str
    expr: str
    allowed: str = ""

    @property
    def fine(self) -> bool:
        """Whether nothing has to be done about it."""
        return self.state in FINE or bool(self.allowed)


def asked_by(subject: Subject) -> Iterator[Query]:
    """Every query of a subject, those of a dashboard's variables first."""
    yield from variable_queries(subject)
    yield from queries(subject)


def check(
    subjects: Iterable[Subject], catalogue: Catalogue, target_labels: Iterable[str] = ()
) -> list[Checked]:
    """The state of every query, in their order."""
    subjects, said = list(subjects), frozenset(target_labels)
    asked = [query for subject in subjects for query in asked_by(subject)]
    rules = [it for subject in subjects for it in subject.rules]
    recorded = frozenset(str(rule["record"]) for _, rule in rules if "record" in rule)
    native = frozenset(_native(asked))
    native |= {it.name for q, rule in rules if rule.get("record") in native for it in q.selected}
    bounds = bounds_asked(it for query in asked for it in query.selected)
    added = said.union(ADDED, _selecting(asked))
    known = Known(catalogue, recorded, added, said, native, bounds=bounds)
    return [_checked(query, partial(selected, known=known)) for query in asked]


def _selecting(asked: Iterable[Query]) -> Iterator[str]:
    """The labels that choose among targets: `up` carries no others."""
    selected = (it for query in asked for it in query.selected if it.name in OWN)
    yield from (label for it in selected for label, _, _ in it.matchers)


def _native(asked: Iterable[Query]) -> Iterator[str]:
    selected = (it for query in asked for it in query.selected)
    yield from (it.name for it in selected if any(f.startswith("histogram_") for f in it.within))


def judged(query: Query, of: Selector) -> Answer:
    """The state of one query, by those of its selectors."""
    if query.reading.tree is None:
        problem = f"it is not PromQL: {query.reading.problem}"
        return Answer(QUERY_ERROR, problem, "correct the expression.")
    return _state(query.reading.tree, (), of)


def _checked(query: Query, of: Selector) -> Checked:
    found = judged(query, of)
    return Checked(query.place, found.state, found.problem, found.tip, query.text)


def _state(node: Any, by: Labels, of: Selector) -> Answer:
    found = kind(node)
    if found in {"VectorSelector", "MatrixSelector"}:
        return of(series(node)[0], by)
    if found == "BinaryExpr":
        return _of_both(node, by, of)
    if found == "AggregateExpr":
        return _state(node.expr, _aggregated(node, by), of)
    if found == "Call":
        inner = _called(node, by)
        return max((_state(it, inner, of) for it in node.args), default=Answer())
    below = getattr(node, "expr", None)  # parentheses, a sign, a subquery; literals have none
    return _state(below, by, of) if below is not None else Answer()


def _of_both(node: Any, by: Labels, of: Selector) -> Answer:
    if matching := getattr(node.modifier, "matching", None):
        on = str(matching.type).endswith("Include")
        by = tuple(matching.labels) if on else ()  # what else is kept, either side may give
    left, right = _state(node.lhs, by, of), _state(node.rhs, by, of)
    if str(node.op) != "or":
        return max(left, right)
    if _is_zero(node.rhs) and left.state != EVENTLESS:
        return left  # `or 0 * b` says that nothing happened, and would hide a mistake in `a`
    return min(left, right)


def _is_zero(node: Any) -> bool:
    """Whether an alternative only stands for nothing: `0 * b`, `vector(0)`."""
    found = kind(node)
    if found == "BinaryExpr" and str(node.op) == "*":
        return _is_zero(node.lhs) or _is_zero(node.rhs)
    if found == "Call" and node.func.name == "vector":
        return _is_zero(node.args[0])
    if found == "ParenExpr":
        return _is_zero(node.expr)
    return bool(found == "NumberLiteral" and node.val == 0)


def _aggregated(node: Any, by: Labels) -> Labels:
    """Which labels a selector within an aggregation has to have."""
    labels = tuple(node.modifier.labels) if node.modifier else ()
    if node.modifier and not str(node.modifier.type).endswith("By"):
        return tuple(it for it in by if it not in labels)
    return (*by, *labels) if str(node.op) in CHOOSING else labels


def _called(node: Any, by: Labels) -> Labels:
    made = getattr(node.args[1], "val", None) if node.func.name in RELABELLING else None
    return tuple(it for it in by if it != made)
