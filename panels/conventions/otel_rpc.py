"""OpenTelemetry's RPC conventions since 1.39, for gRPC: rpc.server.call.duration, in seconds.

Choose it for a gRPC server whose interceptor records them. opentelemetry-instrumentation-grpc
0.66b1 has traces only; the metrics come from a program's own interceptor, from a mesh or from
another language's instrumentation.
https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/
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

_CALLS = Histogram(
    "rpc_server_call_duration_seconds",
    labels={Role.ROUTE: "rpc_method", Role.STATUS: "rpc_response_status_code"},
    matchers={"rpc_system_name": "grpc"},
    unit=Unit.SECONDS,
    buckets=buckets.OTEL_HTTP,
    statuses=GRPC_STATUSES,
)

OTEL_RPC = Convention(
    name="otel_rpc",
    library="OpenTelemetry's RPC conventions 1.39",
    metrics={
        REQUESTS: _CALLS,
        DURATION: _CALLS,
        OUTGOING_DURATION: Histogram(
            "rpc_client_call_duration_seconds",
            labels={
                Role.ROUTE: "rpc_method",
                Role.PEER: "server_address",
                Role.STATUS: "rpc_response_status_code",
            },
            matchers={"rpc_system_name": "grpc"},
            unit=Unit.SECONDS,
            buckets=buckets.OTEL_HTTP,
            caution="Empty unless the service's gRPC clients are measured.",
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
        "rpc_method is the whole name here, with the service: shop.Orders/Create.",
        "Only gRPC is read: Connect, Dubbo and JSON-RPC have other statuses. For those change "
        "`statuses` and the matcher of rpc_system_name.",
        "Moving from the older names changes names, labels, the unit from ms to s and the codes "
        "from numbers to names: an alert on the old names does not break, it stops firing.",
        "The bounds are those that the conventions recommend. The SDK takes them from the "
        "instrument's advice; without it, use a View.",
    ),
)
