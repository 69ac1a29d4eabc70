"""Unit tests of a service's alert rules, in promtool's format, from the rules' own examples.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from collections.abc import Iterator
from typing import Any

from tailboard.alerts.example_series import INTERVAL, has_possible_labels
from tailboard.alerts.groups import build_labels
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.rule_set import RuleSet
from tailboard.alerts.template import is_static
from tailboard.panels import promql
from tailboard.panels.duration import parse_duration
from tailboard.panels.matcher import equals

JsonObject = dict[str, Any]

SLACK = 180
"""Seconds that an alert may be later than its rule says: evaluations, and one more sample."""


def build_unit_tests(rules: RuleSet, rule_file: str) -> JsonObject | None:
    """Every example of every alert rule; None where no labels could be invented for the service."""
    if not has_possible_labels(rules.service):
        return None
    cases = [case for rule in rules.alerts for case in _build_cases(rule, rules)]
    if not cases:
        return None
    return {"rule_files": [rule_file], "evaluation_interval": "1m", "tests": cases}


def _build_cases(rule: AlertRule, rules: RuleSet) -> Iterator[JsonObject]:
    for example in rule.examples:
        delay = int(parse_duration(example.delay))
        end = delay + int(parse_duration(rule.lasting)) + SLACK
        samples = end // INTERVAL + 1
        outcome = "fires" if example.is_firing else "is silent"
        yield {
            "name": f"{_describe_rule(rule)} {outcome}: {example.title}",
            "interval": f"{INTERVAL}s",
            "input_series": [
                {"series": series, "values": f"{values}x{samples}"}
                for series, values in example.series.items()
            ],
            "promql_expr_test": list(_build_expectations(rule, rules, example, delay, end)),
        }


def _describe_rule(rule: AlertRule) -> str:
    static_values = [value for value in rule.labels.values() if is_static(value)]
    details = ", ".join([rule.severity, *static_values])
    return f"{rule.name} ({details})"


def _build_expectations(
    rule: AlertRule, rules: RuleSet, example: Example, delay: int, end: int
) -> Iterator[JsonObject]:
    """Silent on the way, then firing or still silent."""
    static_labels = {
        name: value for name, value in build_labels(rule, rules).items() if is_static(value)
    }
    alert_labels = {"alertname": rule.name, "alertstate": "firing", **static_labels}
    matchers = tuple((label, equals(value)) for label, value in alert_labels.items())
    alert_count = promql.aggregate("count", promql.selector("ALERTS", matchers))
    pending_time = max(int(parse_duration(rule.lasting)) - 60, 0)
    times = [pending_time] if example.is_firing else [pending_time, delay, (delay + end) // 2]
    for eval_time in dict.fromkeys(times):
        yield {"expr": alert_count, "eval_time": f"{eval_time}s", "exp_samples": []}
    samples = [{"labels": "{}", "value": 1}] if example.is_firing else []
    yield {"expr": alert_count, "eval_time": f"{end}s", "exp_samples": samples}
