# mypy: ignore-errors
"""gRPC's own OpenTelemetry plugin, with a View for buckets in seconds."""

import grpc_observability
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View

from tailboard.panels.conventions.buckets import OTEL_HTTP
from tests.live.apps.shared.grpc_shop import serve_grpc_shop


def serve(port: int, role: str) -> None:
    """Serve one role."""
    view = View(
        instrument_name="grpc.*.duration",
        aggregation=ExplicitBucketHistogramAggregation(OTEL_HTTP),
    )
    provider = MeterProvider(metric_readers=[PrometheusMetricReader()], views=[view])
    grpc_observability.OpenTelemetryPlugin(meter_provider=provider).register_global()
    serve_grpc_shop(port)
