"""litestar 2.25.0's own Prometheus plugin with its defaults.

Choose it for a Litestar application with `PrometheusConfig()`.
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

NOTES = (
    'With PrometheusConfig(prefix="http") use evolve(prefix=("litestar", "http")).',
    "The status_code of the requests in flight is always 200 and means nothing.",
    "litestar_requests_error_total counts 5xx again; the status of the requests says it too.",
    SEVERAL_WORKERS,
)

LITESTAR = Convention(
    name="litestar",
    library="litestar 2.25.0",
    metrics={
        REQUESTS: Counter(
            "litestar_requests_total",
            labels=_LABELS,
            caution="Requests for unknown paths are not counted, so there are more 4xx than shown.",
        ),
        DURATION: Histogram(
            "litestar_request_duration_seconds",
            labels=_LABELS,
            unit=Unit.SECONDS,
            buckets=buckets.CLIENT_DEFAULT,
        ),
        IN_FLIGHT: Gauge(
            "litestar_requests_in_progress", labels={Role.ROUTE: "path", Role.METHOD: "method"}
        ),
        **PROCESS,
    },
    missing={
        EXCEPTIONS: NO_EXCEPTIONS,
        DB_DURATION: NO_QUERIES,
        OUTGOING_DURATION: NO_OUTGOING,
    },
    excluded_routes=SCRAPE_AND_HEALTH,
    raw_paths=True,
    notes=(
        "Routes are paths as clients sent them: /items/1 and /items/2 are two. Use "
        "PrometheusConfig(group_path=True) and the convention litestar_grouped.",
        *NOTES,
    ),
)
