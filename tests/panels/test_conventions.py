"""The conventions against what the libraries were seen to expose, typed here by hand."""

import re
from pathlib import Path

import promql_parser
import pytest

from tailboard.panels import conventions, promql
from tailboard.panels.concept import (
    CACHE_HITS,
    CPU,
    DURATION,
    IN_FLIGHT,
    JOB_LAST_RUN,
    JOB_LAST_SUCCESS,
    MEMORY,
    REQUESTS,
    TASK_FAILURES,
    TASKS,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    CONVENTIONS,
    FLASK_EXPORTER,
    FLOWER,
    LITESTAR,
    OTEL_AIOHTTP,
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_MULTIPROCESS,
    PUSHGATEWAY_JOBS,
    PY_GRPC_PROMETHEUS,
    STARLETTE_EXPORTER,
    resolve_convention,
)
from tailboard.panels.conventions.grpc_status import CODES, GRPC_NUMBERS, GRPC_STATUSES
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.matcher import quote_label
from tailboard.panels.metric import Counter, Difference, Gauge, Histogram, Metric, Role, Total
from tailboard.panels.selection import HistogramStorage, Selection
from tailboard.panels.service import Service

SHARED_PIECES = {
    "__init__",
    "buckets",
    "catalogue",
    "celery",
    "grpc_status",
    "otel",
    "otel_gen_ai",
    "otel_untranslated",
    "process",
    "routes",
    "unmeasured",
}
"""What several conventions have in common; these files are no conventions."""

CLIENT_BOUNDS = "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10"
HIGHR_BOUNDS = "0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 1.5 2 2.5 3 3.5 4 4.5 5 7.5 10 30 60"
DJANGO_BOUNDS = "0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 25 50 75"
OTEL_BOUNDS = "0 5 10 25 50 75 100 250 500 750 1000 2500 5000 7500 10000"
CELERY_WAIT_BOUNDS = "0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 120 300 600 1800"
DRAMATIQ_BOUNDS = (
    "5 10 25 50 75 100 250 500 750 1000 2500 5000 7500 10000 30000 60000 600000 900000"
)
REDIS_BOUNDS = "1 2 4 8 16 33 66 132 264 528 1056 2113 4227"
VLLM_REQUEST_BOUNDS = "0.3 0.5 0.8 1 1.5 2 2.5 5 10 15 20 30 40 50 60 120 240 480 960 1920 7680"
VLLM_FIRST_TOKEN_BOUNDS = (
    "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 20 40 80 160 640 2560"
)
VLLM_TOKEN_INTERVAL_BOUNDS = (
    "0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5 5 7.5 10 20 40 80"
)
LITELLM_BOUNDS = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2 5 10 30 60 120 300 420 600"
GEN_AI_CALL_BOUNDS = "0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92"
GEN_AI_TOKEN_BOUNDS = "1 4 16 64 256 1024 4096 16384 65536 262144 1048576 4194304 16777216 67108864"
GEN_AI_FIRST_TOKEN_BOUNDS = "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10"
GEN_AI_TOKEN_INTERVAL_BOUNDS = "0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5"
# The application's own, from how the middleware and the jobs are written.
MIDDLEWARE_REQUEST_BOUNDS = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10"
MIDDLEWARE_QUERY_BOUNDS = "0.001 0.005 0.01 0.05 0.1 0.5 1 5"
MIDDLEWARE_JOB_BOUNDS = "1 2 3 10 20 50 100"

ExposedSamples = set[tuple[str, str, str]]
"""Names of samples, the labels they carry, the bounds of their buckets."""


def build_untranslated_samples(seconds: str) -> ExposedSamples:
    """What Prometheus 3 stores of the same application as of `otel_http_stable`, sent by OTLP."""
    http = "http.request.method http.response.status_code"
    return {
        (
            f"http.server.request.duration{seconds}_bucket",
            f"error.type {http} http.route network.protocol.version url.scheme",
            CLIENT_BOUNDS,
        ),
        ("http.server.active_requests", "http.request.method url.scheme", ""),
        (
            f"http.client.request.duration{seconds}_bucket",
            f"error.type {http} server.address server.port",
            CLIENT_BOUNDS,
        ),
        (
            f"db.client.operation.duration{seconds}_bucket",
            "db.operation.name db.system.name",
            OTEL_BOUNDS,
        ),
    }


