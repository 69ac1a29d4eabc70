"""The default buckets of libraries: finite upper bounds, each in its metric's own unit."""

CLIENT_DEFAULT = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""prometheus-client's default, which most libraries keep."""

REQUESTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""A hand-written middleware's; every bound is one of `CLIENT_DEFAULT` too."""

QUERIES = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
"""A hand-written decorator's around database queries."""

JOBS = (1.0, 2.0, 3.0, 10.0, 20.0, 50.0, 100.0)
"""Of a job, in seconds."""

INSTRUMENTATOR_ROUTE = (0.1, 0.5, 1.0)
"""prometheus-fastapi-instrumentator's per route (`latency_lowr_buckets`)."""

INSTRUMENTATOR_OVERALL = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5),
    *(5.0, 7.5, 10.0, 30.0, 60.0),
)
"""prometheus-fastapi-instrumentator's of the whole service (`latency_highr_buckets`)."""

DJANGO = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
    *(25.0, 50.0, 75.0),
)
"""django-prometheus's (`PROMETHEUS_LATENCY_BUCKETS`)."""

OTEL_HTTP = CLIENT_DEFAULT
"""What OpenTelemetry's stable HTTP conventions recommend: the same bounds, in seconds."""

OTEL_DEFAULT = (
    *(0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0),
    *(1_000.0, 2_500.0, 5_000.0, 7_500.0, 10_000.0),
)
"""OpenTelemetry's default, made for milliseconds and used for everything without a View."""

CELERY_WAIT = (
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0),
)
"""celery-exporter's for the time in the queue."""

DRAMATIQ = (
    *(5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0),
    *(1_000.0, 2_500.0, 5_000.0, 7_500.0, 10_000.0, 30_000.0, 60_000.0, 600_000.0, 900_000.0),
)
"""Dramatiq's, in milliseconds."""

REDIS = (1.0, 2.0, 4.0, 8.0, 16.0, 33.0, 66.0, 132.0, 264.0, 528.0, 1_056.0, 2_113.0, 4_227.0)
"""Redis 7's, in microseconds, up to the largest one observed; each is twice the one before."""

VLLM_REQUEST = (
    *(0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0),
    *(240.0, 480.0, 960.0, 1_920.0, 7_680.0),
)
"""vLLM's for whole requests and their phases (`request_latency`)."""

VLLM_FIRST_TOKEN = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5),
    *(10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2_560.0),
)
"""vLLM's for the time to the first token (`time_to_first_token`)."""

VLLM_TOKEN_INTERVAL = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
    *(20.0, 40.0, 80.0),
)
"""vLLM's for the time between tokens (`inter_token_latency`)."""

OTEL_FIRST_TOKEN = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
"""What OpenTelemetry recommends for gen_ai.server.time_to_first_token."""

OTEL_TOKEN_INTERVAL = (*(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5),)
"""What OpenTelemetry recommends for gen_ai.server.time_per_output_token."""

LITELLM = (
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0),
    *(420.0, 600.0),
)
"""LiteLLM's of every histogram (`prometheus_latency_buckets`)."""
