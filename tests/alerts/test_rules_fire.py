"""Every alert rule of every convention fires where it must and is silent where it must be.

The examples are the rules' own, and the very tests that a build writes for its user.
"""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from tailboard.alerts import RuleSet, rules_of
from tailboard.alerts.unit_tests import build_unit_tests
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import CONVENTIONS, PROMETHEUS_CLIENT
from tailboard.panels.duration import parse_duration
from tests.alerts.sample_services import build_rule_sets, build_service, run_promtool, write_rules
from tests.required_programs import require_program

LONG = 3600
"""From so many seconds on an example is one that `make test` leaves to `make test-slow`."""

each_convention = pytest.mark.parametrize("name", [convention.name for convention in CONVENTIONS])


@pytest.fixture(scope="session")
def promtool_path() -> str:
    return require_program("promtool", "prometheus")


def list_cases(rules: RuleSet) -> list[dict[str, Any]]:
    document = build_unit_tests(rules, f"{rules.slug}.rules.yaml")
    assert document
    return list(document["tests"])


def find_duration(case: dict[str, Any]) -> float:
    return max(parse_duration(test["eval_time"]) for test in case["promql_expr_test"])


def run_unit_tests(
    promtool_path: str, rules: RuleSet, folder: Path, tests: list[dict[str, Any]]
) -> str:
    """What promtool says of some of the generated tests.

    It evaluates every rule of a file in every test, so that each test gets only those it needs: the
    recorded rates, and what is about budgets or what is not.
    """
    budget = [case for case in tests if case["name"].startswith("ErrorBudgetBurn")]
    other_cases = [case for case in tests if case not in budget]
    paths = []
    for name, cases in (("budget", budget), ("others", other_cases)):
        budget_rules = [
            rule for rule in rules.alerts if (rule.name == "ErrorBudgetBurn") == (cases is budget)
        ]
        part = dataclasses.replace(
            rules,
            ratios=rules.ratios if cases is budget else (),
            alerts=tuple(budget_rules),
            links=(None,) * len(budget_rules),
        )
        (folder / name).mkdir()
        file = write_rules(part, folder / name)
        paths.append(folder / name / "test.yaml")
        content = {"rule_files": [file.name], "evaluation_interval": "1m", "tests": cases}
        paths[-1].write_text(yaml.safe_dump(content))
    return run_promtool(promtool_path, "test", "rules", *paths)


@each_convention
def test_prometheus_accepts_every_rule(name: str, promtool_path: str, tmp_path: Path) -> None:
    assert not run_promtool(
        promtool_path, "check", "rules", write_rules(build_rule_sets()[name], tmp_path)
    )


@each_convention
def test_every_rule_fires_and_is_silent_where_it_must(
    name: str, promtool_path: str, tmp_path: Path
) -> None:
    rules = build_rule_sets()[name]
    short = [case for case in list_cases(rules) if find_duration(case) < LONG]
    assert short
    assert not run_unit_tests(promtool_path, rules, tmp_path, short)


@pytest.mark.slow
@each_convention
def test_every_rule_that_takes_hours_fires_too(
    name: str, promtool_path: str, tmp_path: Path
) -> None:
    rules = build_rule_sets()[name]
    long = [case for case in list_cases(rules) if find_duration(case) >= LONG]
    assert not long or not run_unit_tests(promtool_path, rules, tmp_path, long)


@each_convention
def test_every_rule_has_an_example_of_both(name: str) -> None:
    for rule in build_rule_sets()[name].alerts:
        assert {example.is_firing for example in rule.examples} == {True, False}, rule.name


def test_a_rule_that_says_the_opposite_fails_its_own_examples(
    promtool_path: str, tmp_path: Path
) -> None:
    """The examples can tell: with its condition turned round no rule passes them."""
    rules = build_rule_sets()["prometheus_client"]
    turned = tuple(
        dataclasses.replace(rule, expression=f"(vector(1) unless on () {rule.expression})")
        for rule in rules.alerts
    )
    short = [case for case in list_cases(rules) if find_duration(case) < LONG]
    text = run_unit_tests(promtool_path, dataclasses.replace(rules, alerts=turned), tmp_path, short)
    tried = {case["name"].partition(" ")[0] for case in short if " fires: " in case["name"]}
    assert tried
    for name in tried:
        assert f'alertname=\\"{name}\\"' in text


@pytest.mark.parametrize(
    "name",
    ['the "orders" {{ $value }}', "订单", "a'b\\c", "{{ end }}", "% of ${HOME}"],
)
def test_a_service_may_have_any_name(name: str, promtool_path: str, tmp_path: Path) -> None:
    service = build_service(PROMETHEUS_CLIENT, name)
    rules = rules_of(service)
    assert not run_promtool(promtool_path, "check", "rules", write_rules(rules, tmp_path))
    down = [case for case in list_cases(rules) if "InstanceDown" in case["name"]]
    assert not run_unit_tests(promtool_path, rules, tmp_path, down)


@pytest.mark.parametrize(
    "selector",
    [
        {"job": 'orders "api"', "cluster": "{{ x }}"},
        {"job": "a\\b", "zone": "x\ny"},
        {"job": "订单"},
    ],
)
def test_labels_may_have_any_value(
    selector: dict[str, str], promtool_path: str, tmp_path: Path
) -> None:
    objectives = Objectives(availability=0.99)
    rules = rules_of(Service("orders", selector, PROMETHEUS_CLIENT, objectives))
    tests = [case for case in list_cases(rules) if "ErrorRatioHigh" in case["name"]]
    assert tests
    assert not run_unit_tests(promtool_path, rules, tmp_path, tests)


def test_kubernetes_labels_do_not_stand_in_the_way(promtool_path: str, tmp_path: Path) -> None:
    """A ServiceMonitor's target labels: `endpoint` and `service` are its own, not ours."""
    convention = PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})
    selector = {
        **{"job": "orders", "namespace": "shop", "pod": "orders-1"},
        **{"service": "orders-svc", "endpoint": "http-metrics", "container": "web"},
    }
    rules = rules_of(Service("orders", selector, convention, Objectives(availability=0.999)))
    prefixes = ("InstanceDown", "AllInstancesDown", "ErrorRatioHigh", "RequestsPilingUp")
    tests = [case for case in list_cases(rules) if case["name"].startswith(prefixes)]
    assert len(tests) > 10
    assert not run_unit_tests(promtool_path, rules, tmp_path, tests)


def test_services_told_apart_by_a_label_fire_one_by_one(promtool_path: str, tmp_path: Path) -> None:
    objectives = Objectives(latency={0.99: 1.0}, availability=0.999)
    rules = rules_of(Service("shops", {"job": "shop"}, PROMETHEUS_CLIENT, objectives, by=("eu",)))
    tests = [case for case in list_cases(rules) if find_duration(case) < LONG / 3]
    assert not run_unit_tests(promtool_path, rules, tmp_path, tests)