PYTHON_PROCESS_SAMPLES: ExposedSamples = {
    ("process_cpu_seconds_total", "", ""),
    ("process_resident_memory_bytes", "", ""),
    ("process_open_fds", "", ""),
    ("process_max_fds", "", ""),
    ("process_start_time_seconds", "", ""),
    ("python_gc_collections_total", "generation", ""),
}
MIDDLEWARE_SAMPLES: ExposedSamples = {
    ("http_requests_total", "endpoint http_status method", ""),
    ("http_request_duration_seconds_bucket", "endpoint method", MIDDLEWARE_REQUEST_BOUNDS),
    ("db_query_duration_seconds_bucket", "operation table", MIDDLEWARE_QUERY_BOUNDS),
}
INSTRUMENTATOR_SAMPLES: ExposedSamples = {
    ("http_requests_total", "handler method status", ""),
    ("http_request_duration_seconds_bucket", "handler method", "0.1 0.5 1"),
    ("http_request_duration_highr_seconds_bucket", "", HIGHR_BOUNDS),
}
FLASK_EXCEPTION_SAMPLES: ExposedSamples = {
    ("flask_http_request_exceptions_total", "method status", "")
}
LITESTAR_SAMPLES: ExposedSamples = {
    ("litestar_requests_total", "app_name method path status_code", ""),
    ("litestar_request_duration_seconds_bucket", "app_name method path status_code", CLIENT_BOUNDS),
    ("litestar_requests_in_progress", "app_name method path status_code", ""),
}
POOL_SAMPLES: ExposedSamples = {("db_client_connections_usage_connections", "pool_name state", "")}

OTEL_CALL_SAMPLES: ExposedSamples = {
    (
        "http_client_request_duration_seconds_bucket",
        "error_type http_request_method http_response_status_code server_address server_port",
        CLIENT_BOUNDS,
    ),
    (
        "db_client_operation_duration_seconds_bucket",
        "db_namespace db_operation_name db_system_name error_type server_address",
        OTEL_BOUNDS,
    ),
}
LITELLM_REQUEST_LABELS = "api_provider requested_model route status_code team user"
LITELLM_MODEL_LABELS = "api_provider model model_id requested_model team user"
LITELLM_DEPLOYMENT_LABELS = "api_base api_provider litellm_model_name model_group model_id"
GEN_AI_LABELS = "gen_ai_operation_name gen_ai_request_model gen_ai_response_model"
GEN_AI_TOKEN_SAMPLES: ExposedSamples = {
    ("gen_ai_client_token_usage_bucket", f"{GEN_AI_LABELS} gen_ai_token_type", GEN_AI_TOKEN_BOUNDS)
}

