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
from tests.alerts.sample_services import promtool, rule_sets, service_of, written
from tests.needs import needs

LONG = 3600
"""From so many seconds on an example is one that `make test` leaves to `make test-slow`."""

each_convention = pytest.mark.parametrize("name", [it.name for it in CONVENTIONS])


@pytest.fixture(scope="session")
def binary() -> str:
    return needs("promtool", "prometheus")


def cases(rules: RuleSet) -> list[dict[str, Any]]:
    made = build_unit_tests(rules, f"{rules.slug}.rules.yaml")
    assert made
    return list(made["tests"])


def lasts(case: dict[str, Any]) -> float:
    return max(parse_duration(it["eval_time"]) for it in case["promql_expr_test"])


def failures(binary: str, rules: RuleSet, folder: Path, tests: list[dict[str, Any]]) -> str:
    """What promtool says of some of the generated tests.

    It evaluates every rule of a file in every test, so that each test gets only those it needs: the
    recorded rates, and what is about budgets or what is not.
    """
    budget = [it for it in tests if it["name"].startswith("ErrorBudgetBurn")]
    others = [it for it in tests if it not in budget]
    paths = []
    for name, some in (("budget", budget), ("others", others)):
        kept = [it for it in rules.alerts if (it.name == "ErrorBudgetBurn") == (some is budget)]
        part = dataclasses.replace(
            rules,
            ratios=rules.ratios if some is budget else (),
            alerts=tuple(kept),
            links=(None,) * len(kept),
        )
        (folder / name).mkdir()
        file = written(part, folder / name)
        paths.append(folder / name / "test.yaml")
        content = {"rule_files": [file.name], "evaluation_interval": "1m", "tests": some}
        paths[-1].write_text(yaml.safe_dump(content))
    return promtool(binary, "test", "rules", *paths)


@each_convention
def test_prometheus_accepts_every_rule(name: str, binary: str, tmp_path: Path) -> None:
    assert not promtool(binary, "check", "rules", written(rule_sets()[name], tmp_path))


@each_convention
def test_every_rule_fires_and_is_silent_where_it_must(
    name: str, binary: str, tmp_path: Path
) -> None:
    rules = rule_sets()[name]
    short = [case for case in cases(rules) if lasts(case) < LONG]
    assert short
    assert not failures(binary, rules, tmp_path, short)


@pytest.mark.slow
@each_convention
def test_every_rule_that_takes_hours_fires_too(name: str, binary: str, tmp_path: Path) -> None:
    rules = rule_sets()[name]
    long = [case for case in cases(rules) if lasts(case) >= LONG]
    assert not long or not failures(binary, rules, tmp_path, long)


@each_convention
def test_every_rule_has_an_example_of_both(name: str) -> None:
    for rule in rule_sets()[name].alerts:
        assert {it.is_firing for it in rule.examples} == {True, False}, rule.name


def test_a_rule_that_says_the_opposite_fails_its_own_examples(binary: str, tmp_path: Path) -> None:
    """The examples can tell: with its condition turned round no rule passes them."""
    rules = rule_sets()["prometheus_client"]
    turned = tuple(
        dataclasses.replace(it, expression=f"(vector(1) unless on () {it.expression})")
        for it in rules.alerts
    )
    short = [case for case in cases(rules) if lasts(case) < LONG]
    said = failures(binary, dataclasses.replace(rules, alerts=turned), tmp_path, short)
    tried = {case["name"].partition(" ")[0] for case in short if " fires: " in case["name"]}
    assert tried
    for name in tried:
        assert f'alertname=\\"{name}\\"' in said


@pytest.mark.parametrize(
    "name",
    ['the "orders" {{ $value }}', "订单", "a'b\\c", "{{ end }}", "% of ${HOME}"],
)
def test_a_service_may_have_any_name(name: str, binary: str, tmp_path: Path) -> None:
    asked = service_of(PROMETHEUS_CLIENT, name)
    rules = rules_of(asked)
    assert not promtool(binary, "check", "rules", written(rules, tmp_path))
    down = [case for case in cases(rules) if "InstanceDown" in case["name"]]
    assert not failures(binary, rules, tmp_path, down)


@pytest.mark.parametrize(
    "selector",
    [
        {"job": 'orders "api"', "cluster": "{{ x }}"},
        {"job": "a\\b", "zone": "x\ny"},
        {"job": "订单"},
    ],
)
def test_labels_may_have_any_value(selector: dict[str, str], binary: str, tmp_path: Path) -> None:
    objectives = Objectives(availability=0.99)
    rules = rules_of(Service("orders", selector, PROMETHEUS_CLIENT, objectives))
    tests = [it for it in cases(rules) if "ErrorRatioHigh" in it["name"]]
    assert tests
    assert not failures(binary, rules, tmp_path, tests)


def test_kubernetes_labels_do_not_stand_in_the_way(binary: str, tmp_path: Path) -> None:
    """A ServiceMonitor's target labels: `endpoint` and `service` are its own, not ours."""
    convention = PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})
    selector = {
        **{"job": "orders", "namespace": "shop", "pod": "orders-1"},
        **{"service": "orders-svc", "endpoint": "http-metrics", "container": "web"},
    }
    rules = rules_of(Service("orders", selector, convention, Objectives(availability=0.999)))
    wanted = ("InstanceDown", "AllInstancesDown", "ErrorRatioHigh", "RequestsPilingUp")
    tests = [it for it in cases(rules) if it["name"].startswith(wanted)]
    assert len(tests) > 10
    assert not failures(binary, rules, tmp_path, tests)


def test_services_told_apart_by_a_label_fire_one_by_one(binary: str, tmp_path: Path) -> None:
    objectives = Objectives(latency={0.99: 1.0}, availability=0.999)
    rules = rules_of(Service("shops", {"job": "shop"}, PROMETHEUS_CLIENT, objectives, by=("eu",)))
    tests = [it for it in cases(rules) if lasts(it) < LONG / 3]
    assert not failures(binary, rules, tmp_path, tests)
