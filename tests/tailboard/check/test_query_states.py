"""The state of each query, beside what a program exposes."""

from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, generate_latest

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.check.query_states import CheckResult, check_queries
from tailboard.check.states import COLLISION, DATA, EVENTLESS, NO_LABEL, NO_METRIC, QUERY_ERROR
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.findings.finding import Place
from tailboard.metrics.catalogue import Catalogue, MetricSeries
from tailboard.metrics.exposition import read_exposition
from tailboard.panels import Service
from tailboard.panels.conventions import FASTAPI_INSTRUMENTATOR, PROMETHEUS_CLIENT
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject


def expose_program(route: str = "endpoint", requests: str = "http_requests") -> bytes:
    """What a program with prometheus-client exposes, its route label and counter named so."""
    registry = CollectorRegistry()
    request_counter = Counter(
        requests, "Requests.", ["method", route, "http_status"], registry=registry
    )
    request_counter.labels("GET", "/items", "200").inc()
    took = Histogram(
        "http_request_duration_seconds", "Seconds.", ["method", route], registry=registry
    )
    took.labels("GET", "/items").observe(0.1)
    Gauge("http_requests_in_flight", "Now.", registry=registry).set(1)
    Counter("job_failures", "None yet.", ["job_name"], registry=registry)
    Summary("size_bytes", "Without quantiles.", registry=registry).observe(1)
    database = ["operation", "table"]
    spent = Histogram("db_query_duration_seconds", "Seconds.", database, registry=registry)
    spent.labels("SELECT", "orders").observe(0.1)
    Gauge("process_memory_bytes", "RSS.", ["type"], registry=registry).labels("rss").set(1)
    for name in ("process_cpu_seconds_total", "process_start_time_seconds", "process_open_fds"):
        Gauge(name, "The process.", registry=registry).set(1)
    Gauge("process_max_fds", "The process.", registry=registry).set(1)
    info = Gauge("python_info", "Python.", ["version"], registry=registry)
    info.labels("3.11").set(1)
    collected = ["generation"]
    for name in ("python_gc_collections", "python_gc_objects_collected"):
        Counter(name, "Garbage.", collected, registry=registry).labels("0").inc()
    return generate_latest(registry)


def read_catalogue(text: bytes) -> Catalogue:
    catalogue = Catalogue()
    read_exposition(text.splitlines(keepends=True), catalogue, "it")
    return catalogue


PROGRAM_CATALOGUE = read_catalogue(expose_program() + b'took_seconds{quantile="0.5"} 1\n')


def build_subject(*expressions: str) -> Subject:
    targets = [
        {"expr": expression, "refId": chr(65 + n)} for n, expression in enumerate(expressions)
    ]
    return build_document_subject(
        {"uid": "d", "panels": [{"title": "P", "targets": targets}]}, "d.json"
    )


def check_query(
    expression: str, *target_labels: str, metrics: Catalogue = PROGRAM_CATALOGUE
) -> CheckResult:
    (query,) = check_queries([build_subject(expression)], metrics, target_labels)
    assert bool(query.problem) == bool(query.tip) == (query.state != DATA)
    return query


def list_subjects(service: Service) -> list[Subject]:
    dashboards = list(build_service_dashboards(service))
    rules: Any = build_groups(rules_of(service, dashboards=dashboards), Addresses())
    documents = [
        build_document_subject(build_document(dashboard), "orders.py") for dashboard in dashboards
    ]
    return [*documents, build_rules_subject(rules, service.slug, "orders.py")]


