"""Each program is taken for what it is, and not for another that has the same names."""

from __future__ import annotations

import pytest

from tailboard.init.convention_match import WORKER_REASONS, recognize_convention
from tailboard.init.recognition import Recognition
from tailboard.panels import conventions
from tailboard.panels.concept import (
    CPU,
    DB_DURATION,
    DURATION,
    IN_FLIGHT,
    JOB_DURATION,
    MEMORY,
    OUTGOING_DURATION,
    PUSH_FAILURE,
    REQUESTS,
    TASK_FAILURES,
)
from tailboard.panels.conventions import CONVENTIONS, PROMETHEUS_CLIENT, STARLETTE_EXPORTER
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.metric import Histogram, Role

from .expositions import catalogue, exposition

NAMES = [it.name for it in CONVENTIONS]

OWN_MIDDLEWARE = """
# TYPE http_requests_total counter
http_requests_total{method="GET",endpoint="/items",http_status="200"} 3
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{method="GET",endpoint="/items",le="1.0"} 3
http_request_duration_seconds_bucket{method="GET",endpoint="/items",le="+Inf"} 3
http_request_duration_seconds_count{method="GET",endpoint="/items"} 3
"""
INSTRUMENTATOR = """
# TYPE http_requests_total counter
http_requests_total{handler="/items",method="GET",status="2xx"} 3
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{handler="/items",le="0.1",method="GET"} 3
http_request_duration_seconds_bucket{handler="/items",le="+Inf",method="GET"} 3
http_request_duration_seconds_count{handler="/items",method="GET"} 3
"""
STARLETTE = """
# TYPE http_requests_total counter
http_requests_total{app_name="a",method="GET",path="/items",status_code="200"} 3
# TYPE http_requests_in_progress gauge
http_requests_in_progress{app_name="a",method="GET"} 1
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{app_name="a",le="1.0",method="GET",path="/",status_code="2"} 3
http_request_duration_seconds_count{app_name="a",method="GET",path="/",status_code="2"} 3
"""
LITESTAR = STARLETTE.replace(
    'in_progress{app_name="a",method="GET"}',
    'in_progress{app_name="a",method="GET",path="/",status_code="200"}',
)


def seen(text: str) -> Recognition:
    return recognize_convention(catalogue(text))


def name_of(text: str) -> str | None:
    found = seen(text)
    return found.base.library_convention.name if found.base else None


@pytest.mark.parametrize("name", NAMES)
def test_every_library_is_recognised_as_itself_with_all_that_it_measures(name: str) -> None:
    found = seen(exposition(name))
    assert found.base
    assert found.base.library_convention.name == name
    assert not found.base.is_varied
    assert found.changes == {}
    assert found.convention.metrics == found.base.library_convention.metrics
    known = {
        **found.base.library_convention.missing,
        **(WORKER_REASONS if found.is_multiprocess_guess else {}),
    }
    assert found.missing == {it: why for it, why in known.items() if it != PUSH_FAILURE}
    assert not found.silent_concepts
    assert found.unused_conventions == ()


@pytest.mark.parametrize(
    ("text", "name", "prefix"),
    [
        (OWN_MIDDLEWARE, "prometheus_client_multiprocess", None),
        (
            OWN_MIDDLEWARE + 'python_gc_collections_total{generation="0"} 1',
            "prometheus_client",
            None,
        ),
        (INSTRUMENTATOR, "fastapi_instrumentator", None),
        (INSTRUMENTATOR.replace("2xx", "200"), "fastapi_instrumentator_ungrouped", None),
        (STARLETTE, "starlette_exporter", ("starlette", "http")),
        (LITESTAR, "litestar", ("litestar", "http")),
        (LITESTAR.replace("/items", "/items/{id}"), "litestar_grouped", ("litestar", "http")),
    ],
)
def test_libraries_that_share_their_names_are_told_apart(
    text: str, name: str, prefix: tuple[str, str] | None
) -> None:
    found = seen(text).base
    assert found
    assert (found.library_convention.name, found.prefix) == (name, prefix)


@pytest.mark.parametrize("name", ["starlette_exporter", "flask_exporter_url_rule", "dramatiq"])
def test_another_prefix_is_seen(name: str) -> None:
    stem = name.partition("_")[0]
    found = seen(exposition(name).replace(f"{stem}_", "shop_"))
    assert found.base
    assert (found.base.library_convention.name, found.base.prefix) == (name, (stem, "shop"))
    assert found.changes == {}


def test_one_name_under_another_prefix_is_a_coincidence() -> None:
    labels = 'actor_name="a",queue_name="q"'
    text = f"# TYPE shop_messages_total counter\nshop_messages_total{{{labels}}} 1\n"
    assert name_of(text) is None
    assert name_of(text.replace("shop_", "dramatiq_")) == "dramatiq"


def test_labels_of_an_own_middleware_may_have_other_names() -> None:
    text = exposition("prometheus_client").replace("http_status", "code")
    found = seen(text.replace("endpoint", "route"))
    assert found.base
    assert found.base.library_convention is PROMETHEUS_CLIENT
    assert found.base.labels == {"endpoint": "route", "http_status": "code"}
    assert found.convention.metrics[REQUESTS].labels[Role.STATUS] == "code"
    assert found.changes == {}


def test_labels_that_prometheus_renamed_are_seen() -> None:
    text = exposition("prometheus_client").replace("endpoint=", "exported_endpoint=")
    assert (found := seen(text).base)
    assert found.labels == {"endpoint": "exported_endpoint"}


