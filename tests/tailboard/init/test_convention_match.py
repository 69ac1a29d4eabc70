"""Each program is taken for what it is, and not for another that has the same names."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from py_grpc_prometheus.server_metrics import (  # type: ignore[import-untyped]
    get_grpc_server_handled_counter,
    init_metrics,
)

from tailboard.init.convention_match import WORKER_REASONS, recognize_convention
from tailboard.init.recognition import Recognition
from tailboard.init.variants import list_variants
from tailboard.panels import conventions
from tailboard.panels.concept import (
    CPU,
    DB_DURATION,
    DURATION,
    DURATION_SUMMARY,
    IN_FLIGHT,
    JOB_DURATION,
    MEMORY,
    OUTGOING_DURATION,
    PUSH_FAILURE,
    REQUESTS,
    TASK_FAILURES,
)
from tailboard.panels.conventions import (
    CONVENTIONS,
    PROMETHEUS_CLIENT,
    STARLETTE_EXPORTER,
    resolve_convention,
)
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.metric import Histogram, Role, Summary
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue

CONVENTION_NAMES = [convention.name for convention in CONVENTIONS]

MIDDLEWARE_EXPOSITION = """
# TYPE http_requests_total counter
http_requests_total{method="GET",endpoint="/items",http_status="200"} 3
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{method="GET",endpoint="/items",le="1.0"} 3
http_request_duration_seconds_bucket{method="GET",endpoint="/items",le="+Inf"} 3
http_request_duration_seconds_count{method="GET",endpoint="/items"} 3
"""
INSTRUMENTATOR_EXPOSITION = """
# TYPE http_requests_total counter
http_requests_total{handler="/items",method="GET",status="2xx"} 3
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{handler="/items",le="0.1",method="GET"} 3
http_request_duration_seconds_bucket{handler="/items",le="+Inf",method="GET"} 3
http_request_duration_seconds_count{handler="/items",method="GET"} 3
"""
STARLETTE_EXPOSITION = """
# TYPE http_requests_total counter
http_requests_total{app_name="a",method="GET",path="/items",status_code="200"} 3
# TYPE http_requests_in_progress gauge
http_requests_in_progress{app_name="a",method="GET"} 1
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{app_name="a",le="1.0",method="GET",path="/",status_code="2"} 3
http_request_duration_seconds_count{app_name="a",method="GET",path="/",status_code="2"} 3
"""
LITESTAR_EXPOSITION = STARLETTE_EXPOSITION.replace(
    'in_progress{app_name="a",method="GET"}',
    'in_progress{app_name="a",method="GET",path="/",status_code="200"}',
)


def recognize_text(text: str) -> Recognition:
    return recognize_convention(read_catalogue(text))


def find_convention_name(text: str) -> str | None:
    recognition = recognize_text(text)
    return recognition.base.library_convention.name if recognition.base else None


@pytest.mark.parametrize("name", CONVENTION_NAMES)
def test_every_library_is_recognised_as_itself_with_all_that_it_measures(name: str) -> None:
    recognition = recognize_convention(
        read_catalogue(format_exposition(name)), has_targets=resolve_convention(name).has_targets
    )
    assert recognition.base
    assert recognition.base.library_convention.name == name
    assert not recognition.base.is_varied
    assert recognition.changes == {}
    assert recognition.convention.metrics == recognition.base.library_convention.metrics
    missing_concepts = {
        **recognition.base.library_convention.missing,
        **(WORKER_REASONS if recognition.is_multiprocess_guess else {}),
    }
    assert recognition.missing == {
        series: why for series, why in missing_concepts.items() if series != PUSH_FAILURE
    }
    assert not recognition.silent_concepts
    assert recognition.unused_conventions == ()


@pytest.mark.parametrize(
    ("text", "name", "prefix"),
    [
        (MIDDLEWARE_EXPOSITION, "prometheus_client_multiprocess", None),
        (
            MIDDLEWARE_EXPOSITION + 'python_gc_collections_total{generation="0"} 1',
            "prometheus_client",
            None,
        ),
        (INSTRUMENTATOR_EXPOSITION, "fastapi_instrumentator", None),
        (INSTRUMENTATOR_EXPOSITION.replace("2xx", "200"), "fastapi_instrumentator_ungrouped", None),
        (STARLETTE_EXPOSITION, "starlette_exporter", ("starlette", "http")),
        (LITESTAR_EXPOSITION, "litestar", ("litestar", "http")),
        (
            LITESTAR_EXPOSITION.replace("/items", "/items/{id}"),
            "litestar_grouped",
            ("litestar", "http"),
        ),
    ],
)
def test_libraries_that_share_their_names_are_told_apart(
    text: str, name: str, prefix: tuple[str, str] | None
) -> None:
    base = recognize_text(text).base
    assert base
    assert (base.library_convention.name, base.prefix) == (name, prefix)


@pytest.mark.parametrize("name", ["starlette_exporter", "flask_exporter_url_rule", "dramatiq"])
def test_another_prefix_is_seen(name: str) -> None:
    stem = name.partition("_")[0]
    recognition = recognize_text(format_exposition(name).replace(f"{stem}_", "shop_"))
    assert recognition.base
    assert (recognition.base.library_convention.name, recognition.base.prefix) == (
        name,
        (stem, "shop"),
    )
    assert recognition.changes == {}


def test_one_name_under_another_prefix_is_a_coincidence() -> None:
    labels = 'actor_name="a",queue_name="q"'
    text = f"# TYPE shop_messages_total counter\nshop_messages_total{{{labels}}} 1\n"
    assert find_convention_name(text) is None
    assert find_convention_name(text.replace("shop_", "dramatiq_")) == "dramatiq"


def test_labels_of_an_own_middleware_may_have_other_names() -> None:
    text = format_exposition("prometheus_client").replace("http_status", "code")
    recognition = recognize_text(text.replace("endpoint", "route"))
    assert recognition.base
    assert recognition.base.library_convention is PROMETHEUS_CLIENT
    assert recognition.base.labels == {"endpoint": "route", "http_status": "code"}
    assert recognition.convention.metrics[REQUESTS].labels[Role.STATUS] == "code"
    assert recognition.changes == {}


def test_labels_that_prometheus_renamed_are_seen() -> None:
    text = format_exposition("prometheus_client").replace("endpoint=", "exported_endpoint=")
    assert (base := recognize_text(text).base)
    assert base.labels == {"endpoint": "exported_endpoint"}


def test_flask_by_endpoint_is_the_one_with_templates() -> None:
    text = format_exposition("flask_exporter_url_rule").replace("url_rule", "endpoint")
    assert (base := recognize_text(text).base)
    assert (base.library_convention.name, base.labels) == (
        "flask_exporter_url_rule",
        {"url_rule": "endpoint"},
    )


def test_what_is_not_exposed_is_taken_away_and_the_reason_told() -> None:
    recognition = recognize_text(
        format_exposition("fastapi_instrumentator", "http_requests_inprogress")
    )
    assert recognition.changes[IN_FLIGHT].metric is None
    assert IN_FLIGHT not in recognition.convention.metrics
    assert recognition.missing[IN_FLIGHT].startswith(
        "there is no http_requests_inprogress. Empty unless"
    )


def test_a_metric_without_one_of_its_labels_is_not_the_one() -> None:
    text = format_exposition("otel_http_old").replace("net_peer_name", "whom")
    why = recognize_text(text).missing[OUTGOING_DURATION]
    assert why.startswith("http_client_duration_milliseconds_bucket has no label net_peer_name")


def test_a_gauge_is_not_taken_for_a_counter() -> None:
    text = format_exposition("prometheus_client").replace(
        "# TYPE process_cpu_seconds_total counter", "# TYPE process_cpu_seconds_total gauge"
    )
    assert recognize_text(text).missing[CPU] == "process_cpu_seconds_total is a gauge."


def test_a_metric_that_is_declared_may_still_come() -> None:
    text = format_exposition("prometheus_client_jobs", "job_exceptions_total")
    recognition = recognize_text(text + "# TYPE job_exceptions_total counter\n")
    assert TASK_FAILURES in recognition.silent_concepts
    assert recognition.changes == {}


def test_several_workers_have_no_process() -> None:
    process = [value.name for value in PROCESS.values()]
    recognition = recognize_text(format_exposition("flask_exporter", *process))
    assert {*recognition.changes} == {*PROCESS}
    assert all(value.metric is None for value in recognition.changes.values())
    guessed = recognize_text(format_exposition("prometheus_client", *process))
    assert guessed.base
    assert guessed.base.library_convention.name == "prometheus_client_multiprocess"
    assert {concept: guessed.missing[concept] for concept in PROCESS} == WORKER_REASONS
    assert [guessed.is_multiprocess_guess, recognition.is_multiprocess_guess] == [True, False]


def test_memory_is_that_of_the_process_where_the_application_samples_none() -> None:
    recognition = recognize_text(format_exposition("prometheus_client", "process_memory_bytes"))
    assert recognition.changes[MEMORY].metric == PROCESS[MEMORY]
    assert recognition.convention.metrics[MEMORY].name == "process_resident_memory_bytes"


def test_the_process_of_an_exporter_is_not_what_it_watches() -> None:
    assert "process_cpu_seconds_total" in format_exposition("redis_exporter")
    assert CPU not in recognize_text(format_exposition("redis_exporter")).convention.metrics


def test_other_metrics_of_the_same_program_are_added() -> None:
    jobs = format_exposition("prometheus_client_jobs")
    queries = "\n".join(
        line for line in format_exposition("prometheus_client").splitlines() if "db_query" in line
    )
    recognition = recognize_text(format_exposition("starlette_exporter") + jobs + queries)
    assert recognition.base
    assert recognition.base.library_convention is STARLETTE_EXPORTER
    assert recognition.changes[DB_DURATION].source is PROMETHEUS_CLIENT
    assert recognition.convention.metrics[JOB_DURATION].name == "job_duration_seconds"
    assert DB_DURATION not in recognition.missing


def test_a_gauge_of_all_requests_serves_where_one_by_route_is_expected() -> None:
    text = format_exposition("fastapi_instrumentator_ungrouped", "http_requests_inprogress")
    recognition = recognize_text(
        text + "# TYPE http_requests_inprogress gauge\nhttp_requests_inprogress 1\n"
    )
    assert recognition.convention.metrics[IN_FLIGHT].labels == {}


def test_other_buckets_than_the_library_s_are_kept() -> None:
    text = format_exposition("fastapi_instrumentator").replace('le="0.5"', 'le="0.25"')
    duration = recognize_text(text).convention.metrics[DURATION]
    assert isinstance(duration, Histogram)
    assert [*duration.buckets] == [0.1, 0.25, 1]
    assert duration.exact
    assert "buckets" not in duration.caution


def test_of_two_generations_the_one_that_says_more_is_used() -> None:
    recognition = recognize_text(
        format_exposition("otel_http_old") + format_exposition("otel_http_stable")
    )
    assert recognition.base
    assert recognition.base.library_convention.name == "otel_http_stable"
    assert [convention.name for convention in recognition.unused_conventions] == ["otel_http_old"]


def test_what_nobody_knows_has_no_convention_and_keeps_its_process() -> None:
    recognition = recognize_text("status_codes_counter 1\nprocess_cpu_seconds_total 1\n")
    assert recognition.base is None
    assert {*recognition.convention.metrics} == {CPU}


def test_pushed_metrics_are_pushed() -> None:
    assert recognize_text(format_exposition("pushgateway_jobs")).is_pushed
    assert recognize_text(
        format_exposition("pushgateway_jobs", "job_duration_seconds_bucket")
    ).is_pushed
    assert not recognize_text(format_exposition("prometheus_client_jobs")).is_pushed


@pytest.mark.parametrize(
    ("name", "has_targets", "varied"),
    [
        ("otel_http_utf8", False, None),
        ("otel_http_utf8", True, True),
        ("otel_http_stable", True, None),
        ("otel_http_stable", False, False),
        ("pushgateway_jobs", False, None),
    ],
)
def test_what_comes_by_otlp_has_no_targets(
    name: str, has_targets: bool, varied: bool | None
) -> None:
    catalogue = read_catalogue(format_exposition(name))
    recognition = recognize_convention(catalogue, has_targets=has_targets)
    assert recognition.base
    assert recognition.base.has_targets is varied
    assert "up" not in {metric.name for metric in recognition.convention.metrics.values()}


SUMMARY_EXPOSITION = """
# TYPE http_requests_total counter
http_requests_total{method="GET",endpoint="/items",http_status="200"} 3
# TYPE http_request_duration_seconds summary
http_request_duration_seconds{method="GET",endpoint="/items",quantile="0.99"} 0.2
http_request_duration_seconds{method="GET",endpoint="/items",quantile="0.5"} 0.1
http_request_duration_seconds_count{method="GET",endpoint="/items"} 3
http_request_duration_seconds_sum{method="GET",endpoint="/items"} 1
http_request_duration_seconds_created{method="GET",endpoint="/items"} 1.7e9
"""


def test_durations_in_a_summary_are_its_own_concept() -> None:
    recognition = recognize_text(SUMMARY_EXPOSITION)
    assert recognition.base
    assert DURATION not in recognition.convention.metrics
    assert recognition.missing[DURATION] == "http_request_duration_seconds is a summary"
    summary = recognition.convention.metrics[DURATION_SUMMARY]
    assert isinstance(summary, Summary)
    assert summary.quantiles == (0.5, 0.99)
    assert summary.labels == {Role.ROUTE: "endpoint", Role.METHOD: "method"}


def test_conventions_are_told_apart_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one is listed first must not decide."""
    backwards = tuple(reversed(conventions.CONVENTIONS))
    monkeypatch.setattr("tailboard.init.convention_match.CONVENTIONS", backwards)
    assert [
        find_convention_name(format_exposition(name)) for name in CONVENTION_NAMES
    ] == CONVENTION_NAMES


