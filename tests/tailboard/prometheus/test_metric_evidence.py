"""What is asked of a server beside the queries: distributions, series, scrapes."""

from typing import Any

import pytest

from tailboard.check.cardinality import count_series
from tailboard.check.engine import run_checks
from tailboard.check.evidence import Evidence
from tailboard.check.rules import unknown_status
from tailboard.check.scraping import ProcessHistory, ScrapeTarget
from tailboard.prometheus.check_outcome import CheckOutcome
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.server_check import check_against_server
from tailboard.prometheus.targets.process_history import MAX_COUNTERS, select_counters
from tailboard.prometheus.variables.intervals import Intervals, read_intervals, read_min_interval
from tailboard.queries.subject import build_document_subject
from tests.tailboard.prometheus.fake_prometheus import (
    FakePrometheus,
    build_failure,
    build_success,
    build_vector,
)

ORDERS_LABELS = {"job": "orders", "instance": "a:1"}
DURATION_METRIC = "http_request_duration_seconds"
P99_QUERY = (
    f'histogram_quantile(0.99, sum by (le) (rate({DURATION_METRIC}_bucket{{job="orders"}}[5m])))'
)


def gather_report(server: PrometheusServer, *expressions: str) -> CheckOutcome:
    panels = [
        {"title": expression, "targets": [{"expr": expression, "refId": "A"}]}
        for expression in expressions
    ]
    return check_against_server(
        [build_document_subject({"uid": "d", "panels": panels}, "d.json")], server, Intervals()
    )


def find_evidence(gathered: CheckOutcome, selection: str) -> Evidence:
    (candidate,) = [
        candidate for candidate in gathered.evidence if candidate.default_source.endswith(selection)
    ]
    return candidate


@pytest.fixture
def orders_prometheus(fake_server: FakePrometheus) -> FakePrometheus:
    fake_server.add_series("up", ORDERS_LABELS)
    for le in ("0.1", "1", "+Inf"):
        fake_server.add_series(
            f"{DURATION_METRIC}_bucket", {**ORDERS_LABELS, "le": le, "endpoint": "/items"}
        )
    return fake_server


def add_answers(
    fake_server: FakePrometheus, beginning: str, *samples: tuple[dict[str, str], str]
) -> None:
    """Answer the expressions that begin so."""
    before = fake_server.replies.get("/query")

    def answer(form: dict[str, list[str]]) -> Any:
        if form["query"][0].startswith(beginning):
            return build_vector(*samples)
        return before(form) if before else None

    fake_server.replies["/query"] = answer


