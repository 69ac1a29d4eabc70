"""Small real programs, one convention a file: the list of them all."""

HTTP_APPS = (
    "django_prometheus",
    "fastapi_instrumentator",
    "flask_exporter",
    "flask_exporter_path",
    "grpc_observability",
    "litestar_app",
    "otel_aiohttp",
    "otel_old",
    "otel_rpc",
    "otel_stable",
    "otel_tornado",
    "prometheus_client_fastapi",
    "py_grpc_prometheus",
    "starlette_exporter",
    "starlette_prometheus",
)
WORKER_APPS = ("celery_flower", "dramatiq_worker", "otel_messaging", "pull_jobs")
PUSHING_APPS = ("pushed_jobs",)
OTLP_APPS = ("otel_otlp",)
"""What sends to a Prometheus 3 instead of being scraped; `test_utf8_names.py` starts it."""
MODEL_APPS = ("otel_gen_ai", "vllm_engine")
"""What calls or serves language models; `test_language_models.py` starts them."""

APPS = (*HTTP_APPS, *WORKER_APPS, *PUSHING_APPS)

TYPICAL_APPS = (
    *("prometheus_client_fastapi", "django_prometheus", "flask_exporter", "otel_stable"),
    *("py_grpc_prometheus", "dramatiq_worker", "pushed_jobs"),
)
"""Codes, views, OpenTelemetry, gRPC, a queue and a job: `make test` looks at these."""