EXPOSED_SAMPLES: dict[str, ExposedSamples] = {
    "prometheus_client": PYTHON_PROCESS_SAMPLES
    | MIDDLEWARE_SAMPLES
    | {("http_requests_in_flight", "", ""), ("process_memory_bytes", "type", "")},
    "prometheus_client_multiprocess": MIDDLEWARE_SAMPLES
    | {("http_requests_in_flight", "pid", ""), ("process_memory_bytes", "pid type", "")},
    "fastapi_instrumentator": PYTHON_PROCESS_SAMPLES
    | INSTRUMENTATOR_SAMPLES
    | {("http_requests_inprogress", "", "")},
    "fastapi_instrumentator_ungrouped": PYTHON_PROCESS_SAMPLES
    | INSTRUMENTATOR_SAMPLES
    | {("http_requests_inprogress", "handler method", "")},
    "starlette_exporter": PYTHON_PROCESS_SAMPLES
    | {
        ("starlette_requests_total", "app_name method path status_code", ""),
        (
            "starlette_request_duration_seconds_bucket",
            "app_name method path status_code",
            CLIENT_BOUNDS,
        ),
        ("starlette_requests_in_progress", "app_name method", ""),
    },
    "starlette_prometheus": PYTHON_PROCESS_SAMPLES
    | {
        ("starlette_responses_total", "method path_template status_code", ""),
        (
            "starlette_requests_processing_time_seconds_bucket",
            "method path_template",
            CLIENT_BOUNDS,
        ),
        ("starlette_requests_in_progress", "method path_template", ""),
        ("starlette_exceptions_total", "exception_type method path_template", ""),
    },
    "flask_exporter": PYTHON_PROCESS_SAMPLES
    | FLASK_EXCEPTION_SAMPLES
    | {("flask_http_request_duration_seconds_bucket", "method path status", CLIENT_BOUNDS)},
    "flask_exporter_url_rule": PYTHON_PROCESS_SAMPLES
    | FLASK_EXCEPTION_SAMPLES
    | {("flask_http_request_duration_seconds_bucket", "method status url_rule", CLIENT_BOUNDS)},
    "django_prometheus": PYTHON_PROCESS_SAMPLES
    | {
        ("django_http_responses_total_by_status_view_method_total", "method status view", ""),
        (
            "django_http_requests_latency_seconds_by_view_method_bucket",
            "method view",
            DJANGO_BOUNDS,
        ),
        ("django_http_requests_latency_including_middlewares_seconds_bucket", "", DJANGO_BOUNDS),
        ("django_http_requests_before_middlewares_total", "", ""),
        ("django_http_responses_before_middlewares_total", "", ""),
        ("django_http_exceptions_total_by_type_total", "type", ""),
        ("django_db_query_duration_seconds_bucket", "alias vendor", DJANGO_BOUNDS),
        ("django_db_errors_total", "alias type vendor", ""),
        ("django_cache_get_hits_total", "backend", ""),
        ("django_cache_get_misses_total", "backend", ""),
    },
    "otel_http_old": PYTHON_PROCESS_SAMPLES
    | POOL_SAMPLES
    | {
        (
            "http_server_duration_milliseconds_bucket",
            "http_flavor http_host http_method http_scheme http_status_code http_target",
            OTEL_BOUNDS,
        ),
        ("http_server_active_requests", "http_flavor http_host http_method http_scheme", ""),
        (
            "http_client_duration_milliseconds_bucket",
            "http_method http_status_code net_peer_name net_peer_port",
            OTEL_BOUNDS,
        ),
    },
    "otel_http_stable": PYTHON_PROCESS_SAMPLES
    | POOL_SAMPLES
    | OTEL_CALL_SAMPLES
    | {
        (
            "http_server_request_duration_seconds_bucket",
            "error_type http_request_method http_response_status_code http_route url_scheme",
            CLIENT_BOUNDS,
        ),
        ("http_server_active_requests", "http_request_method url_scheme", ""),
    },
    "otel_aiohttp": PYTHON_PROCESS_SAMPLES
    | POOL_SAMPLES
    | OTEL_CALL_SAMPLES
    | {
        (
            "http_server_request_duration_seconds_bucket",
            "error_type http_request_method http_response_status_code http_route "
            "network_protocol_version otel_scope_name url_scheme",
            CLIENT_BOUNDS,
        ),
        ("http_server_active_requests", "http_request_method otel_scope_name url_scheme", ""),
    },
    "otel_tornado": PYTHON_PROCESS_SAMPLES
    | POOL_SAMPLES
    | OTEL_CALL_SAMPLES
    | {
        (
            "http_server_request_duration_seconds_bucket",
            "http_request_method http_response_status_code http_route "
            "network_protocol_version otel_scope_name url_scheme",
            CLIENT_BOUNDS,
        ),
        (
            "http_server_active_requests",
            "http_request_method network_protocol_version otel_scope_name url_scheme",
            "",
        ),
    },
    "otel_http_utf8": build_untranslated_samples(""),
    "otel_http_utf8_suffixes": build_untranslated_samples("_seconds"),
    "litestar": PYTHON_PROCESS_SAMPLES | LITESTAR_SAMPLES,
    "litestar_grouped": PYTHON_PROCESS_SAMPLES | LITESTAR_SAMPLES,
    "py_grpc_prometheus": PYTHON_PROCESS_SAMPLES
    | {
        ("grpc_server_handled_total", "grpc_code grpc_method grpc_service grpc_type", ""),
        (
            "grpc_server_handling_seconds_bucket",
            "grpc_method grpc_service grpc_type",
            CLIENT_BOUNDS,
        ),
        (
            "grpc_client_handling_seconds_bucket",
            "grpc_method grpc_service grpc_type",
            CLIENT_BOUNDS,
        ),
    },
    "grpc_observability": PYTHON_PROCESS_SAMPLES
    | {
        ("grpc_server_call_duration_seconds_bucket", "grpc_method grpc_status", OTEL_BOUNDS),
        (
            "grpc_client_attempt_duration_seconds_bucket",
            "grpc_method grpc_status grpc_target",
            OTEL_BOUNDS,
        ),
    },
    "otel_rpc": PYTHON_PROCESS_SAMPLES
    | {
        (
            "rpc_server_call_duration_seconds_bucket",
            "error_type rpc_method rpc_response_status_code rpc_system_name",
            CLIENT_BOUNDS,
        ),
        (
            "rpc_client_call_duration_seconds_bucket",
            "error_type rpc_method rpc_response_status_code rpc_system_name server_address",
            CLIENT_BOUNDS,
        ),
    },
    "otel_rpc_old": PYTHON_PROCESS_SAMPLES
    | {
        (
            "rpc_server_duration_milliseconds_bucket",
            "rpc_grpc_status_code rpc_method rpc_service rpc_system",
            OTEL_BOUNDS,
        ),
        (
            "rpc_client_duration_milliseconds_bucket",
            "rpc_grpc_status_code rpc_method rpc_service rpc_system",
            OTEL_BOUNDS,
        ),
    },
    "pushgateway_jobs": {
        ("job_duration_seconds_bucket", "instance job job_name", MIDDLEWARE_JOB_BOUNDS),
        ("job_exceptions_total", "instance job job_name", ""),
        ("job_last_success_unixtime", "instance job job_name", ""),
        ("push_time_seconds", "instance job", ""),
        ("push_failure_time_seconds", "instance job", ""),
    },
    "prometheus_client_jobs": PYTHON_PROCESS_SAMPLES
    | {
        ("job_duration_seconds_bucket", "job_name", MIDDLEWARE_JOB_BOUNDS),
        ("job_wait_seconds_bucket", "job_name", MIDDLEWARE_JOB_BOUNDS),
        ("job_exceptions_total", "job_name", ""),
        ("job_in_progress", "job_name", ""),
        ("job_last_success_unixtime", "job_name", ""),
        ("job_queue_length", "queue", ""),
    },
    "flower": {
        ("flower_events_total", "task type worker", ""),
        ("flower_task_runtime_seconds_bucket", "task worker", CLIENT_BOUNDS),
        ("flower_worker_number_of_currently_executing_tasks", "worker", ""),
    },
    "celery_exporter": {
        ("celery_task_succeeded_total", "hostname name queue_name", ""),
        ("celery_task_failed_total", "exception hostname name queue_name", ""),
        ("celery_task_runtime_bucket", "hostname name queue_name", CLIENT_BOUNDS),
        ("celery_task_queue_wait_time_bucket", "hostname name queue_name", CELERY_WAIT_BOUNDS),
        ("celery_queue_length", "queue_name", ""),
        ("celery_worker_tasks_active", "hostname", ""),
    },
    "dramatiq": {
        ("dramatiq_messages_total", "actor_name queue_name", ""),
        ("dramatiq_message_errors_total", "actor_name queue_name", ""),
        ("dramatiq_message_duration_milliseconds_bucket", "actor_name queue_name", DRAMATIQ_BOUNDS),
        ("dramatiq_messages_inprogress", "actor_name queue_name", ""),
    },
    "otel_messaging": PYTHON_PROCESS_SAMPLES
    | {
        (
            "messaging_process_duration_seconds_bucket",
            "error_type messaging_consumer_group_name messaging_destination_name "
            "messaging_operation_name messaging_system",
            CLIENT_BOUNDS,
        ),
        (
            "messaging_process_duration_seconds_count",
            "error_type messaging_consumer_group_name messaging_destination_name "
            "messaging_operation_name messaging_system",
            "",
        ),
    },
    "rq_exporter": {
        ("rq_workers_success_total", "name queues", ""),
        ("rq_workers_failed_total", "name queues", ""),
        ("rq_workers_working_time_total", "name queues", ""),
        ("rq_jobs", "queue status", ""),
    },
    "redis_exporter": {
        ("redis_up", "", ""),
        ("redis_keyspace_hits_total", "", ""),
        ("redis_keyspace_misses_total", "", ""),
        ("redis_commands_latencies_usec_bucket", "cmd", REDIS_BOUNDS),
        ("redis_memory_used_bytes", "", ""),
        ("redis_memory_max_bytes", "", ""),
    },
    "postgres_exporter": {
        ("pg_up", "", ""),
        ("pg_stat_activity_count", "datname server state usename", ""),
        ("pg_settings_max_connections", "server", ""),
        ("pg_settings_superuser_reserved_connections", "server", ""),
        ("pg_stat_database_blks_hit", "datid datname", ""),
        ("pg_stat_database_blks_read", "datid datname", ""),
        ("pg_stat_database_xact_commit", "datid datname", ""),
        ("pg_stat_database_xact_rollback", "datid datname", ""),
    },
    "vllm": PYTHON_PROCESS_SAMPLES
    | {
        ("vllm:request_success_total", "engine finished_reason model_name", ""),
        ("vllm:e2e_request_latency_seconds_bucket", "engine model_name", VLLM_REQUEST_BOUNDS),
        ("vllm:request_queue_time_seconds_bucket", "engine model_name", VLLM_REQUEST_BOUNDS),
        ("vllm:time_to_first_token_seconds_bucket", "engine model_name", VLLM_FIRST_TOKEN_BOUNDS),
        (
            "vllm:inter_token_latency_seconds_bucket",
            "engine model_name",
            VLLM_TOKEN_INTERVAL_BOUNDS,
        ),
        ("vllm:prompt_tokens_total", "engine model_name", ""),
        ("vllm:generation_tokens_total", "engine model_name", ""),
        ("vllm:num_requests_running", "engine model_name", ""),
        ("vllm:num_requests_waiting", "engine model_name", ""),
        ("vllm:kv_cache_usage_perc", "engine model_name", ""),
        ("vllm:prefix_cache_queries_total", "engine model_name", ""),
        ("vllm:prefix_cache_hits_total", "engine model_name", ""),
        ("vllm:num_preemptions_total", "engine model_name", ""),
    },
    "litellm": PYTHON_PROCESS_SAMPLES
    | {
        ("litellm_proxy_total_requests_metric_total", LITELLM_REQUEST_LABELS, ""),
        ("litellm_request_total_latency_metric_bucket", LITELLM_MODEL_LABELS, LITELLM_BOUNDS),
        ("litellm_llm_api_latency_metric_bucket", LITELLM_MODEL_LABELS, LITELLM_BOUNDS),
        (
            "litellm_llm_api_time_to_first_token_metric_bucket",
            LITELLM_MODEL_LABELS,
            LITELLM_BOUNDS,
        ),
        ("litellm_request_queue_time_seconds_bucket", LITELLM_MODEL_LABELS, LITELLM_BOUNDS),
        (
            "litellm_deployment_latency_per_output_token_bucket",
            LITELLM_DEPLOYMENT_LABELS,
            LITELLM_BOUNDS,
        ),
        ("litellm_deployment_total_requests_total", LITELLM_DEPLOYMENT_LABELS, ""),
        (
            "litellm_deployment_failure_responses_total",
            f"{LITELLM_DEPLOYMENT_LABELS} exception_class exception_status",
            "",
        ),
        ("litellm_input_tokens_metric_total", LITELLM_MODEL_LABELS, ""),
        ("litellm_output_tokens_metric_total", LITELLM_MODEL_LABELS, ""),
        ("litellm_spend_metric_total", LITELLM_MODEL_LABELS, ""),
        ("litellm_cache_hits_metric_total", LITELLM_MODEL_LABELS, ""),
        ("litellm_cache_misses_metric_total", LITELLM_MODEL_LABELS, ""),
    },
    "otel_gen_ai_client": PYTHON_PROCESS_SAMPLES
    | GEN_AI_TOKEN_SAMPLES
    | {
        (
            "gen_ai_client_operation_duration_seconds_bucket",
            f"{GEN_AI_LABELS} error_type",
            GEN_AI_CALL_BOUNDS,
        ),
        (
            "gen_ai_client_operation_time_to_first_chunk_seconds_bucket",
            GEN_AI_LABELS,
            GEN_AI_CALL_BOUNDS,
        ),
        (
            "gen_ai_client_operation_time_per_output_chunk_seconds_bucket",
            GEN_AI_LABELS,
            GEN_AI_CALL_BOUNDS,
        ),
    },
    "otel_gen_ai_client_utf8": {
        (
            "gen_ai.client.operation.duration_bucket",
            "error.type gen_ai.operation.name gen_ai.request.model",
            GEN_AI_CALL_BOUNDS,
        ),
        (
            "gen_ai.client.operation.time_to_first_chunk_bucket",
            "gen_ai.operation.name gen_ai.request.model",
            GEN_AI_CALL_BOUNDS,
        ),
        (
            "gen_ai.client.operation.time_per_output_chunk_bucket",
            "gen_ai.operation.name gen_ai.request.model",
            GEN_AI_CALL_BOUNDS,
        ),
        (
            "gen_ai.client.token.usage_bucket",
            "gen_ai.operation.name gen_ai.request.model gen_ai.token.type",
            GEN_AI_TOKEN_BOUNDS,
        ),
    },
    "otel_gen_ai_server": GEN_AI_TOKEN_SAMPLES
    | {
        (
            "gen_ai_server_request_duration_seconds_bucket",
            f"{GEN_AI_LABELS} error_type",
            GEN_AI_CALL_BOUNDS,
        ),
        (
            "gen_ai_server_time_to_first_token_seconds_bucket",
            GEN_AI_LABELS,
            GEN_AI_FIRST_TOKEN_BOUNDS,
        ),
        (
            "gen_ai_server_time_per_output_token_seconds_bucket",
            GEN_AI_LABELS,
            GEN_AI_TOKEN_INTERVAL_BOUNDS,
        ),
    },
}