@pytest.mark.parametrize(
    ("state", "expression"),
    [
        (DATA, "http_requests_total"),
        (DATA, 'sum by (endpoint) (rate(http_requests_total{http_status=~"2.."}[5m]))'),
        (DATA, 'http_requests_total{http_status!="200", nothing!="x", none="", any=~".*"} or up'),
        (DATA, 'http_requests_total{job="orders", instance="a:1"}'),
        (DATA, 'http_requests_total{endpoint=~"$route", cluster=~"$cluster"}'),
        (DATA, 'http_requests_total{endpoint="[[route]]"}'),
        (DATA, "up == 0"),
        (DATA, "scrape_duration_seconds + scrape_samples_scraped"),
        (DATA, 'ALERTS{alertname="a"}'),
        (DATA, "time() - vector(1)"),
        (DATA, "histogram_quantile(0.9, sum by (le) (rate(db_query_duration_seconds_bucket[5m])))"),
        (DATA, 'db_query_duration_seconds_bucket{le="1"}'),
        (DATA, 'db_query_duration_seconds_bucket{le=~"1([.]0)?"}'),
        (DATA, "sum by (job) (histogram_count(rate(db_query_duration_seconds[5m])))"),
        (DATA, 'count by (__name__) ({__name__=~"http_.+", job="orders"})'),
        (DATA, '{__name__="up"}'),
        (DATA, '{job="orders"}'),
        (DATA, 'sum by (route) (label_replace(up, "route", "$1", "endpoint", "(.+)"))'),
        (DATA, "sum by (version) (up * on (instance) group_left (version) python_info)"),
        (DATA, "sum without (endpoint) (http_requests_total)"),
        (DATA, "topk(3, sum by (endpoint) (http_requests_total))"),
        (DATA, "missing_total or http_requests_total"),
        (DATA, 'sum(http_requests_total{http_status="500"}) or 0 * sum(http_requests_total)'),
        (DATA, 'sum(http_requests_total{http_status="500"}) or vector(0)'),
        (EVENTLESS, 'http_requests_total{http_status=~"5.."}'),
        (EVENTLESS, 'http_requests_total{http_status!="200"}'),
        (EVENTLESS, 'http_requests_total{error_type!=""}'),
        (EVENTLESS, 'sum by (error_type) (http_requests_total{error_type!=""})'),
        (EVENTLESS, '{"http_requests_total", "error.type"!=""}'),
        (NO_LABEL, 'http_requests_total{error_kind!=""}'),
        (EVENTLESS, "rate(job_failures_total[5m])"),
        (EVENTLESS, 'up and http_requests_total{method="PUT"}'),
        (EVENTLESS, 'http_requests_total{method="PUT"} or (0 * job_failures_total)'),
        (NO_METRIC, "http_request_total"),
        (NO_METRIC, "rate(http_request_duration_seconds[5m])"),
        (NO_METRIC, "size_bytes"),
        (NO_METRIC, 'size_bytes{quantile="0.9"}'),
        (NO_METRIC, "service:http_requests:rate5m"),
        (NO_METRIC, '{__name__=~"nothing_.+"}'),
        (NO_METRIC, "http_requests_total / missing_total"),
        (NO_METRIC, "max_over_time((-missing_total)[1h:1m])"),
        (NO_METRIC, "missing_total or vector(0)"),
        (NO_LABEL, 'http_requests_total{status="200"}'),
        (NO_LABEL, 'http_requests_total{status=~".+"}'),
        (NO_LABEL, 'http_requests_total{status=~"5.."} or 0 * http_requests_total'),
        (NO_LABEL, "sum by (route) (http_requests_total)"),
        (NO_LABEL, "topk by (route) (3, http_requests_total)"),
        (NO_LABEL, "sum by (le) (http_requests_in_flight)"),
        (NO_LABEL, 'db_query_duration_seconds_bucket{le="0.3"}'),
        (NO_LABEL, 'took_seconds{quantile="0.9"}'),
        (DATA, 'took_seconds{quantile="0.5"}'),
        (QUERY_ERROR, "sum("),
    ],
)
def test_a_query_has_the_state_of_what_it_asks_for(state: str, expression: str) -> None:
    assert check_query(expression).state == state


@pytest.mark.parametrize(
    ("expression", "tip"),
    [
        ("http_request_total", "did you mean http_requests_total"),
        ("db_query_duration_seconds", "it is exposed as db_query_duration_seconds_bucket, db_"),
        ("size_bytes", "it is exposed as size_bytes_count, size_bytes_sum."),
        ("sum by (endpont) (http_requests_total)", "did you mean endpoint?"),
        ('http_requests_total{zone="a"}', "say --target-label zone."),
        ('http_requests_total{zone="a"}', "it has endpoint, http_status, method."),
        ('http_requests_in_flight{zone="a"}', "it has none."),
        ("zzz", "are all programs named?"),
        ("a:b:c", "write such a rule"),
        ('db_query_duration_seconds_bucket{le="0.3"}', "there is +Inf, 0.005"),
        ('db_query_duration_seconds_bucket{le="0.3"}', "and 7 more."),
        ('http_requests_total{http_status="500"}', "if it has not happened yet; there is 200."),
        ('took_seconds{quantile="0.9"}', "choose a quantile of the summary: there is 0.5."),
        ("sum(", "correct the expression"),
    ],
)
def test_each_state_comes_with_what_to_do(expression: str, tip: str) -> None:
    assert tip in check_query(expression).tip


def test_of_what_is_only_known_by_name_no_bucket_is_known() -> None:
    catalogue = Catalogue({"took_seconds_bucket": MetricSeries()})
    query_results = check_query('took_seconds_bucket{le=~"0.3|"}', metrics=catalogue)
    assert (query_results.state, "there is none" in query_results.tip) == (NO_LABEL, True)


