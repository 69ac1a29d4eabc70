"""What a job exposes, read from a server."""

import pytest

from tailboard.metrics.catalogue import Catalogue
from tailboard.panels.metric import Histogram
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.jobs import (
    add_bucket_counts,
    add_label_totals,
    add_value_ranges,
    build_job_selection,
    fetch_job_catalogue,
    fetch_jobs,
)
from tailboard.publish.errors import TailboardError
from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, build_failure, build_vector

ORDERS_LABELS = {"job": "orders", "instance": "a:1"}
ORDERS = build_job_selection("orders")


@pytest.fixture
def job_catalogue(fake_server: FakePrometheus, server: PrometheusServer) -> Catalogue:
    fake_server.add_series("up", ORDERS_LABELS, {"job": "mail"})
    fake_server.add_series("scrape_duration_seconds", ORDERS_LABELS)
    fake_server.add_series("job:hits:rate5m", ORDERS_LABELS)
    fake_server.add_series(
        "hits_total",
        {**ORDERS_LABELS, "path": "/a"},
        {**ORDERS_LABELS, "instance": "b:1", "path": "/a"},
    )
    fake_server.add_series("hits_total", {"job": "mail", "queue": "q"})
    fake_server.add_series(
        "took_seconds_bucket", {**ORDERS_LABELS, "le": "0.5"}, {**ORDERS_LABELS, "le": "+Inf"}
    )
    return fetch_job_catalogue(server, "orders")


def test_it_is_what_the_programs_expose_themselves(job_catalogue: Catalogue) -> None:
    assert set(job_catalogue.metrics) == {"hits_total", "took_seconds_bucket"}
    hits = job_catalogue.metrics["hits_total"]
    assert (hits.series_count, set(hits.labels), set(hits.labels["path"].known_values)) == (
        1,
        {"path"},
        {"/a"},
    )