def test_names_with_thousands_of_beginnings_are_not_all_tried() -> None:
    catalogue = read_catalogue(
        "".join(f'a{number}_requests_total{{method="GET"}} 1\n' for number in range(2000))
    )
    assert len(list(list_variants(PROMETHEUS_CLIENT, catalogue))) < 250


@pytest.mark.parametrize("name", ["otel_aiohttp", "otel_tornado"])
def test_an_instrumentation_is_known_by_its_scope(name: str) -> None:
    text = format_exposition(name)
    assert find_convention_name(text) == name
    for scope in ("aiohttp_server", "tornado"):
        text = text.replace(f"instrumentation.{scope}", "instrumentation.fastapi")
    assert find_convention_name(text) == "otel_http_stable"


def format_declarations(text: str) -> str:
    """A program that answered nothing yet: its process, and the types of everything else."""
    return "".join(
        line for line in text.splitlines(True) if line.startswith(("# ", "process_", "python_"))
    )


@pytest.mark.parametrize(
    "name",
    [
        *("prometheus_client", "fastapi_instrumentator", "starlette_exporter", "litestar"),
        *("starlette_prometheus", "flask_exporter", "django_prometheus", "otel_http_stable"),
        *("celery_exporter", "dramatiq"),
    ],
)
def test_a_library_without_traffic_is_recognised_by_names_and_types(name: str) -> None:
    recognition = recognize_text(format_declarations(format_exposition(name)))
    assert recognition.base
    assert recognition.base.library_convention.name == name
    assert recognition.is_by_names
    assert {*recognition.convention.metrics} - {*PROCESS} <= recognition.silent_concepts