def test_flask_by_endpoint_is_the_one_with_templates() -> None:
    text = exposition("flask_exporter_url_rule").replace("url_rule", "endpoint")
    assert (found := seen(text).base)
    assert (found.library_convention.name, found.labels) == (
        "flask_exporter_url_rule",
        {"url_rule": "endpoint"},
    )


def test_what_is_not_exposed_is_taken_away_and_the_reason_told() -> None:
    found = seen(exposition("fastapi_instrumentator", "http_requests_inprogress"))
    assert found.changes[IN_FLIGHT].metric is None
    assert IN_FLIGHT not in found.convention.metrics
    assert found.missing[IN_FLIGHT].startswith("there is no http_requests_inprogress. Empty unless")


def test_a_metric_without_one_of_its_labels_is_not_the_one() -> None:
    text = exposition("otel_http_old").replace("net_peer_name", "peer")
    why = seen(text).missing[OUTGOING_DURATION]
    assert why.startswith("http_client_duration_milliseconds_bucket has no label net_peer_name")


def test_a_gauge_is_not_taken_for_a_counter() -> None:
    text = exposition("prometheus_client").replace(
        "# TYPE process_cpu_seconds_total counter", "# TYPE process_cpu_seconds_total gauge"
    )
    assert seen(text).missing[CPU] == "process_cpu_seconds_total is a gauge."


def test_a_metric_that_is_declared_may_still_come() -> None:
    text = exposition("prometheus_client_jobs", "job_exceptions_total")
    found = seen(text + "# TYPE job_exceptions_total counter\n")
    assert TASK_FAILURES in found.silent_concepts
    assert found.changes == {}


def test_several_workers_have_no_process() -> None:
    process = [it.name for it in PROCESS.values()]
    found = seen(exposition("flask_exporter", *process))
    assert {*found.changes} == {*PROCESS}
    assert all(it.metric is None for it in found.changes.values())
    guessed = seen(exposition("prometheus_client", *process))
    assert guessed.base
    assert guessed.base.library_convention.name == "prometheus_client_multiprocess"
    assert {it: guessed.missing[it] for it in PROCESS} == WORKER_REASONS
    assert [guessed.is_multiprocess_guess, found.is_multiprocess_guess] == [True, False]


def test_memory_is_that_of_the_process_where_the_application_samples_none() -> None:
    found = seen(exposition("prometheus_client", "process_memory_bytes"))
    assert found.changes[MEMORY].metric == PROCESS[MEMORY]
    assert found.convention.metrics[MEMORY].name == "process_resident_memory_bytes"


def test_the_process_of_an_exporter_is_not_what_it_watches() -> None:
    assert "process_cpu_seconds_total" in exposition("redis_exporter")
    assert CPU not in seen(exposition("redis_exporter")).convention.metrics


def test_other_metrics_of_the_same_program_are_added() -> None:
    jobs = exposition("prometheus_client_jobs")
    queries = "\n".join(
        it for it in exposition("prometheus_client").splitlines() if "db_query" in it
    )
    found = seen(exposition("starlette_exporter") + jobs + queries)
    assert found.base
    assert found.base.library_convention is STARLETTE_EXPORTER
    assert found.changes[DB_DURATION].source is PROMETHEUS_CLIENT
    assert found.convention.metrics[JOB_DURATION].name == "job_duration_seconds"
    assert DB_DURATION not in found.missing


def test_a_gauge_of_all_requests_serves_where_one_by_route_is_expected() -> None:
    text = exposition("fastapi_instrumentator_ungrouped", "http_requests_inprogress")
    found = seen(text + "# TYPE http_requests_inprogress gauge\nhttp_requests_inprogress 1\n")
    assert found.convention.metrics[IN_FLIGHT].labels == {}


def test_other_buckets_than_the_library_s_are_kept() -> None:
    text = exposition("fastapi_instrumentator").replace('le="0.5"', 'le="0.25"')
    duration = seen(text).convention.metrics[DURATION]
    assert isinstance(duration, Histogram)
    assert [*duration.buckets] == [0.1, 0.25, 1]
    assert duration.exact
    assert "buckets" not in duration.caution


def test_of_two_generations_the_one_that_says_more_is_used() -> None:
    found = seen(exposition("otel_http_old") + exposition("otel_http_stable"))
    assert found.base
    assert found.base.library_convention.name == "otel_http_stable"
    assert [it.name for it in found.unused_conventions] == ["otel_http_old"]


def test_what_nobody_knows_has_no_convention_and_keeps_its_process() -> None:
    found = seen("status_codes_counter 1\nprocess_cpu_seconds_total 1\n")
    assert found.base is None
    assert {*found.convention.metrics} == {CPU}


def test_pushed_metrics_are_pushed() -> None:
    assert seen(exposition("pushgateway_jobs")).is_pushed
    assert seen(exposition("pushgateway_jobs", "job_duration_seconds_bucket")).is_pushed
    assert not seen(exposition("prometheus_client_jobs")).is_pushed


def test_conventions_are_told_apart_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one is listed first must not decide."""
    backwards = tuple(reversed(conventions.CONVENTIONS))
    monkeypatch.setattr("tailboard.init.convention_match.CONVENTIONS", backwards)
    assert [name_of(exposition(name)) for name in NAMES] == NAMES
