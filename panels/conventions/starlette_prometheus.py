"""starlette-prometheus 0.10.0, a legacy library.

Choose it for a Starlette application that already uses the library; do not start with it.
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
from tailboard.panels.conventions.unmeasured import NO_OUTGOING, NO_QUERIES
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

_LABELS = {Role.ROUTE: "path_template", Role.METHOD: "method"}

STARLETTE_PROMETHEUS = Convention(
    name="starlette_prometheus",
    library="starlette-prometheus 0.10.0",
    metrics={
        REQUESTS: Counter(
            "starlette_responses_total", labels={**_LABELS, Role.STATUS: "status_code"}
        ),
        DURATION: Histogram(
            "starlette_requests_processing_time_seconds",
            labels=_LABELS,
            unit=Unit.SECONDS,
            buckets=buckets.CLIENT_DEFAULT,
            caution="Requests that raised an exception are not observed.",
        ),
        IN_FLIGHT: Gauge("starlette_requests_in_progress", labels=_LABELS),
        EXCEPTIONS: Counter(
            "starlette_exceptions_total", labels={**_LABELS, Role.EXCEPTION: "exception_type"}
        ),
        **PROCESS,
    },
    missing={DB_DURATION: NO_QUERIES, OUTGOING_DURATION: NO_OUTGOING},
    excluded_routes=SCRAPE_AND_HEALTH,
    notes=(
        "Requests are counted by the responses: starlette_requests_total has no status.",
        "With FastAPI 0.165 each route of an include_router answers 500 (AttributeError): use "
        "another library there.",
        "Routes of a mounted application appear as the mount's path.",
        "Unknown paths appear as clients sent them; filter_unhandled_paths=True leaves them out.",
        SEVERAL_WORKERS,
    ),
)
