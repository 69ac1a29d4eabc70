"""A panel that turns red at one number, while the alert on the same expression fires at another.

Whoever looks believes the colour: at night the pager says that all is lost, and the panel is green.
Panels and alert rules of one run are compared, expressions by what they compute: ranges, variables
and recorded rates make no difference.

Bad: `histogram_quantile(0.99, ...) > 1` wakes somebody, and the panel's threshold is 0.5
Good: one of the panel's thresholds is 1; `rules_of(SERVICE)` and its panels agree by themselves

Exclude it where the panel warns before the alert, and says so.
"""

from collections.abc import Iterator, Sequence
from math import isclose
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.analysis.shape import Shape, ShapeReader, find_variable_labels
from tailboard.queries.parser.promql import get_node_type
from tailboard.queries.subject import JsonMapping, Query, Subject
from tailboard.queries.thresholds import list_thresholds

COMPARISONS = {">", ">=", "<", "<="}
AlertLimit = tuple[str, Any, float]
"""An alert's name, the tree of what it compares, and with which number."""


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    rules = [pair for subject in subjects for pair in subject.rules]
    alerts = AlertLimits(rules)
    for panel in (panel for subject in subjects for panel in subject.panels if alerts.limits):
        steps = list_thresholds(panel.json)
        matching_alerts = (
            [alert for query in panel.queries for alert in alerts.find_alerts(query)]
            if steps
            else []
        )
        if matching_alerts and not any(
            isclose(limit, step) for _, limit in matching_alerts for step in steps
        ):
            name, limit = matching_alerts[0]
            yield (
                f"its thresholds are {_format_numbers(steps)}, and {name} fires at {limit:g}",
                "let both be the number that the objective names.",
                panel.place,
            )


class AlertLimits:
    """Which alerts compare what a query shows."""

    def __init__(self, rules: Sequence[tuple[Query, JsonMapping]]) -> None:
        self.recordings = find_recordings(rules)
        self.limits = [
            alert_limit
            for query, rule in rules
            if "alert" in rule
            for alert_limit in _find_limits(query, rule)
        ]
        self._shapes: dict[frozenset[str], list[tuple[Shape, Shape]]] = {}

    def find_alerts(self, query: Query) -> list[tuple[str, float]]:
        """The names and limits of the alerts on the same expression."""
        if query.expression.tree is None:
            return []
        variable_labels = frozenset(find_variable_labels(query))
        query_shape = ShapeReader(self.recordings, variable_labels).build_shape(
            query.expression.tree
        )
        pairs = zip(self._build_shapes(variable_labels), self.limits, strict=True)
        return [(name, limit) for shapes, (name, _, limit) in pairs if query_shape in shapes]

    def _build_shapes(self, variable_labels: frozenset[str]) -> list[tuple[Shape, Shape]]:
        """The alerts' shapes, with and without telling apart what a variable chooses."""
        if variable_labels not in self._shapes:
            grouped_reader, ungrouped_reader = (
                ShapeReader(self.recordings, variable_labels, is_grouping_significant=is_grouped)
                for is_grouped in (True, False)
            )
            trees = [tree for _, tree, _ in self.limits]
            self._shapes[variable_labels] = [
                (grouped_reader.build_shape(tree), ungrouped_reader.build_shape(tree))
                for tree in trees
            ]
        return self._shapes[variable_labels]


def _find_limits(query: Query, rule: JsonMapping) -> Iterator[AlertLimit]:
    """What an alert compares with a number; other conditions only say when it may fire."""
    node = query.expression.tree
    while get_node_type(node) == "ParenExpr" or str(getattr(node, "op", "")) in {"and", "unless"}:
        node = node.expr if get_node_type(node) == "ParenExpr" else node.lhs
    if get_node_type(node) == "BinaryExpr" and str(node.op) in COMPARISONS:
        for value, operand in ((node.rhs, node.lhs), (node.lhs, node.rhs)):
            if get_node_type(value) == "NumberLiteral" and value.val != 0:
                yield str(rule["alert"]), operand, value.val


def _format_numbers(numbers: Sequence[float]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)


RULE = LintRule(
    "threshold-mismatch",
    "warning",
    "a threshold that is not the alert's",
    __doc__,
    check_run=_check_run,
)