def test_the_values_of_a_label_that_names_people_are_masked() -> None:
    text = b'logins_total{user="ann@example.com"} 1\nlogins_total{user="8f14e45fceea167a"} 1\n'
    query_results = check_query('logins_total{user="bob"}', metrics=read_catalogue(text))
    assert "there is 8f14…, a…@example.com." in query_results.tip


def test_labels_that_prometheus_adds_are_never_missing() -> None:
    assert check_query('http_requests_total{zone="a"}').state == NO_LABEL
    assert check_query('http_requests_total{zone="a"}', "zone").state == DATA
    assert check_query('http_requests_total{zone="a"} and on (zone) up{zone="a"}').state == DATA


def test_a_label_that_the_target_has_too_is_exported() -> None:
    exported = "sum by (exported_endpoint) (http_requests_total)"
    query_results = check_query(exported)
    assert (query_results.state, "use endpoint;" in query_results.tip) == (NO_LABEL, True)
    assert check_query(exported, "endpoint").state == DATA


@pytest.mark.parametrize(
    "expression", ["sum by (endpoint) (http_requests_total)", 'http_requests_total{endpoint!="/a"}']
)
def test_a_label_that_collides_with_the_targets_is_told_with_the_exported_one(
    expression: str,
) -> None:
    query_results = check_query(expression, "endpoint")
    assert query_results.state == COLLISION
    assert "the program's is exported_endpoint" in query_results.problem
    assert "use exported_endpoint" in query_results.tip
    assert check_query(expression).state == DATA


@pytest.mark.parametrize(
    ("expression", "state"),
    [
        ('tasks_total{job="nightly"}', COLLISION),
        ('tasks_total{exported_job="nightly"}', DATA),
        ('tasks_total{job="worker"}', DATA),
        ('tasks_total{job=~".+"}', DATA),
        ("sum by (job) (tasks_total)", DATA),
    ],
)
def test_every_target_has_a_job_so_a_programs_own_is_exported(expression: str, state: str) -> None:
    program = 'tasks_total{job="nightly"} 1\n'
    assert check_query(expression, metrics=read_catalogue(program.encode())).state == state
    pushed = f'{program}push_time_seconds{{job="nightly"}} 1\n'
    assert (
        check_query('tasks_total{job="nightly"}', metrics=read_catalogue(pushed.encode())).state
        == DATA
    )


@pytest.mark.parametrize(
    ("expression", "state"),
    [
        ("http_requests_total * on (endpoint) http_requests_total", DATA),
        ("http_requests_total * on (route) http_requests_total", NO_LABEL),
        ("http_requests_total * ignoring (route) http_requests_total", DATA),
        ("rate($metric[5m])", DATA),
        ("sum by ($group) (http_requests_total)", DATA),
        ("prefix_${name}_total", DATA),
    ],
)
def test_labels_that_join_are_judged_and_what_a_variable_names_is_not(
    expression: str, state: str
) -> None:
    assert check_query(expression).state == state


def build_variable_subject(query: Any, kind: str = "prometheus") -> Subject:
    listed = [{"name": "route", "type": "query", "query": query, "datasource": {"type": kind}}]
    return build_document_subject(
        {"uid": "d", "templating": {"list": listed}, "panels": []}, "d.json"
    )


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("label_values(http_requests_total, endpoint)", [DATA]),
        ({"query": 'label_values(http_requests_total{job="$job"}, endpoint)'}, [DATA]),
        ("label_values(http_request_total, endpoint)", [NO_METRIC]),
        ("label_values(http_requests_total, route)", [NO_LABEL]),
        ("query_result(topk(3, sum by (endpoint) (gone)))", [NO_METRIC]),
        ("label_values(instance)", []),
        ("metrics(http_.*)", []),
        ({"query": None}, []),
        (None, []),
    ],
)
def test_a_variable_asks_for_what_is_there(query: Any, states: list[str]) -> None:
    query_results = check_queries([build_variable_subject(query)], PROGRAM_CATALOGUE)
    assert [query.state for query in query_results] == states
    assert all(query.place == Place("d.json", "d", "variable route") for query in query_results)


def test_a_variable_of_another_data_source_is_none_of_ours() -> None:
    assert (
        check_queries([build_variable_subject("label_values(gone, a)", "loki")], PROGRAM_CATALOGUE)
        == []
    )