@pytest.mark.parametrize(
    ("help_text", "name"),
    [
        ("HTTP request duration, in seconds", "starlette_exporter"),
        ("Request duration, in seconds", "litestar"),
        ("How long they took", "prometheus_client"),
    ],
)
def test_libraries_without_traffic_that_share_names_are_told_apart_by_their_help(
    help_text: str, name: str
) -> None:
    recognition = recognize_text(
        f"# HELP http_request_duration_seconds {help_text}\n"
        "# TYPE http_request_duration_seconds histogram\n# TYPE http_requests_total counter\n"
        'process_cpu_seconds_total 1\npython_gc_collections_total{generation="0"} 1\n'
    )
    assert recognition.base
    assert recognition.base.library_convention.name == name


def test_one_declared_metric_is_no_library() -> None:
    recognition = recognize_text("# TYPE celery_task_failed_total counter\nwaiting 1\n")
    assert recognition.base is None
    assert not recognition.is_by_names


def test_what_a_pushgateway_declares_of_its_jobs_is_not_its_own() -> None:
    """Their series have jobs of their own, so that the gateway's job has their types alone."""
    declarations = format_declarations(format_exposition("pushgateway_jobs"))
    recognition = recognize_text(declarations + 'pushgateway_http_requests_total{code="200"} 1\n')
    assert recognition.base is None
    assert not recognition.is_by_names