each_convention = pytest.mark.parametrize(
    "convention", CONVENTIONS, ids=lambda convention: convention.name
)


def list_samples(metric: Metric) -> tuple[str, ...]:
    if isinstance(metric, Histogram):
        return (f"{metric.name}_bucket",)
    if isinstance(metric, Difference):
        return (metric.name, metric.minus)
    if isinstance(metric, Total):
        return (metric.name, metric.plus)
    return (metric.name,)


def list_queries(metric: Metric, histograms: HistogramStorage) -> list[str]:
    """Everything that can be asked of a metric, by all of its labels."""
    service = Service("demo", {"job": "demo"}, PROMETHEUS_CLIENT, histograms=histograms)
    by = tuple(metric.labels.values())
    if isinstance(metric, Histogram):
        observed: Selection[Histogram] = service.select_metric(metric)
        return [
            promql.rate(observed, by),
            promql.quantile(0.99, observed, by),
            promql.build_mean(observed, by),
            promql.build_last_mean(observed, by),
            promql.build_bucket_rates(observed),
        ]
    if isinstance(metric, Counter | Total):
        counted: Selection[Counter | Total] = service.select_metric(metric)
        return [promql.rate(counted, by), promql.increase(counted, by)]
    assert isinstance(metric, Gauge | Difference)
    gauge: Selection[Gauge | Difference] = service.select_metric(metric)
    return [promql.aggregate_gauge(gauge, by)]


