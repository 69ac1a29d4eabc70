"""What a job exposes, read from a server."""

import pytest

from publish.errors import TailboardError
from publish.exposition import Catalogue
from publish.prometheus.job import exposed_by, jobs
from publish.prometheus.server import Server

from .fake_prometheus import FakePrometheus, failure

ORDERS = {"job": "orders", "instance": "a:1"}


@pytest.fixture
def found(fake: FakePrometheus, server: Server) -> Catalogue:
    fake.has("up", ORDERS, {"job": "mail"})
    fake.has("scrape_duration_seconds", ORDERS)
    fake.has("job:hits:rate5m", ORDERS)
    fake.has("hits_total", {**ORDERS, "path": "/a"}, {**ORDERS, "instance": "b:1", "path": "/a"})
    fake.has("hits_total", {"job": "mail", "queue": "q"})
    fake.has("took_seconds_bucket", {**ORDERS, "le": "0.5"}, {**ORDERS, "le": "+Inf"})
    return exposed_by(server, "orders")


def test_it_is_what_the_programs_expose_themselves(found: Catalogue) -> None:
    assert set(found.metrics) == {"hits_total", "took_seconds_bucket"}
    hits = found.metrics["hits_total"]
    assert (hits.series, set(hits.labels), hits.labels["path"].known) == (1, {"path"}, {"/a"})


def test_the_bounds_of_buckets_are_known_and_nothing_of_what_they_count(found: Catalogue) -> None:
    bounds = found.metrics["took_seconds_bucket"].buckets
    assert set(bounds) == {0.5, float("inf")}
    assert {count for count, _ in bounds.values()} == {0.0}


def test_types_are_guessed_where_the_server_does_not_tell_them(
    fake: FakePrometheus, server: Server
) -> None:
    fake.replies["/targets/metadata"] = lambda _: failure(404, "not_found", "")
    fake.has("hits_total", ORDERS)
    fake.has("took_seconds_bucket", {**ORDERS, "le": "1"})
    families = exposed_by(server, "orders").families
    assert families == {"hits_total": "counter", "took_seconds": "histogram"}


def test_a_job_that_there_is_not_is_told_with_the_nearest(
    fake: FakePrometheus, server: Server
) -> None:
    fake.has("up", ORDERS, {"job": "mail"})
    with pytest.raises(TailboardError, match=r"no metrics of a job 'order'(?s:.*)mean orders\?"):
        exposed_by(server, "order")
    assert jobs(server) == ["mail", "orders"]
