"""One declaration: an alert compares what its panel draws with the line that its panel draws."""

import re
from dataclasses import replace
from typing import Any

import promql_parser
import pytest

from tailboard.alerts import AlertRule
from tailboard.panels import Service
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.promql import WINDOW, strip_parentheses
from tailboard.panels.recording import WINDOW as RECORDED_WINDOW
from tailboard.panels.selection import HistogramStorage
from tests.alerts.sample_services import build_rule_sets, build_service, list_expressions
from tests.panels.panel_contents import render_panel

each_convention = pytest.mark.parametrize("name", [convention.name for convention in CONVENTIONS])

VARIABLE = re.compile(r"\$\{?\w")


def build_panel(rule: AlertRule, service: Service) -> Any:
    assert rule.panel, f"{rule.name} has no panel"
    return rule.panel(service)


def list_panel_expressions(panel: Any) -> list[str]:
    """What the panel's lines compute, with the ranges that Grafana would fill in."""
    return [
        strip_parentheses(str(target.expr).replace(WINDOW, RECORDED_WINDOW))
        for target in panel.targets
    ]


def list_limits(rule: AlertRule) -> tuple[float, ...]:
    """The numbers that a rule compares with."""
    if isinstance(rule.limit, tuple):
        return rule.limit
    return (rule.limit,) if isinstance(rule.limit, int | float) else ()


def strip_topk(expression: str) -> str:
    """The expression that a panel cuts to its largest series."""
    match = re.fullmatch(r"topk\(\d+, (.*)\)", expression, re.DOTALL)
    return strip_parentheses(match[1]) if match else expression


def list_thresholds(panel: Any) -> list[Any]:
    """The values at which the panel changes its colour."""
    document = render_panel(panel)
    fields = document["fieldConfig"]["defaults"]
    if document["type"] == "state-timeline":
        return [int(value) for mapping in fields["mappings"] for value in mapping["options"]]
    return [step["value"] for step in fields["thresholds"]["steps"]]


@each_convention
def test_every_expression_parses_and_has_no_variable_of_grafana(name: str) -> None:
    for expression in list_expressions(build_rule_sets()[name]):
        assert not VARIABLE.search(expression), expression
        promql_parser.parse(expression)


@pytest.mark.parametrize("histograms", ["native", "both"])
@each_convention
def test_every_expression_parses_however_histograms_are_stored(
    name: str, histograms: HistogramStorage
) -> None:
    from tailboard.alerts import rules_of

    service = replace(build_rule_sets()[name].service, histograms=histograms)
    for expression in list_expressions(rules_of(service)):
        promql_parser.parse(expression)


@each_convention
def test_an_alerts_limit_is_a_line_of_its_panel(name: str) -> None:
    rules = build_rule_sets()[name]
    service = rules.service.as_recorded()
    for rule in rules.alerts:
        if rule.name == "TargetAbsent":
            continue  # there is nothing to draw
        panel = build_panel(rule, service)
        if isinstance(rule.limit, str):
            moving = strip_parentheses(rule.limit.replace(WINDOW, RECORDED_WINDOW))
            assert moving in list_panel_expressions(panel), rule.name
        else:
            assert set(list_limits(rule)) <= set(list_thresholds(panel)), rule.name


@each_convention
def test_an_alert_compares_with_its_limit(name: str) -> None:
    for rule in build_rule_sets()[name].alerts:
        if isinstance(rule.limit, str):
            assert strip_parentheses(rule.limit.replace(WINDOW, RECORDED_WINDOW)) in rule.expression
        for limit in list_limits(rule):
            number = f"{limit:g}" if limit != int(limit) else str(int(limit))
            assert re.search(rf"(>|>=|==) {re.escape(number)}(?![\d.])", rule.expression), rule


@each_convention
def test_an_alert_computes_what_its_panel_draws(name: str) -> None:
    """The panel of a service that reads its recording rules: the very same expression."""
    rules = build_rule_sets()[name]
    service = rules.service.as_recorded()
    for rule in rules.alerts:
        panel = build_panel(rule, service)
        computed = [strip_topk(expression) for expression in list_panel_expressions(panel)]
        if rule.name in {"AllInstancesDown", "TargetAbsent"}:
            assert computed == ['up{job="orders-api"}']
            assert computed[0] in rule.expression
            continue
        assert any(name in rule.expression for name in computed), (rule.expression, computed)


@each_convention
def test_every_recorded_series_that_is_read_is_recorded(name: str) -> None:
    rules = build_rule_sets()[name]
    names = {rule.name for rule in (*rules.rates, *rules.ratios)}
    assert all(
        re.fullmatch(
            r"service[a-z_]*:[a-z0-9_:]+:((ratio_)?rate|first_values|chance)\d+[mhd]", name
        )
        for name in names
    )
    read = set()
    for expression in list_expressions(rules):
        read |= set(re.findall(r"\bservice[a-z_]*:[a-z0-9_:]+", expression))
    assert read <= names


@each_convention
def test_a_recording_rule_is_named_after_the_labels_it_keeps(name: str) -> None:
    for rule in build_rule_sets()[name].rates:
        level = rule.name.partition(":")[0].split("_")
        grouped = re.match(r"sum(?: by \((.*?)\))? \(|sum\(", rule.expression)
        assert grouped, rule.expression
        labels = [line for line in (grouped[1] or "").split(", ") if line and line != "le"]
        plain_labels = [label.strip('"').replace(".", "_") for label in labels]
        assert "_".join(["service", *plain_labels]) == "_".join(level)
        assert rule.labels == {"service": "orders"}


def test_services_of_one_convention_do_not_share_recorded_series() -> None:
    names = ("orders", "shop")
    rate_rules = [rule for name in names for rule in _list_rate_rules(name)]
    assert len({(rule.name, *rule.labels.items()) for rule in rate_rules}) == len(rate_rules)


def _list_rate_rules(name: str) -> Any:
    from tailboard.alerts import rules_of

    return rules_of(build_service(CONVENTIONS[0], name)).rates