def test_every_file_in_the_folder_is_in_the_list() -> None:
    files = {path.stem for path in Path(conventions.__path__[0]).glob("*.py")}
    assert files - SHARED_PIECES == {convention.name for convention in CONVENTIONS}


def test_names_are_unique_and_constants_are_their_upper_case() -> None:
    names = [convention.name for convention in CONVENTIONS]
    assert len(names) == len(set(names))
    for convention in CONVENTIONS:
        assert getattr(conventions, convention.name.upper()) is convention
        assert convention.name.upper() in conventions.__all__


def test_a_convention_is_found_by_its_name() -> None:
    assert resolve_convention("flask_exporter") is FLASK_EXPORTER


def test_a_mistyped_convention_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(DefinitionError) as excinfo:
        resolve_convention("flask-exporter")
    assert str(excinfo.value) == (
        "there is no convention 'flask-exporter'\nTip: did you mean 'flask_exporter'?"
    )


@each_convention
def test_every_metric_and_label_is_exposed_by_the_library(convention: Convention) -> None:
    exposed = {name: set(labels.split()) for name, labels, _ in EXPOSED_SAMPLES[convention.name]}
    for metric in convention.metrics.values():
        named = {*metric.labels.values(), *metric.matchers, *convention.matchers}
        for sample in list_samples(metric):
            assert sample in exposed
            assert named <= exposed[sample], sample


