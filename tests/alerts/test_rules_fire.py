"""Every alert rule of every convention fires where it must and is silent where it must be.

The examples are the rules' own, and the very tests that a build writes for its user.
"""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tailboard.alerts import RuleSet, rules_of
from tailboard.alerts.unit_tests import build_unit_tests
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import CONVENTIONS, OTEL_HTTP_OLD, PROMETHEUS_CLIENT
from tailboard.panels.statuses import Statuses, StatusGroup
from tailboard.queries.parser.quoted_names import find_quoted_names
from tests.alerts.conftest import select_promtools
from tests.alerts.sample_services import (
    build_rule_sets,
    list_alert_rules,
    list_expressions,
    run_promtool,
    write_rules,
)
from tests.prometheus_programs import read_major_version, require_prometheus
from tests.slow_marks import mark_slow

CONVENTION_NAMES = [convention.name for convention in CONVENTIONS]
TYPICAL_NAMES = ("prometheus_client", "pushgateway_jobs", "celery_exporter", "postgres_exporter")
"""Codes, jobs, queues and a database; milliseconds are in `test_labels_may_have_any_value`."""

each_convention = pytest.mark.parametrize("name", CONVENTION_NAMES)

CASE = re.compile(r"(\w+) \(([\w., -]*)\) (fires|is silent): [^;]+")


@pytest.fixture
def fitting_promtool_paths(
    name: str, promtool_paths: list[str], promtool_share: slice
) -> list[str]:
    """Those that read the names of a convention: only Prometheus 3 has such with dots."""
    rules = build_rule_sets()[name]
    paths = promtool_paths
    if any(map(find_quoted_names, list_expressions(rules))):
        paths = [path for path in promtool_paths if read_major_version(path) != "2"]
        if not paths:
            require_prometheus("3")
    return select_promtools(paths, promtool_share)


def run_unit_tests(
    promtool_paths: list[str], rules: RuleSet, folder: Path, *, is_long: bool = False
) -> str:
    """What some promtool says of the generated tests."""
    rule_file = write_rules(rules, folder)
    document = build_unit_tests(rules, rule_file.name, is_long=is_long)
    if document is None:
        return ""
    path = folder / "test.yaml"
    path.write_text(json.dumps(document))  # JSON is YAML
    return "".join(run_promtool(path_, "test", "rules", path) for path_ in promtool_paths)


def list_cases(rules: RuleSet) -> list[tuple[str, ...]]:
    """The name of each example's alert, its details, and whether it fires."""
    documents = [
        build_unit_tests(rules, "x.rules.yaml", is_long=is_long) for is_long in (False, True)
    ]
    names = [test["name"] for document in documents if document for test in document["tests"]]
    return [match.groups() for name in names for match in CASE.finditer(name)]


@each_convention
def test_prometheus_accepts_every_rule(
    name: str, fitting_promtool_paths: list[str], tmp_path: Path
) -> None:
    path = write_rules(build_rule_sets()[name], tmp_path)
    for promtool_path in fitting_promtool_paths:
        assert not run_promtool(promtool_path, "check", "rules", path)


@pytest.mark.parametrize("name", mark_slow(CONVENTION_NAMES, TYPICAL_NAMES))
def test_every_rule_fires_and_is_silent_where_it_must(
    name: str, fitting_promtool_paths: list[str], tmp_path: Path
) -> None:
    assert not run_unit_tests(fitting_promtool_paths, build_rule_sets()[name], tmp_path)


def test_rules_of_statuses_of_any_text_fire_too(
    shared_promtool_paths: list[str], tmp_path: Path
) -> None:
    """Quotes, braces, colons, dots, spaces, Chinese, and what is special in an expression."""
    statuses = Statuses(
        'the "{{ bank }}"',
        successes=StatusGroup(("成功", 'o"k')),
        failures=StatusGroup(("失败: {a}", "a.b c", "x|y", "C:\\bad")),
        client_errors=StatusGroup(("{{ refused }}", "(")),
    )
    convention = PROMETHEUS_CLIENT.evolve(labels={"http_status": "outcome"}, statuses=statuses)
    objectives = Objectives(availability=0.999)
    rules = rules_of(Service("shop", {"job": "shop"}, convention, objectives))
    assert {"ErrorRatioHigh", "ErrorBudgetBurn"} <= {rule.name for rule in rules.alerts}
    assert not run_unit_tests(shared_promtool_paths, rules, tmp_path)


@pytest.mark.slow
@each_convention
def test_every_rule_that_takes_hours_fires_too(
    name: str, fitting_promtool_paths: list[str], tmp_path: Path
) -> None:
    assert not run_unit_tests(
        fitting_promtool_paths, build_rule_sets()[name], tmp_path, is_long=True
    )


