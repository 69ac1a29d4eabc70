"""What is asked of a server beside the queries: distributions, series, scrapes."""

from typing import Any

import pytest

from tailboard.check.cardinality import count_series
from tailboard.check.evidence import Evidence
from tailboard.check.scraping import ProcessHistory, ScrapeTarget
from tailboard.prometheus.check_outcome import CheckOutcome
from tailboard.prometheus.intervals import Intervals, read_intervals, read_min_interval
from tailboard.prometheus.process_history import MAX_COUNTERS, select_counters
from tailboard.prometheus.server import PrometheusServer
from tailboard.prometheus.server_check import check_against_server
from tailboard.queries.subject import build_document_subject

from .fake_prometheus import FakePrometheus, failure, success, vector

ORDERS = {"job": "orders", "instance": "a:1"}
TOOK = "http_request_duration_seconds"
P99 = f'histogram_quantile(0.99, sum by (le) (rate({TOOK}_bucket{{job="orders"}}[5m])))'


def report(server: PrometheusServer, *expressions: str) -> CheckOutcome:
    panels = [{"title": it, "targets": [{"expr": it, "refId": "A"}]} for it in expressions]
    return check_against_server(
        [build_document_subject({"uid": "d", "panels": panels}, "d.json")], server, Intervals()
    )


def of(found: CheckOutcome, selection: str) -> Evidence:
    (it,) = [it for it in found.evidence if it.default_source.endswith(selection)]
    return it


@pytest.fixture
def orders(fake: FakePrometheus) -> FakePrometheus:
    fake.has("up", ORDERS)
    for le in ("0.1", "1", "+Inf"):
        fake.has(f"{TOOK}_bucket", {**ORDERS, "le": le, "endpoint": "/items"})
    return fake


def answers(fake: FakePrometheus, beginning: str, *found: tuple[dict[str, str], str]) -> None:
    """Answer the expressions that begin so."""
    before = fake.replies.get("/query")

    def answer(form: dict[str, list[str]]) -> Any:
        if form["query"][0].startswith(beginning):
            return vector(*found)
        return before(form) if before else None

    fake.replies["/query"] = answer


