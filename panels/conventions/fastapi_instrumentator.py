"""prometheus-fastapi-instrumentator 8.1.0 with its defaults.

Choose it for a FastAPI application with `Instrumentator().instrument(app).expose(app)`; add
`should_instrument_requests_inprogress=True` for the requests in flight.
"""

from tailboard.panels.concept import (
    DB_DURATION,
    DURATION,
    EXCEPTIONS,
    IN_FLIGHT,
    OUTGOING_DURATION,
    OVERALL_DURATION,
    REQUESTS,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS, SEVERAL_WORKERS
from tailboard.panels.conventions.routes import SCRAPE_AND_HEALTH
from tailboard.panels.conventions.unmeasured import NO_EXCEPTIONS, NO_OUTGOING, NO_QUERIES
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

FINER_ROUTES = (
    "Better percentiles per route: instrument(app, latency_lowr_buckets=(...)), and replace "
    "DURATION by a Histogram with these buckets."
)

FASTAPI_INSTRUMENTATOR = Convention(
    name="fastapi_instrumentator",
    library="prometheus-fastapi-instrumentator 8.1.0",
    metrics={
        REQUESTS: Counter(
            "http_requests_total",
            labels={Role.ROUTE: "handler", Role.METHOD: "method", Role.STATUS: "status"},
            caution="The status is a class, 2xx to 5xx, not a code.",
        ),
        DURATION: Histogram(
            "http_request_duration_seconds",
            labels={Role.ROUTE: "handler", Role.METHOD: "method"},
            unit=Unit.SECONDS,
            buckets=buckets.INSTRUMENTATOR_ROUTE,
            exact=False,
            caution="A route has three buckets, up to 0.1, 0.5 and 1 s: a percentile is little "
            "more than the edge of one, and never above 1 s.",
        ),
        OVERALL_DURATION: Histogram(
            "http_request_duration_highr_seconds",
            unit=Unit.SECONDS,
            buckets=buckets.INSTRUMENTATOR_OVERALL,
            caution="Scrapes and health checks are included: the metric has no label to leave "
            "them out.",
        ),
        IN_FLIGHT: Gauge(
            "http_requests_inprogress",
            caution="Empty unless the application turns it on "
            "(should_instrument_requests_inprogress=True). Counts the scrape itself.",
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
        FINER_ROUTES,
        "Without the gauge, take its panel away with evolve(metrics={IN_FLIGHT: None}).",
        "Codes instead of classes: the convention fastapi_instrumentator_ungrouped.",
        'Instrumentator(excluded_handlers=["/metrics", "/health"]) keeps scrapes out of the '
        "durations of the whole service.",
        'Unknown paths share the route "none".',
        "Sizes are summaries without quantiles: only their means can be drawn.",
        SEVERAL_WORKERS,
    ),
)
