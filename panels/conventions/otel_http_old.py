"""OpenTelemetry instrumentation 0.66b1 with the old HTTP conventions, its default.

Choose it for FastAPI or Flask under opentelemetry-instrumentation-* with the Prometheus exporter
and without `OTEL_SEMCONV_STABILITY_OPT_IN`: the durations are in milliseconds.
"""

from tailboard.panels.concept import DB_DURATION, EXCEPTIONS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets, otel
from tailboard.panels.conventions.routes import SCRAPE_AND_HEALTH
from tailboard.panels.metric import Histogram, Role, Unit

OTEL_HTTP_OLD = Convention(
    name="otel_http_old",
    library="opentelemetry-instrumentation 0.66b1, old HTTP conventions",
    metrics=otel.build_http_metrics(
        requests=Histogram(
            "http_server_duration_milliseconds",
            labels={
                Role.ROUTE: "http_target",
                Role.METHOD: "http_method",
                Role.STATUS: "http_status_code",
            },
            unit=Unit.MILLISECONDS,
            buckets=buckets.OTEL_DEFAULT,
        ),
        outgoing=Histogram(
            "http_client_duration_milliseconds",
            labels={
                Role.METHOD: "http_method",
                Role.STATUS: "http_status_code",
                Role.PEER: "net_peer_name",
            },
            unit=Unit.MILLISECONDS,
            buckets=buckets.OTEL_DEFAULT,
            caution="Empty unless requests or httpx is instrumented. With both, one's calls stand "
            "under wrong labels: do not trust what is split by peer, method or status.",
        ),
    ),
    missing={
        EXCEPTIONS: otel.NO_EXCEPTIONS,
        DB_DURATION: "query durations come with the stable conventions only; set "
        "OTEL_SEMCONV_STABILITY_OPT_IN=http,database and use the convention otel_http_stable.",
    },
    excluded_routes=SCRAPE_AND_HEALTH,
    notes=(
        "http_target is the route's template here, whatever its name says.",
        "Moving to the stable conventions changes names, labels and the unit from ms to s: an "
        "alert on the old names does not break, it stops firing.",
        "FastAPI 0.165's own metrics of a mounted application appear under the stable names.",
        *otel.NOTES,
    ),
)
