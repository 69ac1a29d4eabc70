"""What the conventions of OpenTelemetry's own names, with dots, share: Prometheus 3 stores them."""

from collections.abc import Mapping
from typing import Any

from tailboard.panels.concept import (
    DB_DURATION,
    DURATION,
    EXCEPTIONS,
    IN_FLIGHT,
    OUTGOING_DURATION,
    REQUESTS,
    Concept,
)
from tailboard.panels.conventions import buckets, otel
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.metric import Gauge, Histogram, Metric, Role, Unit

MISSING: Mapping[Concept[Any], str] = {
    EXCEPTIONS: otel.NO_EXCEPTIONS,
    **describe_missing_process("by OTLP nothing of prometheus-client's process collector comes"),
}

NOTES = (
    "Names with dots are for Prometheus 3: older servers refuse every query of them.",
    "By OTLP there is no `up`, and no alert about instances that are down. Where a server scrapes "
    "these names, as from a collector, say evolve(has_targets=True).",
    "job is service.namespace/service.name of the resource, instance its service.instance.id: "
    "without the latter, several processes write the same series.",
    "Prometheus keeps the resource's other attributes in target_info, unless "
    "promote_resource_attributes names them.",
    "Recorded series have plain names, service_http_route:http_server_request_duration_count: "
    "only the labels keep their dots.",
    "Query durations need OTEL_SEMCONV_STABILITY_OPT_IN=http,database and a driver of the DB-API "
    "family (psycopg).",
    "Unknown paths have no route: their rows have no name.",
)


def build_metrics(seconds: str) -> Mapping[Concept[Any], Metric]:
    """The metrics, whose durations end in `seconds`: what the translation adds, or nothing."""
    requests = Histogram(
        f"http.server.request.duration{seconds}",
        labels={
            Role.ROUTE: "http.route",
            Role.METHOD: "http.request.method",
            Role.STATUS: "http.response.status_code",
        },
        unit=Unit.SECONDS,
        buckets=buckets.OTEL_HTTP,
    )
    return {
        REQUESTS: requests,
        DURATION: requests,
        IN_FLIGHT: Gauge(
            "http.server.active_requests", labels={Role.METHOD: "http.request.method"}
        ),
        DB_DURATION: Histogram(
            f"db.client.operation.duration{seconds}",
            labels={Role.OPERATION: "db.operation.name", Role.DATABASE: "db.system.name"},
            unit=Unit.SECONDS,
            buckets=buckets.OTEL_DEFAULT,
            exact=False,
            caution="No bucket ends between 0 and 5 s, so that P99 is 4.95 s however fast the "
            "queries are. Only the mean is true.",
        ),
        OUTGOING_DURATION: Histogram(
            f"http.client.request.duration{seconds}",
            labels={
                Role.METHOD: "http.request.method",
                Role.STATUS: "http.response.status_code",
                Role.PEER: "server.address",
            },
            unit=Unit.SECONDS,
            buckets=buckets.OTEL_HTTP,
            caution="Empty unless requests or httpx is instrumented.",
        ),
    }