def test_a_percentiles_buckets_are_those_of_its_targets_in_the_last_hour(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    increase = f'increase({TOOK}_bucket{{job="orders"}}[1h])'
    counts = {"0.1": "50.5", "1": "101", "+Inf": "101"}
    answers(orders, f"sum by (le) ({increase})", *(({"le": k}, v) for k, v in counts.items()))
    answers(orders, f'sum(increase({TOOK}_count{{job="orders"}}', ({}, "101"))
    answers(orders, f'sum(increase({TOOK}_sum{{job="orders"}}', ({}, "20.2"))
    found = of(report(server, P99), '{job="orders"}')
    observed = found.distributions[TOOK]
    assert (observed.bounds, observed.counts, observed.total) == ((0.1, 1.0), (50.5, 101.0), 101.0)
    assert observed.mean == pytest.approx(0.2)
    assert [(it.histogram, it.quantile) for it in found.percentiles] == [(TOOK, 0.99)]


def test_two_programs_with_the_same_histogram_are_judged_apart(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has(f"{TOOK}_bucket", {"job": "mail", "instance": "m:1", "le": "5"})
    found = report(server, P99, P99.replace("0.99", "0.5").replace("orders", "mail"))
    assert [it.quantile for it in of(found, '{job="orders"}').percentiles] == [0.99]
    assert [it.quantile for it in of(found, '{job="mail"}').percentiles] == [0.5]


def test_replicas_do_not_multiply_the_series(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has("hits", *({"job": "orders", "instance": f"{it}:1", "r": "/"} for it in range(20)))
    found = of(report(server, 'hits{job="orders"}'), '{job="orders"}')
    assert found.metrics["hits"].series_count == 1
    assert found.growth["hits"] == (20.0, 20.0)


def test_a_metric_with_very_many_series_is_only_counted(
    orders: FakePrometheus, server: PrometheusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailboard.prometheus.target_metrics.MAX_SERIES_PER_METRIC", 10)
    orders.has("hits", *({**ORDERS, "id": str(it)} for it in range(50)))
    found = of(report(server, 'sum(hits{job="orders"})'), '{job="orders"}')
    assert found.metrics["hits"].labels["id"].is_incomplete
    asked = [form["match[]"] for _, path, form in orders.asked if path.endswith("/series")]
    assert asked == []


def test_the_parts_of_a_pushed_histogram_are_one_metric(
    fake: FakePrometheus, server: PrometheusServer
) -> None:
    """Its type is known of the target that keeps it, which has another job."""
    fake.has("up", {"job": "pushgateway", "instance": "p:1"})
    fake.has("took_seconds_bucket", {"job": "nightly", "le": "1"}, {"job": "nightly", "le": "+Inf"})
    fake.has("took_seconds_count", {"job": "nightly"})
    told = {"metric": "took_seconds", "type": "histogram"}
    fake.metadata = [{**told, "target": {"job": "pushgateway", "instance": "p:1"}}]
    names = [f'took_seconds_{it}{{job="nightly"}}' for it in ("bucket", "count")]
    found = of(report(server, *names), '{job="nightly"}')
    assert [(it.metric, it.series) for it in count_series(found)] == [("took_seconds", 3)]


def test_a_type_that_programs_do_not_agree_on_is_that_of_the_programs_own(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has("depth", ORDERS)
    orders.has("depth", {"job": "pushed"})
    mail = {"job": "mail", "instance": "m:1"}
    orders.metadata = [
        {"metric": "depth", "type": "counter", "target": mail},
        {"metric": "depth", "type": "gauge", "target": ORDERS},
    ]
    found = report(server, 'depth{job="orders"}', 'depth{job="pushed"}')
    assert of(found, '{job="orders"}').families == {"depth": "gauge"}
    assert of(found, '{job="pushed"}').families == {}


def test_what_only_another_program_declares_is_not_there(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    mail = {"job": "mail", "instance": "m:1"}
    orders.metadata = [{"metric": "mails", "type": "counter", "target": mail}]
    found = report(server, 'rate(mails_total{job="orders"}[5m])', "rate(mails_total[5m])")
    assert [it.state for it in found.results] == ["no such metric", "no such event yet"]


def test_a_server_that_lists_no_series_is_asked_all_the_same(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has("hits", ORDERS)
    orders.replies["/series"] = lambda _: failure(422, "execution", "exceeded the series limit")
    found = report(server, 'hits{job="orders"} == 5 and hits{job="orders", zone="a"}')
    assert [it.state for it in found.results] == ["no such event yet"]
    assert found.stop_error is None


def test_targets_beside_those_that_are_asked_about_are_no_concern(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    told = {"health": "up", "scrapeInterval": "2m", "scrapeTimeout": "10s"}
    orders.targets = [
        {"labels": ORDERS, **told, "lastScrapeDuration": 0.25},
        {"labels": {"job": "other", "instance": "o:1"}, "health": "down", "lastError": "x"},
    ]
    found = report(server, 'rate(up{job="orders"}[5m])').evidence[-1].scraping
    assert found is not None
    assert found.targets == (ScrapeTarget("orders", "a:1", True, "", 120.0, 10.0, 0.25),)
    assert [(it.seconds, it.interval, it.job) for it in found.windows] == [(300, 120, "orders")]


def test_processes_are_counted_by_instance(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has("done_total", ORDERS)
    orders.has("more_total", ORDERS)
    orders.has("waiting_count", ORDERS)
    key = {"job": "orders", "instance": "a:1"}
    answers(orders, "max by (job, instance) (changes(process_start", (key, "9"))
    answers(orders, "max by (job, instance) (resets(process_start", (key, "4"))
    answers(orders, "max by (job, instance) (resets(done_total", (key, "2"))
    answers(orders, "max by (job, instance) (resets(more_total", (key, "20"))
    answers(orders, "max by (job, instance) (resets(waiting_count", (key, "200"))
    answers(orders, "max by (job, instance) (count_over_time(up", (key, "240"))
    asked = [f'{it}{{job="orders"}}' for it in ("done_total", "more_total", "waiting_count")]
    found = report(server, *asked).evidence[-1].scraping
    assert found is not None
    assert found.processes == (ProcessHistory("orders", "a:1", 9, 4, 20, 240, "more_total", True),)


def test_only_what_grows_by_nature_is_looked_at() -> None:
    families = {"took": "histogram", "rows_total": "gauge", "jobs": "counter"}
    names = ["took_count", "took_bucket", "waiting_count", "rows_total", "jobs_total", "old_total"]
    own = ["process_cpu_seconds_total", "python_gc_objects_collected_total"]
    assert select_counters([*names, *own], families) == ["jobs_total", "old_total", "took_count"]
    assert select_counters(["a_total", "a_count"], {}) == ["a_total"]
    assert len(select_counters([f"a{it}_total" for it in range(9)], {})) == MAX_COUNTERS


def test_what_another_jobs_targets_are_labelled_with_is_the_programs_own_here(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has("up", {"job": "kubelet", "instance": "k:1", "endpoint": "http-metrics"})
    orders.has("hits", {**ORDERS, "endpoint": "/items"}, {**ORDERS, "endpoint": "/carts"})
    found = report(server, 'hits{job="orders", endpoint="/items"}', 'hits{job="orders", route="/"}')
    assert {*of(found, '{job="orders"}').metrics["hits"].labels} == {"endpoint"}
    assert [(it.state, it.tip) for it in found.results[1:]] == [
        ("no such label", "it has endpoint.")
    ]


def test_a_pushed_jobs_labels_may_be_those_of_any_target(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has("up", {"job": "gateway", "instance": "g:1", "env": "prod"})
    orders.has("done", {"job": "nightly", "instance": "", "env": "prod"})
    found = report(server, 'done{job="nightly"}')
    assert {*of(found, '{job="nightly"}').metrics["done"].labels} == set()


def declared(fake: FakePrometheus, **types: str) -> None:
    fake.metadata += [{"metric": it, "type": kind, "target": ORDERS} for it, kind in types.items()]


@pytest.mark.parametrize(
    ("name", "stored"),
    [("hits_total", "web_hits_total"), ("hits_total", "w_total"), ("waiting", "web_waiting")],
)
def test_a_metric_that_is_renamed_after_the_scrape_is_missed(
    orders: FakePrometheus, server: PrometheusServer, name: str, stored: str
) -> None:
    declared(orders, hits_total="counter", waiting="gauge")
    orders.has(stored, ORDERS)
    (it,) = report(server, f'{name}{{job="orders"}}').results
    assert it.state == "no such metric"
    assert it.problem == f"{name} is declared, and stored under no such name"
    assert it.tip.endswith(f"no program declares {stored}.")


def test_what_a_program_declares_and_did_not_count_yet_is_not_taken_for_renamed(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    declared(orders, hits_total="counter", misses_total="counter")
    orders.has("misses_total", ORDERS)
    orders.has("job:misses_total:rate5m", ORDERS)
    orders.has("odd", ORDERS)
    (it,) = report(server, 'hits_total{job="orders"}').results
    assert (it.state, "relabel" in it.tip) == ("no such event yet", False)


def test_a_scrape_of_which_samples_are_dropped_is_told(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    declared(orders, hits_total="counter")
    answers(orders, "max(scrape_samples_scraped", ({}, "12"))
    (it,) = report(server, 'hits_total{job="orders"}').results
    assert it.state == "no such event yet"
    assert "metric_relabel_configs drops 12 samples" in it.tip


def test_a_label_that_prometheus_renamed_is_noted(
    orders: FakePrometheus, server: PrometheusServer
) -> None:
    orders.has("hits", {**ORDERS, "exported_instance": "x"})
    found = report(server, 'hits{job="orders"}').evidence[-1].scraping
    assert found is not None
    assert found.renamed_labels == (("hits", "instance"),)


@pytest.mark.parametrize(
    ("config", "interval", "told", "scrape"),
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
    fake: FakePrometheus,
    server: PrometheusServer,
    config: str,
    interval: str,
    told: str,
    scrape: float,
) -> None:
    fake.replies["/status/config"] = lambda _: success({"yaml": config})
    fake.targets = [{"labels": {}, "scrapeInterval": interval}]
    assert read_intervals(server, told).scrape_interval == scrape


@pytest.mark.parametrize(
    ("scrape", "least", "interval", "rate"),
    [
        (15.0, 0.0, "15s", "60s"),
        (1.0, 0.0, "5s", "6s"),
        (60.0, 0.0, "60s", "240s"),
        (15.0, 300.0, "300s", "315s"),
        (0.5, 0.0, "5s", "5500ms"),
    ],
)
def test_grafanas_windows_follow_from_the_scrape_interval(
    scrape: float, least: float, interval: str, rate: str
) -> None:
    found = Intervals(scrape).build_variables(least)
    assert (found["__interval"], found["__rate_interval"]) == (interval, rate)
    assert found["__range"] == "3600s"


@pytest.mark.parametrize(
    ("text", "expected"), [("1m", 60), (">30s", 30), ("$v", 0), ("", 0), (None, 0)]
)
def test_a_panels_own_interval_is_the_least(text: str | None, expected: float) -> None:
    assert read_min_interval({"interval": text}) == expected
