# mypy: ignore-errors
"""A consumer that measures its messages by OpenTelemetry's names, without a broker.

The instrumentations of Kafka's clients record no metrics, so the consumer itself does.
"""

import time
from itertools import cycle

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.semconv._incubating.attributes import messaging_attributes as names
from opentelemetry.semconv._incubating.metrics.messaging_metrics import MESSAGING_PROCESS_DURATION
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from prometheus_client import start_http_server

from tailboard.panels.conventions.buckets import OTEL_HTTP
from tests.live.apps.shared.work import WorkError, simulate_work

MIX = ("orders", "orders", "invoices", "broken", "orders", "invoices", "orders", "orders")


def serve(port: int, role: str) -> None:
    """Process four messages a second, one in eight of which fails when the role is busy."""
    provider = MeterProvider(metric_readers=[PrometheusMetricReader()])
    duration = provider.get_meter("consumer").create_histogram(
        MESSAGING_PROCESS_DURATION, unit="s", explicit_bucket_boundaries_advisory=OTEL_HTTP
    )
    start_http_server(port, addr="127.0.0.1")
    for topic in cycle(MIX):
        if role != "idle":
            _process(topic, duration, is_failing=topic == "broken" and role == "busy")
        time.sleep(0.25)


def _process(topic: str, duration: object, *, is_failing: bool) -> None:
    attributes = {
        names.MESSAGING_SYSTEM: "kafka",
        names.MESSAGING_OPERATION_NAME: "process",
        names.MESSAGING_DESTINATION_NAME: topic,
        names.MESSAGING_CONSUMER_GROUP_NAME: "shop",
    }
    start = time.perf_counter()
    try:
        _handle_message(topic, is_failing=is_failing)
    except WorkError as error:
        attributes[ERROR_TYPE] = type(error).__name__
    duration.record(time.perf_counter() - start, attributes)


def _handle_message(topic: str, *, is_failing: bool) -> None:
    simulate_work(*((0.1, 0.4) if topic == "invoices" else (0.001, 0.02)))
    if is_failing:
        raise WorkError("boom")