def test_the_library_of_a_first_scrape_is_named_by_its_help() -> None:
    text = "# HELP http_requests_in_progress Total HTTP requests currently in progress\n"
    recognition = recognize_text(text + "# TYPE http_requests_in_progress gauge\nwaiting 1\n")
    assert recognition.base is None
    assert recognition.expected_convention == "starlette_exporter"


def test_names_with_an_underscore_instead_of_a_colon_are_recognised() -> None:
    recognition = recognize_convention(
        read_catalogue(format_exposition("vllm").replace("vllm:", "vllm_"))
    )
    assert recognition.base
    assert recognition.base.library_convention.name == "vllm"
    assert recognition.base.prefix == ("vllm:", "vllm_")
    assert recognition.changes == {}


@pytest.mark.parametrize("has_durations", [True, False])
@pytest.mark.parametrize("is_legacy", [True, False])
def test_the_older_names_of_py_grpc_prometheus_are_recognised(
    is_legacy: bool, has_durations: bool
) -> None:
    registry = CollectorRegistry()
    metrics = init_metrics(registry)
    method = ("UNARY", "shop.Orders", "Create")
    get_grpc_server_handled_counter(is_legacy, registry).labels(*method, "OK").inc()
    if has_durations:
        prefix = "legacy_grpc_server_handled_latency_seconds"
        metrics[prefix if is_legacy else "grpc_server_handled_histogram"].labels(*method).observe(1)
    recognition = recognize_convention(read_catalogue(generate_latest(registry).decode()))
    convention = recognition.convention
    assert convention.name == "py_grpc_prometheus"
    assert convention.metrics[REQUESTS].labels[Role.STATUS] == (
        "code" if is_legacy else "grpc_code"
    )
    assert convention.metrics[DURATION].name == (
        "grpc_server_handled_latency_seconds" if is_legacy else "grpc_server_handling_seconds"
    )