@each_convention
def test_the_buckets_are_those_of_the_library(convention: Convention) -> None:
    exposed = {name: bounds for name, _, bounds in EXPOSED_SAMPLES[convention.name]}
    for metric in convention.metrics.values():
        if isinstance(metric, Histogram):
            bounds = exposed[f"{metric.name}_bucket"]
            assert metric.buckets == tuple(float(bound) for bound in bounds.split())
            assert list(metric.buckets) == sorted(set(metric.buckets))


def test_own_request_buckets_are_also_bounds_of_the_client() -> None:
    """A threshold works whether the application chose its buckets or left the client's."""
    assert set(MIDDLEWARE_REQUEST_BOUNDS.split()) <= set(CLIENT_BOUNDS.split())


@pytest.mark.parametrize("histograms", ["classic", "native", "both"])
@each_convention
def test_every_query_on_every_metric_parses(
    convention: Convention, histograms: HistogramStorage
) -> None:
    for metric in convention.metrics.values():
        for query in list_queries(metric, histograms):
            assert promql_parser.parse(query.replace(promql.WINDOW, "5m"))


@each_convention
def test_what_is_measured_is_not_called_missing(convention: Convention) -> None:
    assert not set(convention.metrics) & set(convention.missing)


@each_convention
def test_cautions_notes_and_tips_are_sentences(convention: Convention) -> None:
    cautions = [metric.caution for metric in convention.metrics.values() if metric.caution]
    assert convention.notes
    for sentence in (*cautions, *convention.notes, *convention.missing.values()):
        assert sentence.endswith("."), sentence
        assert "  " not in sentence