def test_a_recorded_series_is_there_when_a_rule_of_the_run_records_it() -> None:
    rule = {"record": "a:b:c", "expr": "sum(http_requests_total)"}
    rules = build_rules_subject([{"rules": [rule]}], "r", "r.yaml")
    query_results = check_queries([build_subject("a:b:c", "a:b:d"), rules], PROGRAM_CATALOGUE)
    assert [query.state for query in query_results] == [DATA, NO_METRIC, DATA]
    assert query_results[2].place == Place("r.yaml", "r", "a:b:c")


def test_a_recording_rule_is_checked_itself() -> None:
    rules = build_rules_subject(
        [{"rules": [{"record": "a:b:c", "expr": "missing"}]}], "r", "r.yaml"
    )
    assert [
        query.state for query in check_queries([build_subject("a:b:c"), rules], PROGRAM_CATALOGUE)
    ] == [
        DATA,
        NO_METRIC,
    ]


def test_a_regular_expression_that_only_prometheus_reads_is_no_finding() -> None:
    assert check_query(r'http_requests_total{method=~"\\pL+"}').state == DATA


BOUNDS = "0.01 0.02 0.03 0.04 0.06 0.07 0.08 0.09 0.3".split()


@pytest.mark.parametrize(
    ("several", "problem", "tip"),
    [
        (
            BOUNDS,
            'db_query_duration_seconds_bucket has no le="0.02", le="0.03", le="0.04", le="0.06", '
            'le="0.07", le="0.08", le="0.09", le="0.3"',
            "or tell the convention its buckets: .evolve(metrics={DURATION: replace("
            "CONVENTION.metrics[DURATION], buckets=(0.005, 0.01, 0.025, ",
        ),
        (["0.3"], 'db_query_duration_seconds_bucket has no le="0.3"', "choose the bound"),
    ],
)
def test_the_bounds_that_a_histogram_lacks_are_one_problem(
    several: list[str], problem: str, tip: str
) -> None:
    expressions = [f'db_query_duration_seconds_bucket{{le="{bound}"}}' for bound in several]
    wrong = [
        query
        for query in check_queries([build_subject(*expressions)], PROGRAM_CATALOGUE)
        if query.state != DATA
    ]
    assert {query.problem for query in wrong} == {problem}
    assert all(tip in query.tip for query in wrong)
    assert ("evolve" in wrong[0].tip) is (len(several) > 1)


# The library beside programs


SERVICE = Service("orders", {"job": "a", "env": "b"}, PROMETHEUS_CLIENT)


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("histograms", ["classic", "native", "both"])
def test_the_library_finds_all_that_its_own_convention_exposes(
    histograms: Any, recorded: bool
) -> None:
    query_results = check_queries(
        list_subjects(replace(SERVICE, histograms=histograms, recorded=recorded)), PROGRAM_CATALOGUE
    )
    assert len(query_results) > 50
    assert [query for query in query_results if query.state != DATA] == []


def test_a_renamed_metric_is_found_and_named() -> None:
    query_results = check_queries(
        list_subjects(SERVICE), read_catalogue(expose_program(requests="web_requests"))
    )
    wrong = {
        (query.state, query.problem, query.tip) for query in query_results if query.state != DATA
    }
    problem = (NO_METRIC, "there is no http_requests_total")
    assert {query[:2] for query in wrong} == {problem}
    assert any("web_requests_total" in tip for _, _, tip in wrong)


def test_a_renamed_label_is_found_and_named() -> None:
    query_results = check_queries(
        list_subjects(SERVICE), read_catalogue(expose_program(route="end_point"))
    )
    wrong = {(query.state, query.problem) for query in query_results if query.state != DATA}
    assert wrong == {(NO_LABEL, "no series has the label endpoint")}
    assert all("end_point" in query.tip for query in query_results if query.state != DATA)


def test_another_convention_beside_this_program_lacks_what_it_lacks() -> None:
    service = Service("orders", {"job": "a"}, FASTAPI_INSTRUMENTATOR)
    problems = {
        query.problem
        for query in check_queries(list_subjects(service), PROGRAM_CATALOGUE)
        if query.state != DATA
    }
    assert "no series has the label handler" in problems
    assert "there is no http_request_duration_highr_seconds_bucket" in problems


@pytest.mark.parametrize(
    "expression",
    [
        "sum(rate(http_requests_total[5m])) > 1 and http_requests_in_flight == 0",
        "sum by (job) (http_requests_in_flight) / sum(process_memory_bytes)",
    ],
)
def test_sides_that_never_match_are_no_data(expression: str) -> None:
    query = check_query(expression)
    assert query.state == NO_LABEL
    assert "never match" in query.problem
