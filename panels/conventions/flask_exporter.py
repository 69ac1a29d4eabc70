"""prometheus-flask-exporter 0.23.2 with its defaults.

Choose it for a Flask application with `PrometheusMetrics(app)`.
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
from tailboard.panels.conventions.routes import HEALTH
from tailboard.panels.conventions.unmeasured import NO_OUTGOING, NO_QUERIES
from tailboard.panels.metric import Counter, Histogram, Role, Unit

_DURATION = Histogram(
    "flask_http_request_duration_seconds",
    labels={Role.ROUTE: "path", Role.METHOD: "method", Role.STATUS: "status"},
    unit=Unit.SECONDS,
    buckets=buckets.CLIENT_DEFAULT,
)

NOTES = (
    'With group_by="endpoint" use FLASK_EXPORTER_URL_RULE.evolve(labels={"url_rule": "endpoint"}). '
    "A ServiceMonitor turns that label into exported_endpoint.",
    "Requests are counted by the durations: flask_http_request_total has no route.",
    "The library leaves its own scrape route out.",
    SEVERAL_WORKERS,
)

FLASK_EXPORTER = Convention(
    name="flask_exporter",
    library="prometheus-flask-exporter 0.23.2",
    metrics={
        REQUESTS: _DURATION,
        DURATION: _DURATION,
        EXCEPTIONS: Counter(
            "flask_http_request_exceptions_total",
            labels={Role.METHOD: "method", Role.STATUS: "status"},
            caution="Says neither which exception nor which route.",
        ),
        **PROCESS,
    },
    missing={
        IN_FLIGHT: "the library has no gauge of all requests in flight; decorate single views "
        'with @metrics.gauge("in_progress", ...), or raise and lower a gauge in before_request '
        "and teardown_request.",
        DB_DURATION: NO_QUERIES,
        OUTGOING_DURATION: NO_OUTGOING,
    },
    excluded_routes=HEALTH,
    raw_paths=True,
    notes=(
        "Routes are paths as clients sent them: /items/1 and /items/2 are two, and every scan "
        'adds series. Use PrometheusMetrics(app, group_by="url_rule") and the convention '
        "flask_exporter_url_rule.",
        *NOTES,
    ),
)
