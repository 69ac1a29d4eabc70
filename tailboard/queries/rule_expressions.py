"""Whether the expressions that a definition writes for its own alerts are PromQL at all."""

from collections.abc import Iterable, Iterator

from tailboard.alerts.rule_set import RuleSet
from tailboard.panels.definition_error import DefinitionError


def find_expression_errors(rule_sets: Iterable[RuleSet]) -> Iterator[DefinitionError]:
    """The rules that definitions add and Prometheus would not load, nor the file around them."""
    for rules in rule_sets:
        for rule in rules.alerts:
            if rule.name not in rules.user_rules:
                continue
            from tailboard.queries.parser.promql import parse_expression  # few definitions have any

            if problem := parse_expression(rule.expression).problem:
                yield DefinitionError(
                    f"its expression is not PromQL: {problem}",
                    tip="try it in Prometheus' own page first.",
                    location=(
                        f"the rules of {rules.service.name!r}",
                        f"the alert rule {rule.name}",
                    ),
                )
