"""OpenTelemetry instrumentation 0.66b1 with the stable HTTP conventions; FastAPI 0.165.0 itself.

Choose it for FastAPI or Flask under opentelemetry-instrumentation-* with
`OTEL_SEMCONV_STABILITY_OPT_IN=http` (or `http,database`) and the Prometheus exporter, and for the
metrics that FastAPI emits by itself once a MeterProvider is set.
"""

from tailboard.panels.concept import EXCEPTIONS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets, otel
from tailboard.panels.conventions.routes import SCRAPE_AND_HEALTH
from tailboard.panels.metric import Histogram, Role, Unit

OTEL_HTTP_STABLE = Convention(
    name="otel_http_stable",
    library="opentelemetry-instrumentation 0.66b1, stable HTTP conventions; fastapi 0.165.0",
    metrics=otel.build_http_metrics(
        requests=Histogram(
            "http_server_request_duration_seconds",
            labels={
                Role.ROUTE: "http_route",
                Role.METHOD: "http_request_method",
                Role.STATUS: "http_response_status_code",
            },
            unit=Unit.SECONDS,
            buckets=buckets.OTEL_HTTP,
        ),
        outgoing=Histogram(
            "http_client_request_duration_seconds",
            labels={
                Role.METHOD: "http_request_method",
                Role.STATUS: "http_response_status_code",
                Role.PEER: "server_address",
            },
            unit=Unit.SECONDS,
            buckets=buckets.OTEL_HTTP,
            caution="Empty unless requests or httpx is instrumented.",
        ),
        queries=Histogram(
            "db_client_operation_duration_seconds",
            labels={Role.OPERATION: "db_operation_name", Role.DATABASE: "db_system_name"},
            unit=Unit.SECONDS,
            buckets=buckets.OTEL_DEFAULT,
            exact=False,
            caution="No bucket ends between 0 and 5 s, so that P99 is 4.95 s however fast the "
            "queries are. Only the mean is true.",
        ),
    ),
    missing={EXCEPTIONS: otel.NO_EXCEPTIONS},
    excluded_routes=SCRAPE_AND_HEALTH,
    notes=(
        "Query durations need OTEL_SEMCONV_STABILITY_OPT_IN=http,database and a driver of the "
        "DB-API family (psycopg). A View with buckets in seconds repairs their percentiles: "
        "replace DB_DURATION by a Histogram with these buckets.",
        "A FastAPI application mounted under an instrumented one is counted twice, by the "
        "instrumentation and by FastAPI: replace REQUESTS and DURATION by ones with "
        'matchers={"otel_scope_name": "opentelemetry.instrumentation.fastapi"}.',
        "An outgoing call that got no answer has no status; its error_type is the exception.",
        "error_type is the exception's class in FastAPI's own metrics, and the status in those of "
        "the instrumentation.",
        "The instrumentation writes the bounds 1, 5, 10 and FastAPI 1.0, 5.0, 10.0; Prometheus 3 "
        "stores them all as 1.0, 5.0, 10.0.",
        *otel.NOTES,
    ),
)
