"""Mistakes put into programs that are all right: each is found and named, and nothing else is."""

from dataclasses import replace
from typing import Any

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.groups import Addresses, build_groups
from tailboard.check.engine import run_checks
from tailboard.check.evidence import build_evidence
from tailboard.check.query_states import CheckResult, check_queries
from tailboard.check.rules import CHECKS
from tailboard.check.states import COLLISION, NO_LABEL, NO_METRIC
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.findings.finding import Finding
from tailboard.panels import Objectives, Service
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS, PROMETHEUS_CLIENT
from tailboard.panels.conventions.buckets import CLIENT_DEFAULT
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject
from tests.publish.programs import catalogue, exposition, histogram

REQUESTS = "http_request_duration_seconds"
PROMISED = Objectives(latency={0.99: 1.0}, availability=0.999)
SHOP = Service("orders", {"job": "a"}, PROMETHEUS_CLIENT, PROMISED)

SAID = {
    "prometheus_client": {"coarse-percentile db_query_duration_seconds"},
    "prometheus_client_multiprocess": {"coarse-percentile db_query_duration_seconds"},
    "fastapi_instrumentator": {f"few-buckets {REQUESTS}"},
    "fastapi_instrumentator_ungrouped": {f"few-buckets {REQUESTS}"},
}
"""What is true of a library's own buckets: bounds five times apart, or only three of them."""


def library(service: Service) -> list[Subject]:
    made = list(build_service_dashboards(service))
    rules: Any = build_groups(rules_of(service, dashboards=made), Addresses())
    documents = [build_document_subject(build_document(it), "orders.py") for it in made]
    return [*documents, build_rules_subject(rules, service.slug, "orders.py")]


def judged(
    text: str, service: Service = SHOP, *target_labels: str
) -> tuple[list[CheckResult], list[Finding]]:
    """The queries that have something wrong with them, and all findings."""
    subjects, there = library(service), catalogue(text)
    wrong = [it for it in check_queries(subjects, there, target_labels) if not it.is_fine]
    return wrong, list(run_checks(build_evidence(subjects, there, "it"), CHECKS))


PROGRAM = exposition(PROMETHEUS_CLIENT)
OWN = {"coarse-percentile"}


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda it: it.name)
def test_the_library_beside_its_own_programs_is_no_alarm(convention: Convention) -> None:
    wrong, found = judged(exposition(convention), Service("orders", {"job": "a"}, convention))
    assert wrong == []
    assert {f"{it.rule} {it.place.panel}" for it in found} == SAID.get(convention.name, set())
    assert {it.severity for it in found} <= {"warning"}


def test_a_renamed_metric_is_found_and_named() -> None:
    wrong, found = judged(PROGRAM.replace("http_requests_total", "web_requests_total"))
    assert {(it.state, it.problem) for it in wrong} == {
        (NO_METRIC, "there is no http_requests_total")
    }
    assert any("web_requests_total" in it.tip for it in wrong)
    assert {it.rule for it in found} == OWN


def test_a_renamed_label_is_found_and_named() -> None:
    wrong, _ = judged(PROGRAM.replace("endpoint=", "end_point="))
    assert {(it.state, it.problem) for it in wrong} == {
        (NO_LABEL, "no series has the label endpoint")
    }
    assert all("end_point" in it.tip for it in wrong)


def test_milliseconds_for_seconds_are_found_and_named() -> None:
    lines = [it for it in PROGRAM.splitlines() if not it.startswith(REQUESTS)]
    beyond = {**dict.fromkeys(CLIENT_DEFAULT, 0), float("inf"): 10_000}
    labels = 'method="GET",endpoint="/"'
    wrong, found = judged("\n".join([*lines, histogram(REQUESTS, beyond, 143, labels)]))
    assert wrong == []
    (it,) = [it for it in found if it.rule not in OWN]
    assert (it.rule, it.severity, it.place.panel) == ("wrong-unit", "error", REQUESTS)
    assert "milliseconds for seconds: they take 143 s on average" in it.problem


def test_a_label_with_raw_paths_is_found_and_named() -> None:
    wrong, found = judged(PROGRAM.replace("/orders/{id}", "/orders/4711"))
    assert wrong == []
    (it,) = [it for it in found if it.rule not in OWN]
    assert (it.rule, it.place.query) == ("raw-path", "endpoint")
    assert "/orders/4711" in it.problem
    assert "the template of the route" in it.tip


def test_three_buckets_are_found_and_named() -> None:
    lines = [it for it in PROGRAM.splitlines() if not it.startswith(REQUESTS)]
    three = {0.1: 5000, 0.5: 9950, 1.0: 10_000}
    labels = 'method="GET",endpoint="/"'
    wrong, found = judged("\n".join([*lines, histogram(REQUESTS, three, 0.2, labels)]))
    assert {it.problem.partition(" has no le=")[0] for it in wrong} == {f"{REQUESTS}_bucket"}
    (it,) = [it for it in found if it.rule not in OWN]
    assert (it.rule, it.place.panel) == ("few-buckets", REQUESTS)
    assert "only 3 buckets for percentiles: [0.1, 0.5, 1]" in it.problem
    assert "buckets=[" in it.tip


def test_an_objective_between_two_buckets_is_found_and_named() -> None:
    promised = Objectives(latency={0.99: 0.3}, availability=0.999)
    _, found = judged(PROGRAM, replace(SHOP, objectives=promised))
    (it,) = [it for it in found if it.rule not in OWN]
    assert (it.rule, it.place.panel) == ("threshold-between-buckets", REQUESTS)
    assert it.tip.startswith("make it 0.25 s or 0.5 s, or add a bucket: buckets=[0.005, ")


def test_an_endpoint_that_kubernetes_adds_too_is_found_and_named() -> None:
    wrong, found = judged(PROGRAM, SHOP, "endpoint")
    assert {it.state for it in wrong} == {COLLISION}
    assert all("use exported_endpoint" in it.tip for it in wrong)
    assert {it.rule for it in found} == OWN
    exported = PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})
    renamed = replace(SHOP, convention=exported)
    assert judged(PROGRAM, renamed, "endpoint")[0] == []
    assert {it.state for it in judged(PROGRAM, renamed)[0]} == {NO_LABEL}
