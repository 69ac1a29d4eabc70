"""Unit tests of a service's alert rules, in promtool's format, from the rules' own examples.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from collections.abc import Iterator
from typing import Any

from tailboard.alerts.groups import labels
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.rule_set import RuleSet
from tailboard.alerts.scene import INTERVAL, imaginable
from tailboard.alerts.template import is_known
from tailboard.panels import promql
from tailboard.panels.duration import seconds
from tailboard.panels.matcher import equals

Plain = dict[str, Any]

SLACK = 180
"""Seconds that an alert may be later than its rule says: evaluations, and one more sample."""


def unit_tests(rules: RuleSet, rule_file: str) -> Plain | None:
    """Every example of every alert rule; None where no labels could be invented for the service."""
    if not imaginable(rules.service):
        return None
    cases = [case for rule in rules.alerts for case in _cases(rule, rules)]
    if not cases:
        return None
    return {"rule_files": [rule_file], "evaluation_interval": "1m", "tests": cases}


def _cases(rule: AlertRule, rules: RuleSet) -> Iterator[Plain]:
    for example in rule.examples:
        wait = int(seconds(example.after))
        end = wait + int(seconds(rule.lasting)) + SLACK
        samples = end // INTERVAL + 1
        does = "fires" if example.fires else "is silent"
        yield {
            "name": f"{_named(rule)} {does}: {example.says}",
            "interval": f"{INTERVAL}s",
            "input_series": [
                {"series": series, "values": f"{values}x{samples}"}
                for series, values in example.series.items()
            ],
            "promql_expr_test": list(_expectations(rule, rules, example, wait, end)),
        }


def _named(rule: AlertRule) -> str:
    told = [it for it in rule.labels.values() if is_known(it)]
    more = ", ".join([rule.severity, *told])
    return f"{rule.name} ({more})"


def _expectations(
    rule: AlertRule, rules: RuleSet, example: Example, wait: int, end: int
) -> Iterator[Plain]:
    """Silent on the way, then firing or still silent."""
    known = {name: it for name, it in labels(rule, rules).items() if is_known(it)}
    firing = {"alertname": rule.name, "alertstate": "firing", **known}
    matchers = tuple((label, equals(value)) for label, value in firing.items())
    found = promql.aggregated("count", promql.selector("ALERTS", matchers))
    early = max(int(seconds(rule.lasting)) - 60, 0)
    times = [early] if example.fires else [early, wait, (wait + end) // 2]
    for moment in dict.fromkeys(times):
        yield {"expr": found, "eval_time": f"{moment}s", "exp_samples": []}
    answer = [{"labels": "{}", "value": 1}] if example.fires else []
    yield {"expr": found, "eval_time": f"{end}s", "exp_samples": answer}
