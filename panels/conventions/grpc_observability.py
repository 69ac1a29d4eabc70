"""grpcio-observability 1.85.0: gRPC's own plugin for OpenTelemetry, for threads and grpc.aio.

Choose it for `OpenTelemetryPlugin(meter_provider=...)` with OpenTelemetry's Prometheus exporter.
https://grpc.io/docs/guides/opentelemetry-metrics/
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
from tailboard.panels.conventions.grpc_status import GRPC_STATUSES, NO_EXCEPTIONS, NO_RPC_IN_FLIGHT
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.conventions.routes import GRPC_HEALTH
from tailboard.panels.conventions.unmeasured import NO_QUERIES
from tailboard.panels.metric import Histogram, Role, Unit

_COARSE_BUCKETS = (
    "No bucket ends between 0 and 5 s, so that P99 is 4.95 s however fast the calls are. Only the "
    "mean is true."
)
_CALLS = Histogram(
    "grpc_server_call_duration_seconds",
    labels={Role.ROUTE: "grpc_method", Role.STATUS: "grpc_status"},
    unit=Unit.SECONDS,
    buckets=buckets.OTEL_DEFAULT,
    exact=False,
    caution=_COARSE_BUCKETS,
    statuses=GRPC_STATUSES,
)

GRPC_OBSERVABILITY = Convention(
    name="grpc_observability",
    library="grpcio-observability 1.85.0",
    metrics={
        REQUESTS: _CALLS,
        DURATION: _CALLS,
        OUTGOING_DURATION: Histogram(
            "grpc_client_attempt_duration_seconds",
            labels={
                Role.ROUTE: "grpc_method",
                Role.PEER: "grpc_target",
                Role.STATUS: "grpc_status",
            },
            unit=Unit.SECONDS,
            buckets=buckets.OTEL_DEFAULT,
            exact=False,
            caution=f"Each attempt counts, also one that is retried. {_COARSE_BUCKETS}",
            statuses=GRPC_STATUSES,
        ),
        **PROCESS,
    },
    missing={
        EXCEPTIONS: NO_EXCEPTIONS,
        IN_FLIGHT: NO_RPC_IN_FLIGHT,
        DB_DURATION: NO_QUERIES,
    },
    excluded_routes=GRPC_HEALTH,
    notes=(
        "A View with buckets in seconds makes percentiles true: View(instrument_name="
        '"grpc.*.duration", aggregation=ExplicitBucketHistogramAggregation((0.005, 0.01, ...))). '
        "Then replace DURATION and OUTGOING_DURATION by ones with these buckets; tailboard init "
        "does it.",
        "Methods of generic handlers are all called other, unless "
        "generic_method_attribute_filter=lambda method: True; handlers that protoc generates are "
        "registered, and have their names.",
        "What the plugin collects arrives some seconds late.",
        "OpenTelemetry's exporter has no multi-process support: let workers send OTLP instead.",
    ),
)
