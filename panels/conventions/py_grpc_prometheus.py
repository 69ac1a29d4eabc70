"""py-grpc-prometheus 0.8.0: a gRPC server with threads.

Choose it for a server with `PromServerInterceptor(enable_handling_time_histogram=True)`: without
that argument there are no durations.
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
from tailboard.panels.conventions.grpc_status import GRPC_STATUSES, NO_EXCEPTIONS
from tailboard.panels.conventions.process import PROCESS, SEVERAL_WORKERS
from tailboard.panels.conventions.routes import GRPC_SERVICES
from tailboard.panels.conventions.unmeasured import NO_QUERIES
from tailboard.panels.metric import Counter, Histogram, Role, Unit

_LABELS = {Role.ROUTE: "grpc_method", Role.METHOD: "grpc_type"}
_MATCHERS = {"grpc_service": GRPC_SERVICES}

PY_GRPC_PROMETHEUS = Convention(
    name="py_grpc_prometheus",
    library="py-grpc-prometheus 0.8.0",
    metrics={
        REQUESTS: Counter(
            "grpc_server_handled_total",
            labels={**_LABELS, Role.STATUS: "grpc_code"},
            matchers=_MATCHERS,
            statuses=GRPC_STATUSES,
            caution="Of methods that answer with a stream only those that raise are counted.",
        ),
        DURATION: Histogram(
            "grpc_server_handling_seconds",
            labels=_LABELS,
            matchers=_MATCHERS,
            unit=Unit.SECONDS,
            buckets=buckets.CLIENT_DEFAULT,
            caution="Methods that answer with a stream are not measured. Failed calls are: the "
            "durations carry no status.",
        ),
        OUTGOING_DURATION: Histogram(
            "grpc_client_handling_seconds",
            labels={Role.PEER: "grpc_service"},
            unit=Unit.SECONDS,
            buckets=buckets.CLIENT_DEFAULT,
            caution="Empty unless the client has PromClientInterceptor("
            "enable_client_handling_time_histogram=True). The durations carry no status, so that "
            "failed calls are not apart.",
        ),
        **PROCESS,
    },
    missing={
        EXCEPTIONS: NO_EXCEPTIONS,
        IN_FLIGHT: "started and handled calls do not match, since streams are started and never "
        "handled; add a gauge with an interceptor of your own.",
        DB_DURATION: NO_QUERIES,
    },
    notes=(
        "A service has several methods and a method no label with its service: methods of one name "
        "in two services are one row.",
        "With legacy=True the label of the status is code, and the durations have another name: "
        'evolve(prefix=("grpc_server_handling", "grpc_server_handled_latency"), '
        'labels={"grpc_code": "code"}).',
        "Calls of grpc.health and of server reflection are left out.",
        "Calls of methods that the server does not have are not counted: no interceptor sees them.",
        "There is no interceptor for grpc.aio: use grpcio-observability there, and the convention "
        "grpc_observability.",
        "The calls that a client makes are counted by status in grpc_client_handled_total: add it "
        "to the dashboard own.",
        SEVERAL_WORKERS,
    ),
)