@each_convention
def test_coarse_buckets_and_raw_paths_are_explained(convention: Convention) -> None:
    for metric in convention.metrics.values():
        assert metric.caution or not isinstance(metric, Histogram) or metric.exact
    assert not convention.raw_paths or "clients sent them" in convention.notes[0]


@each_convention
def test_scrapes_and_health_checks_are_excluded(convention: Convention) -> None:
    requests = convention.metrics.get(REQUESTS)
    if requests is None or Role.ROUTE not in requests.labels:
        assert not convention.excluded_routes
        return
    query = promql.rate(
        Service("demo", {"job": "demo"}, convention).select_concept(REQUESTS, "traffic.rate")
    )
    route = re.escape(quote_label(convention.metrics[REQUESTS].labels[Role.ROUTE]))
    grpc_services = r'_service!~"grpc\[\.\]\(health\|reflection'
    assert re.search(rf'[{{,]{route}![=~]"|{grpc_services}', query)


def test_a_prefix_renames_the_metrics_that_begin_with_it() -> None:
    varied = STARLETTE_EXPORTER.evolve(prefix=("starlette", "http"))
    assert varied.metrics[REQUESTS].name == "http_requests_total"
    assert varied.metrics[DURATION].name == "http_request_duration_seconds"
    assert varied.metrics[IN_FLIGHT].name == "http_requests_in_progress"
    assert varied.metrics[CPU].name == "process_cpu_seconds_total"
    assert (
        LITESTAR.evolve(prefix=("litestar", "http")).metrics[DURATION] == varied.metrics[DURATION]
    )


def test_a_prefix_renames_both_parts_of_a_difference_and_of_a_total() -> None:
    in_flight = (
        resolve_convention("django_prometheus").evolve(prefix=("django", "shop")).metrics[IN_FLIGHT]
    )
    assert isinstance(in_flight, Difference)
    assert in_flight.name == "shop_http_requests_before_middlewares_total"
    assert in_flight.minus == "shop_http_responses_before_middlewares_total"
    tasks = resolve_convention("celery_exporter").evolve(prefix=("celery", "shop")).metrics[TASKS]
    assert isinstance(tasks, Total)
    assert (tasks.name, tasks.plus) == ("shop_task_succeeded_total", "shop_task_failed_total")


def test_a_label_is_renamed_wherever_it_occurs() -> None:
    varied = PROMETHEUS_CLIENT.evolve(
        labels={"endpoint": "exported_endpoint", "http_status": "status"}
    )
    assert varied.metrics[REQUESTS].labels == {
        Role.ROUTE: "exported_endpoint",
        Role.METHOD: "method",
        Role.STATUS: "status",
    }
    assert varied.metrics[DURATION].labels[Role.ROUTE] == "exported_endpoint"
    query = promql.rate(
        Service("demo", {"job": "demo"}, varied).select_concept(REQUESTS, "traffic.rate")
    )
    assert 'exported_endpoint!~"/metrics|' in query


def test_the_older_names_of_py_grpc_prometheus_are_a_variation() -> None:
    legacy = PY_GRPC_PROMETHEUS.evolve(
        prefix=("grpc_server_handling", "grpc_server_handled_latency"),
        labels={"grpc_code": "code"},
    )
    assert legacy.metrics[DURATION].name == "grpc_server_handled_latency_seconds"
    assert legacy.metrics[REQUESTS].labels[Role.STATUS] == "code"
    assert legacy.metrics[REQUESTS].statuses is PY_GRPC_PROMETHEUS.metrics[REQUESTS].statuses


def test_every_code_of_grpc_has_one_meaning() -> None:
    """https://grpc.github.io/grpc/core/md_doc_statuscodes.html"""
    for statuses, values in ((GRPC_STATUSES, CODES), (GRPC_NUMBERS, map(str, CODES.values()))):
        for value in values:
            groups = [group for group in statuses.list_groups() if group.has_value(value)]
            assert len(groups) == 1, value


def test_a_request_that_raised_under_aiohttp_counts_as_failed() -> None:
    """Its instrumentation gives it no status at all."""
    service = Service("demo", {"job": "demo"}, OTEL_AIOHTTP)
    failed = service.select_concept(REQUESTS, "any").filter_failures("any")
    assert 'http_response_status_code=~"|5.."' in promql.select_series(failed)


def test_matchers_are_added_to_every_metric() -> None:
    varied = PROMETHEUS_CLIENT.evolve(matchers={"namespace": "shop"})
    service = Service("demo", {"job": "demo"}, varied)
    for concept in varied.metrics:
        assert 'namespace="shop"' in promql.select_series(service.select_concept(concept, "any"))


