# mypy: ignore-errors
"""OpenTelemetry's RPC metrics, older and newer names at once, by interceptors of the shop's own.

opentelemetry-instrumentation-grpc records none; names, units and attributes are those of
OpenTelemetry's package of semantic conventions.
"""

import time
from collections.abc import Callable

import grpc
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.semconv._incubating.attributes import rpc_attributes as names
from opentelemetry.semconv._incubating.metrics import rpc_metrics
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS

from tailboard.panels.conventions.buckets import OTEL_HTTP
from tests.live.apps.shared.grpc_shop import serve_grpc_shop


class Recorder:
    """Measures calls under both names."""

    def __init__(self, old_name: str, new_name: str, **attributes: str) -> None:
        meter = metrics.get_meter("shop")
        self._old = meter.create_histogram(old_name, unit="ms")
        self._new = meter.create_histogram(
            new_name, unit="s", explicit_bucket_boundaries_advisory=OTEL_HTTP
        )
        self._attributes = attributes

    def record(self, method: str, code: grpc.StatusCode, seconds: float) -> None:
        """Record one call."""
        service, _, method_name = method.strip("/").partition("/")
        old_attributes = {
            names.RPC_SYSTEM: "grpc",
            names.RPC_SERVICE: service,
            names.RPC_METHOD: method_name,
            names.RPC_GRPC_STATUS_CODE: code.value[0],
        }
        new_attributes = {
            names.RPC_SYSTEM_NAME: "grpc",
            names.RPC_METHOD: method.strip("/"),
            names.RPC_RESPONSE_STATUS_CODE: code.name,
        }
        self._old.record(seconds * 1000, old_attributes | self._attributes)
        self._new.record(seconds, new_attributes | self._attributes)


class ServerInterceptor(grpc.ServerInterceptor):
    """Measures the calls that a server answers."""

    def __init__(self) -> None:
        self._recorder = Recorder(
            rpc_metrics.RPC_SERVER_DURATION, rpc_metrics.RPC_SERVER_CALL_DURATION
        )

    def intercept_service(
        self, continuation: Callable, details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler | None:
        """Wrap the handler of a call."""
        handler = continuation(details)
        if handler is None or not handler.unary_unary:
            return handler

        def handle(request: bytes, context: grpc.ServicerContext) -> bytes:
            start = time.perf_counter()
            code = grpc.StatusCode.UNKNOWN
            try:
                response = handler.unary_unary(request, context)
                code = grpc.StatusCode.OK
                return response
            finally:
                seconds = time.perf_counter() - start
                self._recorder.record(details.method, context.code() or code, seconds)

        return grpc.unary_unary_rpc_method_handler(
            handle, handler.request_deserializer, handler.response_serializer
        )


class ClientInterceptor(grpc.UnaryUnaryClientInterceptor):
    """Measures the calls that a client makes."""

    def __init__(self) -> None:
        self._recorder = Recorder(
            rpc_metrics.RPC_CLIENT_DURATION,
            rpc_metrics.RPC_CLIENT_CALL_DURATION,
            **{SERVER_ADDRESS: "orders"},
        )

    def intercept_unary_unary(
        self, continuation: Callable, details: grpc.ClientCallDetails, request: object
    ) -> grpc.Call:
        """Measure one call."""
        start = time.perf_counter()
        call = continuation(details, request)
        self._recorder.record(details.method, call.code(), time.perf_counter() - start)
        return call


def serve(port: int, role: str) -> None:
    """Serve one role."""
    metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
    serve_grpc_shop(port, [ServerInterceptor()], [ClientInterceptor()])