def test_a_percentiles_buckets_are_those_of_its_targets_in_the_last_hour(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    increase = f'increase({DURATION_METRIC}_bucket{{job="orders"}}[1h])'
    counts = {"0.1": "50.5", "1": "101", "+Inf": "101"}
    add_answers(
        orders_prometheus, f"sum by (le) ({increase})", *(({"le": k}, v) for k, v in counts.items())
    )
    add_answers(
        orders_prometheus, f'sum(increase({DURATION_METRIC}_count{{job="orders"}}', ({}, "101")
    )
    add_answers(
        orders_prometheus, f'sum(increase({DURATION_METRIC}_sum{{job="orders"}}', ({}, "20.2")
    )
    evidence = find_evidence(gather_report(server, P99_QUERY), '{job="orders"}')
    observed = evidence.distributions[DURATION_METRIC]
    assert (observed.bounds, observed.counts, observed.total) == ((0.1, 1.0), (50.5, 101.0), 101.0)
    assert observed.mean == pytest.approx(0.2)
    assert [(percentile.histogram, percentile.quantile) for percentile in evidence.percentiles] == [
        (DURATION_METRIC, 0.99)
    ]


def test_two_programs_with_the_same_histogram_are_judged_apart(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series(
        f"{DURATION_METRIC}_bucket", {"job": "mail", "instance": "m:1", "le": "5"}
    )
    report = gather_report(
        server, P99_QUERY, P99_QUERY.replace("0.99", "0.5").replace("orders", "mail")
    )
    assert [
        percentile.quantile for percentile in find_evidence(report, '{job="orders"}').percentiles
    ] == [0.99]
    assert [
        percentile.quantile for percentile in find_evidence(report, '{job="mail"}').percentiles
    ] == [0.5]


def test_replicas_do_not_multiply_the_series(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series(
        "hits", *({"job": "orders", "instance": f"{number}:1", "r": "/"} for number in range(20))
    )
    evidence = find_evidence(gather_report(server, 'hits{job="orders"}'), '{job="orders"}')
    assert evidence.metrics["hits"].series_count == 1
    assert evidence.growth["hits"] == (20.0, 20.0)


def test_a_metric_with_very_many_series_is_only_counted(
    orders_prometheus: FakePrometheus, server: PrometheusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailboard.prometheus.targets.metrics.MAX_SERIES_PER_METRIC", 10)
    orders_prometheus.add_series(
        "hits", *({**ORDERS_LABELS, "id": str(number)} for number in range(50))
    )
    evidence = find_evidence(gather_report(server, 'sum(hits{job="orders"})'), '{job="orders"}')
    assert evidence.metrics["hits"].labels["id"].is_incomplete
    selectors = [
        form["match[]"] for _, path, form in orders_prometheus.requests if path.endswith("/series")
    ]
    assert selectors == []


def test_the_parts_of_a_pushed_histogram_are_one_metric(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    """Its type is known of the target that keeps it, which has another job."""
    fake_server.add_series("up", {"job": "pushgateway", "instance": "p:1"})
    fake_server.add_series(
        "took_seconds_bucket", {"job": "nightly", "le": "1"}, {"job": "nightly", "le": "+Inf"}
    )
    fake_server.add_series("took_seconds_count", {"job": "nightly"})
    metadata = {"metric": "took_seconds", "type": "histogram"}
    fake_server.metadata = [{**metadata, "target": {"job": "pushgateway", "instance": "p:1"}}]
    names = [f'took_seconds_{name}{{job="nightly"}}' for name in ("bucket", "count")]
    evidence = find_evidence(gather_report(server, *names), '{job="nightly"}')
    assert [(count.metric, count.series) for count in count_series(evidence)] == [
        ("took_seconds", 3)
    ]


def test_a_type_that_programs_do_not_agree_on_is_that_of_the_programs_own(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series("depth", ORDERS_LABELS)
    orders_prometheus.add_series("depth", {"job": "pushed"})
    mail = {"job": "mail", "instance": "m:1"}
    orders_prometheus.metadata = [
        {"metric": "depth", "type": "counter", "target": mail},
        {"metric": "depth", "type": "gauge", "target": ORDERS_LABELS},
    ]
    report = gather_report(server, 'depth{job="orders"}', 'depth{job="pushed"}')
    assert find_evidence(report, '{job="orders"}').families == {"depth": "gauge"}
    assert find_evidence(report, '{job="pushed"}').families == {}


def test_what_only_another_program_declares_is_not_there(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    mail = {"job": "mail", "instance": "m:1"}
    orders_prometheus.metadata = [{"metric": "mails", "type": "counter", "target": mail}]
    report = gather_report(server, 'rate(mails_total{job="orders"}[5m])', "rate(mails_total[5m])")
    assert [query.state for query in report.results] == ["no such metric", "no such event yet"]


def test_a_server_that_lists_no_series_is_asked_all_the_same(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series("hits", ORDERS_LABELS)
    orders_prometheus.replies["/series"] = lambda _: build_failure(
        422, "execution", "exceeded the series limit"
    )
    report = gather_report(server, 'hits{job="orders"} == 5 and hits{job="orders", zone="a"}')
    assert [query.state for query in report.results] == ["no such event yet"]
    assert report.stop_error is None


@pytest.mark.parametrize(
    ("statuses", "is_found"), [(("OK", "INTERNAL"), True), (("OK", "200"), False)]
)
def test_statuses_of_another_protocol_are_found_on_a_server(
    fake_server: FakePrometheus,
    server: PrometheusServer,
    statuses: tuple[str, ...],
    is_found: bool,
) -> None:
    """Targets of one job may expose different libraries: one with statuses of HTTP is enough."""
    fake_server.add_series("up", ORDERS_LABELS)
    for number, status in enumerate(statuses):
        labels = {"job": "orders", "instance": f"a:{number}", "code": status}
        fake_server.add_series("calls_total", labels)
    report = gather_report(server, 'sum(rate(calls_total{job="orders",code=~"5.."}[5m]))')
    findings = [
        finding
        for evidence in report.evidence
        for finding in run_checks(evidence, [unknown_status.CHECK])
    ]
    assert [finding.place.query for finding in findings] == ["code"] * is_found


def test_targets_beside_those_that_are_asked_about_are_no_concern(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    target = {"health": "up", "scrapeInterval": "2m", "scrapeTimeout": "10s"}
    orders_prometheus.targets = [
        {"labels": ORDERS_LABELS, **target, "lastScrapeDuration": 0.25},
        {"labels": {"job": "other", "instance": "o:1"}, "health": "down", "lastError": "x"},
    ]
    scraping = gather_report(server, 'rate(up{job="orders"}[5m])').evidence[-1].scraping
    assert scraping is not None
    assert scraping.targets == (ScrapeTarget("orders", "a:1", True, "", 120.0, 10.0, 0.25),)
    assert [(window.seconds, window.interval, window.job) for window in scraping.windows] == [
        (300, 120, "orders")
    ]


def test_processes_are_counted_by_instance(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series("done_total", ORDERS_LABELS)
    orders_prometheus.add_series("more_total", ORDERS_LABELS)
    orders_prometheus.add_series("waiting_count", ORDERS_LABELS)
    key = {"job": "orders", "instance": "a:1"}
    add_answers(orders_prometheus, "max by (job, instance) (changes(process_start", (key, "9"))
    add_answers(orders_prometheus, "max by (job, instance) (resets(process_start", (key, "4"))
    add_answers(orders_prometheus, "max by (job, instance) (resets(done_total", (key, "2"))
    add_answers(orders_prometheus, "max by (job, instance) (resets(more_total", (key, "20"))
    add_answers(orders_prometheus, "max by (job, instance) (resets(waiting_count", (key, "200"))
    add_answers(orders_prometheus, "max by (job, instance) (count_over_time(up", (key, "240"))
    expressions = [
        f'{name}{{job="orders"}}' for name in ("done_total", "more_total", "waiting_count")
    ]
    scraping = gather_report(server, *expressions).evidence[-1].scraping
    assert scraping is not None
    assert scraping.processes == (
        ProcessHistory("orders", "a:1", 9, 4, 20, 240, "more_total", True),
    )


def test_only_what_grows_by_nature_is_looked_at() -> None:
    families = {"took": "histogram", "rows_total": "gauge", "jobs": "counter"}
    names = ["took_count", "took_bucket", "waiting_count", "rows_total", "jobs_total", "old_total"]
    metrics = ["process_cpu_seconds_total", "python_gc_objects_collected_total"]
    assert select_counters([*names, *metrics], families) == [
        "jobs_total",
        "old_total",
        "took_count",
    ]
    assert select_counters(["a_total", "a_count"], {}) == ["a_total"]
    assert len(select_counters([f"a{number}_total" for number in range(9)], {})) == MAX_COUNTERS


def test_what_another_jobs_targets_are_labelled_with_is_the_programs_own_here(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series(
        "up", {"job": "kubelet", "instance": "k:1", "endpoint": "http-metrics"}
    )
    orders_prometheus.add_series(
        "hits", {**ORDERS_LABELS, "endpoint": "/items"}, {**ORDERS_LABELS, "endpoint": "/carts"}
    )
    report = gather_report(
        server, 'hits{job="orders", endpoint="/items"}', 'hits{job="orders", route="/"}'
    )
    assert {*find_evidence(report, '{job="orders"}').metrics["hits"].labels} == {"endpoint"}
    assert [(query.state, query.tip) for query in report.results[1:]] == [
        ("no such label", "it has endpoint.")
    ]


def test_a_pushed_jobs_labels_may_be_those_of_any_target(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series("up", {"job": "gateway", "instance": "g:1", "env": "prod"})
    orders_prometheus.add_series("done", {"job": "nightly", "instance": "", "env": "prod"})
    report = gather_report(server, 'done{job="nightly"}')
    assert {*find_evidence(report, '{job="nightly"}').metrics["done"].labels} == set()


def add_metadata(fake_server: FakePrometheus, **types: str) -> None:
    fake_server.metadata += [
        {"metric": metric, "type": kind, "target": ORDERS_LABELS} for metric, kind in types.items()
    ]


@pytest.mark.parametrize(
    ("name", "stored"),
    [("hits_total", "web_hits_total"), ("hits_total", "w_total"), ("waiting", "web_waiting")],
)
def test_a_metric_that_is_renamed_after_the_scrape_is_missed(
    orders_prometheus: FakePrometheus, server: PrometheusServer, name: str, stored: str
) -> None:
    add_metadata(orders_prometheus, hits_total="counter", waiting="gauge")
    orders_prometheus.add_series(stored, ORDERS_LABELS)
    (query,) = gather_report(server, f'{name}{{job="orders"}}').results
    assert query.state == "no such metric"
    assert query.problem == f"{name} is declared, and stored under no such name"
    assert query.tip.endswith(f"no program declares {stored}.")


def test_what_a_program_declares_and_did_not_count_yet_is_not_taken_for_renamed(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    add_metadata(orders_prometheus, hits_total="counter", misses_total="counter")
    orders_prometheus.add_series("misses_total", ORDERS_LABELS)
    orders_prometheus.add_series("job:misses_total:rate5m", ORDERS_LABELS)
    orders_prometheus.add_series("odd", ORDERS_LABELS)
    (query,) = gather_report(server, 'hits_total{job="orders"}').results
    assert (query.state, "relabel" in query.tip) == ("no such event yet", False)


def test_a_scrape_of_which_samples_are_dropped_is_told(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    add_metadata(orders_prometheus, hits_total="counter")
    add_answers(orders_prometheus, "max(scrape_samples_scraped", ({}, "12"))
    (query,) = gather_report(server, 'hits_total{job="orders"}').results
    assert query.state == "no such event yet"
    assert "metric_relabel_configs drops 12 samples" in query.tip


def test_a_label_that_prometheus_renamed_is_noted(
    orders_prometheus: FakePrometheus, server: PrometheusServer
) -> None:
    orders_prometheus.add_series("hits", {**ORDERS_LABELS, "exported_instance": "x"})
    scraping = gather_report(server, 'hits{job="orders"}').evidence[-1].scraping
    assert scraping is not None
    assert scraping.renamed_labels == (("hits", "instance"),)


@pytest.mark.parametrize(
    ("config", "interval", "option", "scrape"),
    [
        ("global:\n  scrape_interval: 30s\n", "10s", "", 30.0),
        ("global: {}\n", "10s", "", 10.0),
        ("scrape_configs: [", "", "", 15.0),
        ("", "", "", 15.0),
        ("[]", "nonsense", "", 15.0),
        ("global:\n  scrape_interval: 30s\n", "10s", "1m", 60.0),
    ],
)
def test_the_scrape_interval_is_what_was_told_or_configured_or_usual(
    fake_server: FakePrometheus,
    server: PrometheusServer,
    config: str,
    interval: str,
    option: str,
    scrape: float,
) -> None:
    fake_server.replies["/status/config"] = lambda _: build_success({"yaml": config})
    fake_server.targets = [{"labels": {}, "scrapeInterval": interval}]
    assert read_intervals(server, option).scrape_interval == scrape


@pytest.mark.parametrize(
    ("scrape", "minimum", "interval", "rate"),
    [
        (15.0, 0.0, "15s", "60s"),
        (1.0, 0.0, "5s", "6s"),
        (60.0, 0.0, "60s", "240s"),
        (15.0, 300.0, "300s", "315s"),
        (0.5, 0.0, "5s", "5500ms"),
    ],
)
def test_grafanas_windows_follow_from_the_scrape_interval(
    scrape: float, minimum: float, interval: str, rate: str
) -> None:
    values = Intervals(scrape).build_variables(minimum)
    assert (values["__interval"], values["__rate_interval"]) == (interval, rate)
    assert values["__range"] == "3600s"


@pytest.mark.parametrize(
    ("text", "expected"), [("1m", 60), (">30s", 30), ("$v", 0), ("", 0), (None, 0)]
)
def test_a_panels_own_interval_is_the_least(text: str | None, expected: float) -> None:
    assert read_min_interval({"interval": text}) == expected