def test_a_metric_is_replaced_or_taken_away() -> None:
    resident = PROCESS[MEMORY]
    varied = PROMETHEUS_CLIENT.evolve(metrics={MEMORY: resident, IN_FLIGHT: None})
    assert varied.metrics[MEMORY] is resident
    with pytest.raises(MissingMetricError):
        varied.resolve_metric(IN_FLIGHT, "traffic.in_flight")


def test_evolving_leaves_the_original_as_it_was() -> None:
    before = dict(PROMETHEUS_CLIENT.metrics)
    PROMETHEUS_CLIENT.evolve(prefix=("http", "web"), metrics={CPU: None}, name="mine")
    assert PROMETHEUS_CLIENT.metrics == before
    assert PROMETHEUS_CLIENT.name == "prometheus_client"


def test_an_unknown_prefix_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(DefinitionError) as excinfo:
        FLASK_EXPORTER.evolve(prefix=("django", "http"))
    assert "'flask_exporter' begins with 'django'" in excinfo.value.problem
    assert "flask_http_request_duration_seconds" in excinfo.value.tip


def test_an_unknown_label_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(DefinitionError) as excinfo:
        PROMETHEUS_CLIENT.evolve(labels={"endpont": "route"})
    assert "'prometheus_client' has the label 'endpont'" in excinfo.value.problem
    assert excinfo.value.tip == "did you mean 'endpoint'?"


def test_a_missing_metric_names_convention_panel_and_what_to_expose() -> None:
    with pytest.raises(MissingMetricError) as excinfo:
        FLASK_EXPORTER.resolve_metric(CACHE_HITS, "dependencies.cache_hit_ratio")
    assert str(excinfo.value) == (
        "the convention 'flask_exporter' has no metric for cache hits, "
        "which the panel 'dependencies.cache_hit_ratio' shows\n"
        "Tip: the application would have to expose a counter of cache hits."
    )


def test_a_library_that_cannot_measure_something_says_what_else_does() -> None:
    with pytest.raises(MissingMetricError, match="in_flight") as excinfo:
        FLASK_EXPORTER.resolve_metric(IN_FLIGHT, "traffic.in_flight")
    assert excinfo.value.tip.startswith("the library has no gauge of all requests in flight;")


@pytest.mark.parametrize(
    "name",
    [
        "prometheus_client_multiprocess",
        "pushgateway_jobs",
        "flower",
        "celery_exporter",
        "dramatiq",
        "rq_exporter",
        "redis_exporter",
        "postgres_exporter",
    ],
)
def test_a_process_that_is_not_the_program_is_never_shown_as_the_program(name: str) -> None:
    convention = resolve_convention(name)
    assert not set(convention.metrics) & set(PROCESS)
    assert "container_cpu_usage_seconds_total" in convention.missing[CPU]
    assert "container_memory_working_set_bytes" in convention.missing[MEMORY]


def test_resident_memory_is_the_one_that_the_middleware_samples() -> None:
    selection = Service("demo", {"job": "demo"}, PROMETHEUS_CLIENT).select_concept(MEMORY, "any")
    assert promql.select_series(selection) == 'process_memory_bytes{job="demo",type="rss"}'


def test_workers_are_added_up_in_multi_process_mode() -> None:
    in_flight = PROMETHEUS_CLIENT_MULTIPROCESS.resolve_metric(IN_FLIGHT, "traffic.in_flight")
    assert "pid" in in_flight.caution
    selection = Service("demo", {"job": "demo"}, PROMETHEUS_CLIENT_MULTIPROCESS).select_metric(
        in_flight
    )
    assert promql.aggregate_gauge(selection) == 'sum(http_requests_in_flight{job="demo"})'


def test_pushed_times_carry_the_grouping_key_only() -> None:
    assert PUSHGATEWAY_JOBS.metrics[JOB_LAST_RUN].labels == {Role.JOB: "job"}
    assert PUSHGATEWAY_JOBS.metrics[JOB_LAST_SUCCESS].labels == {Role.JOB: "job_name"}


def test_flower_counts_failures_of_what_ended() -> None:
    service = Service("demo", {"job": "demo"}, FLOWER)
    failed = service.select_concept(TASK_FAILURES, "any")
    finished = service.select_concept(TASKS, "any")
    assert promql.select_series(failed) == 'flower_events_total{job="demo",type="task-failed"}'
    assert promql.select_series(finished) == (
        'flower_events_total{job="demo",type=~"task-succeeded|task-failed"}'
    )
