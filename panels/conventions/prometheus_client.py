"""prometheus-client 0.26.0 with a hand-written middleware.

Choose it for an application that declares its own `http_requests_total{method, endpoint,
http_status}` and `http_request_duration_seconds{method, endpoint}`, in one process.
"""

from tailboard.panels.concept import (
    DB_DURATION,
    DURATION,
    EXCEPTIONS,
    IN_FLIGHT,
    MEMORY,
    OUTGOING_DURATION,
    REQUESTS,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS, SEVERAL_WORKERS
from tailboard.panels.conventions.routes import SCRAPE_AND_HEALTH
from tailboard.panels.conventions.unmeasured import NO_EXCEPTIONS, NO_OUTGOING
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

LABELS = (
    "With another name for a label use evolve, as in "
    'PROMETHEUS_CLIENT.evolve(labels={"http_status": "status"}).',
    "A ServiceMonitor sets a target label endpoint, so the application's arrives as "
    "exported_endpoint: honorLabels: true keeps it, or use "
    'evolve(labels={"endpoint": "exported_endpoint"}). Grouping by endpoint would still work, '
    "and show one row: the port's name.",
)

PROMETHEUS_CLIENT = Convention(
    name="prometheus_client",
    library="prometheus-client 0.26.0, own middleware",
    metrics={
        REQUESTS: Counter(
            "http_requests_total",
            labels={Role.ROUTE: "endpoint", Role.METHOD: "method", Role.STATUS: "http_status"},
        ),
        DURATION: Histogram(
            "http_request_duration_seconds",
            labels={Role.ROUTE: "endpoint", Role.METHOD: "method"},
            unit=Unit.SECONDS,
            buckets=buckets.REQUESTS,
            caution="Failed requests are included: the durations carry no status.",
        ),
        IN_FLIGHT: Gauge(
            "http_requests_in_flight",
            caution="Counts the scrape itself where the middleware measures /metrics too.",
        ),
        **PROCESS,
        MEMORY: Gauge(
            "process_memory_bytes",
            matchers={"type": "rss"},
            unit=Unit.BYTES,
            caution="The application samples it, so it may be some seconds old.",
        ),
        DB_DURATION: Histogram(
            "db_query_duration_seconds",
            labels={Role.OPERATION: "operation", Role.TABLE: "table"},
            unit=Unit.SECONDS,
            buckets=buckets.QUERIES,
            caution="Covers the queries that the application's decorator wraps, no others.",
        ),
    },
    missing={EXCEPTIONS: NO_EXCEPTIONS, OUTGOING_DURATION: NO_OUTGOING},
    excluded_routes=SCRAPE_AND_HEALTH,
    notes=(
        *LABELS,
        "Without process_memory_bytes use process_resident_memory_bytes of the default collector: "
        "evolve(metrics={MEMORY: PROCESS[MEMORY]}).",
        "Let the middleware label with the route's template. Raw paths make a new series for "
        "each client's typing error.",
        "On a mounted application the template lacks the prefix of the mount.",
        "fastapi_instrumentator, starlette_exporter and litestar can expose the same metric names "
        "with other labels: always select a job.",
        SEVERAL_WORKERS,
    ),
)