@each_convention
def test_every_rule_has_an_example_of_both(name: str) -> None:
    for rule in build_rule_sets()[name].alerts:
        assert {example.is_firing for example in rule.examples} == {True, False}, rule.name


@each_convention
def test_every_example_is_in_one_of_the_tests(name: str) -> None:
    rules = build_rule_sets()[name]
    outcomes = [outcome for _, _, outcome in list_cases(rules)]
    examples = [example for rule in rules.alerts for example in rule.examples]
    assert len(outcomes) == len(examples)
    assert outcomes.count("fires") == sum(example.is_firing for example in examples)


def test_examples_share_tests_where_they_read_other_series() -> None:
    document = build_unit_tests(build_rule_sets()["prometheus_client"], "x.rules.yaml")
    assert document
    tests: list[dict[str, Any]] = document["tests"]
    assert len(tests) < len([*CASE.finditer(";".join(test["name"] for test in tests))]) / 2
    for test in tests:
        names = [series["series"] for series in test["input_series"]]
        assert len(set(names)) == len(names)


@pytest.mark.slow
def test_a_rule_that_says_the_opposite_fails_its_own_examples(
    promtool_paths: list[str], tmp_path: Path
) -> None:
    """The examples can tell: with its condition turned round no rule passes them."""
    rules = build_rule_sets()["prometheus_client"]
    turned = tuple(
        dataclasses.replace(rule, expression=f"(vector(1) unless on () {rule.expression})")
        for rule in rules.alerts
    )
    text = run_unit_tests(promtool_paths[:1], dataclasses.replace(rules, alerts=turned), tmp_path)
    document = build_unit_tests(rules, "x.rules.yaml")
    assert document
    names = {match[1] for test in document["tests"] for match in CASE.finditer(test["name"])}
    assert len(names) > 10
    for name in names:
        assert f'alertname=\\"{name}\\"' in text


@pytest.mark.parametrize(
    "name",
    mark_slow(
        ['the "orders" {{ $value }}', "订单", "a'b\\c", "{{ end }}", "% of ${HOME}"],
        ['the "orders" {{ $value }}'],
    ),
)
def test_a_service_may_have_any_name(name: str, promtool_paths: list[str], tmp_path: Path) -> None:
    rules = rules_of(Service(name, {"job": "orders-api"}, PROMETHEUS_CLIENT))
    assert not run_unit_tests(promtool_paths[:1], rules, tmp_path)


@pytest.mark.parametrize(
    "selector",
    [
        {"job": 'orders "api"', "cluster": "{{ x }}", "zone": "x\ny"},
        pytest.param({"job": "a\\b"}, marks=pytest.mark.slow),
        pytest.param({"job": "订单"}, marks=pytest.mark.slow),
    ],
)
def test_labels_may_have_any_value(
    selector: dict[str, str], promtool_paths: list[str], tmp_path: Path
) -> None:
    objectives = Objectives(latency={0.99: 1.0}, availability=0.99)
    rules = rules_of(Service("orders", selector, OTEL_HTTP_OLD, objectives))
    assert not run_unit_tests(promtool_paths[:1], rules, tmp_path)


def test_kubernetes_labels_do_not_stand_in_the_way(
    promtool_paths: list[str], tmp_path: Path
) -> None:
    """A ServiceMonitor's target labels: `endpoint` and `service` are its own, not ours."""
    convention = PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})
    selector = {
        **{"job": "orders", "namespace": "shop", "pod": "orders-1"},
        **{"service": "orders-svc", "endpoint": "http-metrics", "container": "web"},
    }
    rules = rules_of(Service("orders", selector, convention, Objectives(availability=0.999)))
    assert not run_unit_tests(promtool_paths[:1], rules, tmp_path)


def test_services_told_apart_by_a_label_fire_one_by_one(
    shared_promtool_paths: list[str], tmp_path: Path
) -> None:
    objectives = Objectives(latency={0.99: 1.0}, availability=0.999)
    rules = rules_of(Service("shops", {"job": "shop"}, PROMETHEUS_CLIENT, objectives, by=("eu",)))
    assert not run_unit_tests(shared_promtool_paths, rules, tmp_path)


def test_alerts_of_an_objective_are_evaluated_behind_what_they_read() -> None:
    rules = build_rule_sets()["prometheus_client"]
    alerts = list_alert_rules(rules)
    assert {rule["alert"] for rule in alerts} == {rule.name for rule in rules.alerts}
    document = build_unit_tests(rules, "x.rules.yaml")
    assert document
    assert document["group_eval_order"] == [
        f"orders: {name}" for name in ("rates", "objectives", "error budgets", "alerts")
    ]
