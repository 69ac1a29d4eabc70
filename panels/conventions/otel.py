"""What OpenTelemetry's old and stable HTTP conventions share."""

from typing import Any

from tailboard.panels.concept import (
    DB_CONNECTIONS,
    DB_DURATION,
    DURATION,
    IN_FLIGHT,
    OUTGOING_DURATION,
    REQUESTS,
    Concept,
)
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.metric import Gauge, Histogram, Metric, Role

NO_EXCEPTIONS = (
    "there is no counter of exceptions; read the 5xx in the error ratio, or the exceptions in the "
    "traces."
)

NOTES = (
    "OTEL_PYTHON_FASTAPI_EXCLUDED_URLS=metrics,health (or ..._FLASK_...) leaves scrapes and health "
    "checks out of everything, also of the requests in flight.",
    "Unknown paths have an empty route, which is the same as none: their rows have no name.",
    "Every series carries otel_scope_name, _version and _schema_url, so an upgrade changes all of "
    "them. PrometheusMetricReader(scope_info_enabled=False) leaves the labels out.",
    "The exporter has no multi-process support: let Gunicorn's workers send OTLP instead.",
    "OTEL_SEMCONV_STABILITY_OPT_IN=http/dup exposes both conventions at once. Choose one: their "
    "sum counts each request twice.",
    "process_* and python_* come from prometheus-client, in whose registry the exporter lives. "
    "Through OTLP they are not there, and system-metrics has other names.",
    "The newer names of the pool (db_client_connection_count) are recorded by no instrumentation "
    "for Python 0.66b1; where something else does, replace DB_CONNECTIONS by a Gauge of theirs.",
    "SQLAlchemy's instrumentation silently does nothing on SQLAlchemy 2.1 and later; asyncpg's "
    "and redis' have traces only.",
)


def build_http_metrics(
    requests: Histogram, outgoing: Histogram, queries: Histogram | None = None
) -> dict[Concept[Any], Metric]:
    """The metrics of a convention: its durations of requests, outgoing calls and queries."""
    return {
        REQUESTS: requests,
        DURATION: requests,
        IN_FLIGHT: Gauge(
            "http_server_active_requests",
            labels={Role.METHOD: requests.labels[Role.METHOD]},
            caution="Counts the scrape itself, unless the application excludes /metrics.",
        ),
        **PROCESS,
        **({DB_DURATION: queries} if queries else {}),
        DB_CONNECTIONS: Gauge(
            "db_client_connections_usage_connections",
            labels={Role.POOL: "pool_name", Role.STATE: "state"},
            caution="Empty unless SQLAlchemy before 2.1 is instrumented.",
        ),
        OUTGOING_DURATION: outgoing,
    }