def test_names_with_a_colon_are_the_programs_own_where_it_declares_them(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("vllm:tokens_total", ORDERS_LABELS)
    fake_server.add_series("job:hits:rate5m", ORDERS_LABELS)
    fake_server.metadata.append({"metric": "vllm:tokens_total", "type": "counter"})
    catalogue = fetch_job_catalogue(server, "orders")
    assert {*catalogue.metrics} == {"vllm:tokens_total"}
    assert catalogue.families["vllm:tokens_total"] == "counter"


def test_the_bounds_of_buckets_are_known_and_nothing_of_what_they_count(
    job_catalogue: Catalogue,
) -> None:
    bounds = job_catalogue.metrics["took_seconds_bucket"].buckets
    assert set(bounds) == {0.5, float("inf")}
    assert {count for count, _ in bounds.values()} == {0.0}


def test_types_are_guessed_where_the_server_does_not_tell_them(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.replies["/targets/metadata"] = lambda _: build_failure(404, "not_found", "")
    fake_server.add_series("hits_total", ORDERS_LABELS)
    fake_server.add_series("took_seconds_bucket", {**ORDERS_LABELS, "le": "1"})
    families = fetch_job_catalogue(server, "orders").families
    assert families == {"hits_total": "counter", "took_seconds": "histogram"}


def test_a_job_that_there_is_not_is_told_with_the_nearest(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("up", ORDERS_LABELS, {"job": "mail"})
    with pytest.raises(TailboardError, match=r"no metrics of a job 'order'(?s:.*)mean orders\?"):
        fetch_job_catalogue(server, "order")
    assert fetch_jobs(server) == {"mail": 1, "orders": 1}


def test_a_job_that_is_there_and_exposes_nothing_yet_is_not_a_mistyped_one(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("up", ORDERS_LABELS)
    with pytest.raises(TailboardError, match=r"the job 'orders' of .* exposes no metrics"):
        fetch_job_catalogue(server, "orders")


def test_jobs_that_push_are_jobs_without_targets_and_keep_their_own_label(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("up", ORDERS_LABELS, {"job": "orders", "instance": "b:1"})
    fake_server.add_series("push_time_seconds", {"job": "nightly"})
    assert fetch_jobs(server) == {"nightly": 0, "orders": 2}
    assert fetch_job_catalogue(server, "nightly").metrics["push_time_seconds"].labels[
        "job"
    ].known_values == {"nightly"}


def test_a_label_that_the_server_renamed_is_called_as_it_is_stored(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("up", {**ORDERS_LABELS, "endpoint": "http"})
    fake_server.add_series(
        "hits_total", {**ORDERS_LABELS, "endpoint": "http", "exported_endpoint": "/a"}
    )
    assert {*fetch_job_catalogue(server, "orders").metrics["hits_total"].labels} == {
        "exported_endpoint"
    }


def test_a_native_histogram_has_the_series_of_a_classic_one(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("took_seconds", {**ORDERS_LABELS, "route": "/a"})
    fake_server.add_series("queue_depth", ORDERS_LABELS)
    fake_server.replies["/query"] = lambda form: (
        build_vector(({"tailboard_name": "took_seconds"}, "1"))
        if "histogram_count" in form["query"][0]
        else None
    )
    catalogue = fetch_job_catalogue(server, "orders")
    assert catalogue.native_histograms == {"took_seconds"}
    assert catalogue.families["took_seconds"] == "histogram"
    for name in ("took_seconds_bucket", "took_seconds_count", "took_seconds_sum"):
        assert {*catalogue.metrics[name].labels} == {"route"}
    assert "queue_depth_count" not in catalogue.metrics


def test_a_server_that_knows_no_native_histograms_has_none(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("took_seconds", ORDERS_LABELS)
    fake_server.replies["/query"] = lambda form: (
        build_failure(400, "bad_data", "unknown function with name")
        if "histogram_count" in form["query"][0]
        else None
    )
    assert fetch_job_catalogue(server, "orders").native_histograms == set()


def test_what_the_buckets_counted_lately_is_asked_of_the_server(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series(
        "took_seconds_bucket",
        {**ORDERS_LABELS, "le": "0.5"},
        {**ORDERS_LABELS, "le": "+Inf"},
        value="7",
    )
    catalogue = fetch_job_catalogue(server, "orders")
    counted = add_bucket_counts(catalogue, server, ORDERS, Histogram("took_seconds")).metrics[
        "took_seconds_bucket"
    ]
    assert counted.buckets == {0.5: (7.0, 1), float("inf"): (7.0, 1)}
    expression = 'sum by (le) (increase(took_seconds_bucket{job="orders"}[1h]))'
    assert fake_server.list_expressions()[-1] == expression
    assert add_bucket_counts(catalogue, server, ORDERS, Histogram("other")) is catalogue


def test_what_a_counter_counted_lately_by_a_label_begins_with_the_most(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    label_sets = [{**ORDERS_LABELS, "step": step} for step in ("buy", "view")]
    fake_server.add_series("steps_total", *label_sets, value="7")
    catalogue = fetch_job_catalogue(server, "orders")
    counted = add_label_totals(catalogue, server, ORDERS, "steps_total", "step")
    assert counted.metrics["steps_total"].labels["step"].totals == {"buy": 7.0, "view": 7.0}
    assert catalogue.metrics["steps_total"].labels["step"].totals == {"buy": 0.0, "view": 0.0}
    expression = 'sum by (step) (increase(steps_total{job="orders"}[1h]))'
    assert fake_server.list_expressions()[-1] == expression
    assert add_label_totals(catalogue, server, ORDERS, "steps_total", "other") is catalogue


def test_what_gauges_were_lately_is_asked_of_the_server(
    fake_server: FakePrometheus, server: PrometheusServer
) -> None:
    fake_server.add_series("fill", ORDERS_LABELS, value="0.25")
    fake_server.add_series("waiting", ORDERS_LABELS, value="3")
    catalogue = fetch_job_catalogue(server, "orders")
    metrics = add_value_ranges(catalogue, server, "orders", ["fill", "waiting"]).metrics
    assert [
        (metrics[name].lowest, metrics[name].highest, metrics[name].is_whole)
        for name in ("fill", "waiting")
    ] == [(0.25, 0.25, False), (3.0, 3.0, True)]
    assert fake_server.list_expressions("query_range") == [
        f'{function} by (__name__) ({{job="orders",__name__=~"fill|waiting"}})'
        for function in ("min", "max")
    ]
