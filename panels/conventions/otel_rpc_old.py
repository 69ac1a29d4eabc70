"""OpenTelemetry's RPC conventions before 1.39, for gRPC: rpc.server.duration, in milliseconds.

Choose it for a gRPC server whose interceptor records them. opentelemetry-instrumentation-grpc
0.66b1 has traces only.
https://opentelemetry.io/docs/specs/semconv/non-normative/rpc-migration/
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
from tailboard.panels.conventions.grpc_status import GRPC_NUMBERS, NO_EXCEPTIONS, NO_RPC_IN_FLIGHT
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.conventions.routes import GRPC_SERVICES
from tailboard.panels.conventions.unmeasured import NO_QUERIES
from tailboard.panels.metric import Histogram, Role, Unit

_CALLS = Histogram(
    "rpc_server_duration_milliseconds",
    labels={Role.ROUTE: "rpc_method", Role.STATUS: "rpc_grpc_status_code"},
    matchers={"rpc_system": "grpc", "rpc_service": GRPC_SERVICES},
    unit=Unit.MILLISECONDS,
    buckets=buckets.OTEL_DEFAULT,
    statuses=GRPC_NUMBERS,
)

OTEL_RPC_OLD = Convention(
    name="otel_rpc_old",
    library="OpenTelemetry's RPC conventions before 1.39",
    metrics={
        REQUESTS: _CALLS,
        DURATION: _CALLS,
        OUTGOING_DURATION: Histogram(
            "rpc_client_duration_milliseconds",
            labels={Role.PEER: "rpc_service", Role.STATUS: "rpc_grpc_status_code"},
            matchers={"rpc_system": "grpc"},
            unit=Unit.MILLISECONDS,
            buckets=buckets.OTEL_DEFAULT,
            caution="Empty unless the service's gRPC clients are measured.",
            statuses=GRPC_NUMBERS,
        ),
        **PROCESS,
    },
    missing={
        EXCEPTIONS: NO_EXCEPTIONS,
        IN_FLIGHT: NO_RPC_IN_FLIGHT,
        DB_DURATION: NO_QUERIES,
    },
    notes=(
        "The codes are numbers: 13 is INTERNAL, 14 UNAVAILABLE, 2 UNKNOWN.",
        "rpc_method lacks the service: methods of one name in two services are one row.",
        "The calls of clients are split by the service that they call, for the address is not in "
        "every instrumentation's metrics.",
        "Calls of grpc.health and of server reflection are left out.",
    ),
)
