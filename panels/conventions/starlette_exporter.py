"""starlette-exporter 0.24.0 with its defaults.

Choose it for a Starlette or FastAPI application with starlette_exporter's `PrometheusMiddleware`.
"""

from tailboard.panels.concept import (
    DB_DURATION,
    DURATION,
    EXCEPTIONS,
    IN_FLIGHT,
    OUTGOING_DURATION,
    REQUESTS,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS, SEVERAL_WORKERS
from tailboard.panels.conventions.routes import SCRAPE_AND_HEALTH
from tailboard.panels.conventions.unmeasured import NO_EXCEPTIONS, NO_OUTGOING, NO_QUERIES
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

_LABELS = {Role.ROUTE: "path", Role.METHOD: "method", Role.STATUS: "status_code"}

STARLETTE_EXPORTER = Convention(
    name="starlette_exporter",
    library="starlette-exporter 0.24.0",
    metrics={
        REQUESTS: Counter(
            "starlette_requests_total",
            labels=_LABELS,
            caution="Requests for unknown paths are not counted, so there are more 4xx than shown.",
        ),
        DURATION: Histogram(
            "starlette_request_duration_seconds",
            labels=_LABELS,
            unit=Unit.SECONDS,
            buckets=buckets.CLIENT_DEFAULT,
        ),
        IN_FLIGHT: Gauge(
            "starlette_requests_in_progress",
            labels={Role.METHOD: "method"},
            caution="Counts the scrape itself: an idle instance shows 1.",
        ),
        **PROCESS,
    },
    missing={
        EXCEPTIONS: NO_EXCEPTIONS,
        DB_DURATION: NO_QUERIES,
        OUTGOING_DURATION: NO_OUTGOING,
    },
    excluded_routes=SCRAPE_AND_HEALTH,
    notes=(
        'With PrometheusMiddleware(prefix="http") use '
        'STARLETTE_EXPORTER.evolve(prefix=("starlette", "http")).',
        "filter_unhandled_paths=False counts unknown paths, as clients sent them; "
        'group_unhandled_paths=True counts them as "__unknown__".',
        'PrometheusMiddleware(skip_paths=["/metrics"]) keeps the scrape out of the gauge.',
        SEVERAL_WORKERS,
    ),
)
