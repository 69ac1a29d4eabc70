"""Mistakes put into programs that are all right: each is found and named, and nothing else is."""

from dataclasses import replace
from typing import Any

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
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
from tests.convention_expositions import format_exposition, format_histogram, read_catalogue

REQUESTS = "http_request_duration_seconds"
OBJECTIVES = Objectives(latency={0.99: 1.0}, availability=0.999)
SERVICE = Service("orders", {"job": "a"}, PROMETHEUS_CLIENT, OBJECTIVES)

EXPECTED_FINDINGS = {
    "prometheus_client": {"coarse-percentile db_query_duration_seconds"},
    "prometheus_client_multiprocess": {"coarse-percentile db_query_duration_seconds"},
    "fastapi_instrumentator": {f"few-buckets {REQUESTS}"},
    "fastapi_instrumentator_ungrouped": {f"few-buckets {REQUESTS}"},
    "grpc_observability": {
        "coarse-percentile grpc_client_attempt_duration_seconds",
        "coarse-percentile grpc_server_call_duration_seconds",
    },
    "vllm": {"coarse-percentile vllm:time_to_first_token_seconds"},
    "otel_gen_ai_server": {"coarse-percentile gen_ai_server_time_to_first_token_seconds"},
}
"""What is true of a library's own buckets: bounds five times apart, or only three of them."""


def list_subjects(service: Service) -> list[Subject]:
    dashboards = list(build_service_dashboards(service))
    rules: Any = build_groups(rules_of(service, dashboards=dashboards), Addresses())
    documents = [
        build_document_subject(build_document(dashboard), "orders.py") for dashboard in dashboards
    ]
    return [*documents, build_rules_subject(rules, service.slug, "orders.py")]


def check_program(
    text: str, service: Service = SERVICE, *target_labels: str
) -> tuple[list[CheckResult], list[Finding]]:
    """The queries that have something wrong with them, and all findings."""
    subjects, program_catalogue = list_subjects(service), read_catalogue(text)
    wrong = [
        query
        for query in check_queries(subjects, program_catalogue, target_labels)
        if not query.is_fine
    ]
    return wrong, list(run_checks(build_evidence(subjects, program_catalogue, "it"), CHECKS))


PROGRAM_EXPOSITION = format_exposition(PROMETHEUS_CLIENT)
EXPECTED_CHECKS = {"coarse-percentile"}


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.name)
def test_the_library_beside_its_own_programs_is_no_alarm(convention: Convention) -> None:
    wrong, all_findings = check_program(
        format_exposition(convention), Service("orders", {"job": "a"}, convention)
    )
    assert wrong == []
    assert {
        f"{finding.rule} {finding.place.panel}" for finding in all_findings
    } == EXPECTED_FINDINGS.get(convention.name, set())
    assert {finding.severity for finding in all_findings} <= {"warning"}


def test_a_renamed_metric_is_found_and_named() -> None:
    wrong, all_findings = check_program(
        PROGRAM_EXPOSITION.replace("http_requests_total", "web_requests_total")
    )
    assert {(query.state, query.problem) for query in wrong} == {
        (NO_METRIC, "there is no http_requests_total")
    }
    assert any("web_requests_total" in query.tip for query in wrong)
    assert {finding.rule for finding in all_findings} == EXPECTED_CHECKS


def test_a_renamed_label_is_found_and_named() -> None:
    wrong, _ = check_program(PROGRAM_EXPOSITION.replace("endpoint=", "end_point="))
    assert {(query.state, query.problem) for query in wrong} == {
        (NO_LABEL, "no series has the label endpoint")
    }
    assert all("end_point" in query.tip for query in wrong)


def test_milliseconds_for_seconds_are_found_and_named() -> None:
    lines = [line for line in PROGRAM_EXPOSITION.splitlines() if not line.startswith(REQUESTS)]
    counts = {**dict.fromkeys(CLIENT_DEFAULT, 0), float("inf"): 10_000}
    labels = 'method="GET",endpoint="/"'
    wrong, all_findings = check_program(
        "\n".join([*lines, format_histogram(REQUESTS, counts, 143, labels)])
    )
    assert wrong == []
    (finding,) = [finding for finding in all_findings if finding.rule not in EXPECTED_CHECKS]
    assert (finding.rule, finding.severity, finding.place.panel) == (
        "wrong-unit",
        "error",
        REQUESTS,
    )
    assert "milliseconds for seconds: they take 143 s on average" in finding.problem


def test_a_label_with_raw_paths_is_found_and_named() -> None:
    wrong, all_findings = check_program(PROGRAM_EXPOSITION.replace("/orders/{id}", "/orders/4711"))
    assert wrong == []
    (finding,) = [finding for finding in all_findings if finding.rule not in EXPECTED_CHECKS]
    assert (finding.rule, finding.place.query) == ("raw-path", "endpoint")
    assert "/orders/4711" in finding.problem
    assert "the template of the route" in finding.tip


def test_three_buckets_are_found_and_named() -> None:
    lines = [line for line in PROGRAM_EXPOSITION.splitlines() if not line.startswith(REQUESTS)]
    three = {0.1: 5000, 0.5: 9950, 1.0: 10_000}
    labels = 'method="GET",endpoint="/"'
    wrong, all_findings = check_program(
        "\n".join([*lines, format_histogram(REQUESTS, three, 0.2, labels)])
    )
    assert {query.problem.partition(" has no le=")[0] for query in wrong} == {f"{REQUESTS}_bucket"}
    (finding,) = [finding for finding in all_findings if finding.rule not in EXPECTED_CHECKS]
    assert (finding.rule, finding.place.panel) == ("few-buckets", REQUESTS)
    assert "only 3 buckets for percentiles: [0.1, 0.5, 1]" in finding.problem
    assert "buckets=[" in finding.tip


def test_an_objective_between_two_buckets_is_found_and_named() -> None:
    promised = Objectives(latency={0.99: 0.3}, availability=0.999)
    _, all_findings = check_program(PROGRAM_EXPOSITION, replace(SERVICE, objectives=promised))
    (finding,) = [finding for finding in all_findings if finding.rule not in EXPECTED_CHECKS]
    assert (finding.rule, finding.place.panel) == ("threshold-between-buckets", REQUESTS)
    assert finding.tip.startswith("make it 0.25 s or 0.5 s, or add a bucket: buckets=[0.005, ")


def test_an_endpoint_that_kubernetes_adds_too_is_found_and_named() -> None:
    wrong, all_findings = check_program(PROGRAM_EXPOSITION, SERVICE, "endpoint")
    assert {query.state for query in wrong} == {COLLISION}
    assert all("use exported_endpoint" in query.tip for query in wrong)
    assert {finding.rule for finding in all_findings} == EXPECTED_CHECKS
    exported = PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})
    renamed = replace(SERVICE, convention=exported)
    assert check_program(PROGRAM_EXPOSITION, renamed, "endpoint")[0] == []
    assert {query.state for query in check_program(PROGRAM_EXPOSITION, renamed)[0]} == {NO_LABEL}
