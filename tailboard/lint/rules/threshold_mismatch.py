"""A panel that turns red at one number, while the alert on the same expression fires at another.

Whoever looks believes the colour: at night the pager says that all is lost, and the panel is green.
Panels and alert rules of one run are compared, expressions by what they compute: ranges, variables
and recorded rates make no difference.

Bad: `histogram_quantile(0.99, ...) > 1` wakes somebody, and the panel's threshold is 0.5
Good: one of the panel's thresholds is 1; `rules_of(SERVICE)` and its panels agree by themselves
"""

from collections.abc import Iterator, Sequence
from math import isclose
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.promql_reading import kind
from tailboard.queries.promql_shape import Reader, Shape, by_variable
from tailboard.queries.recorded import recorded_by
from tailboard.queries.subject import Plain, Query, Subject
from tailboard.queries.thresholds import thresholds

COMPARING = {">", ">=", "<", "<="}
Limited = tuple[str, Any, float]
"""An alert's name, the tree of what it compares, and with which number."""


def _of_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    rules = [it for subject in subjects for it in subject.rules]
    alerts = Alerts(rules)
    for panel in (panel for subject in subjects for panel in subject.panels if alerts.limits):
        steps = thresholds(panel.plain)
        same = [it for query in panel.queries for it in alerts.of(query)] if steps else []
        if same and not any(isclose(limit, step) for _, limit in same for step in steps):
            name, limit = same[0]
            yield (
                f"its thresholds are {_listed(steps)}, and {name} fires at {limit:g}",
                "let both be the number that the objective names.",
                panel.place,
            )


class Alerts:
    """Which alerts compare what a query shows."""

    def __init__(self, rules: Sequence[tuple[Query, Plain]]) -> None:
        self.recorded = recorded_by(rules)
        self.limits = [
            it for query, rule in rules if "alert" in rule for it in _limits(query, rule)
        ]
        self._shapes: dict[frozenset[str], list[tuple[Shape, Shape]]] = {}

    def of(self, query: Query) -> list[tuple[str, float]]:
        """The names and limits of the alerts on the same expression."""
        if query.reading.tree is None:
            return []
        chosen = frozenset(by_variable(query))
        shown = Reader(self.recorded, chosen).shape(query.reading.tree)
        pairs = zip(self._shaped(chosen), self.limits, strict=True)
        return [(name, limit) for shapes, (name, _, limit) in pairs if shown in shapes]

    def _shaped(self, chosen: frozenset[str]) -> list[tuple[Shape, Shape]]:
        """The alerts' shapes, with and without telling apart what a variable chooses."""
        if chosen not in self._shapes:
            one, other = (Reader(self.recorded, chosen, apart=it) for it in (True, False))
            trees = [tree for _, tree, _ in self.limits]
            self._shapes[chosen] = [(one.shape(it), other.shape(it)) for it in trees]
        return self._shapes[chosen]


def _limits(query: Query, rule: Plain) -> Iterator[Limited]:
    """What an alert compares with a number; other conditions only say when it may fire."""
    node = query.reading.tree
    while kind(node) == "ParenExpr" or str(getattr(node, "op", "")) in {"and", "unless"}:
        node = node.expr if kind(node) == "ParenExpr" else node.lhs
    if kind(node) == "BinaryExpr" and str(node.op) in COMPARING:
        for value, other in ((node.rhs, node.lhs), (node.lhs, node.rhs)):
            if kind(value) == "NumberLiteral" and value.val != 0:
                yield str(rule["alert"]), other, value.val


def _listed(numbers: Sequence[float]) -> str:
    return ", ".join(f"{it:g}" for it in numbers)


RULE = LintRule(
    "threshold-mismatch",
    "warning",
    "a threshold that is not the alert's",
    __doc__,
    of_run=_of_run,
)
