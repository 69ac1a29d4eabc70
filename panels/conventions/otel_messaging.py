"""OpenTelemetry's messaging conventions for consumers, of Kafka and others: in seconds.

Choose it for a consumer that records messaging.process.duration. The instrumentations of aiokafka
and confluent-kafka 0.66b1 have traces only: measure around what handles a message, as
opentelemetry.semconv names it.
https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
"""

from tailboard.panels.concept import (
    BACKLOG,
    TASK_DURATION,
    TASK_FAILURES,
    TASK_WAIT,
    TASKS,
    TASKS_RUNNING,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.matcher import matches
from tailboard.panels.metric import Counter, Histogram, Role, Unit

_LABELS = {Role.QUEUE: "messaging_destination_name"}
_MESSAGES = Histogram(
    "messaging_process_duration_seconds",
    labels=_LABELS,
    unit=Unit.SECONDS,
    buckets=buckets.OTEL_HTTP,
)

OTEL_MESSAGING = Convention(
    name="otel_messaging",
    library="OpenTelemetry's messaging conventions",
    metrics={
        TASKS: _MESSAGES,
        TASK_FAILURES: Counter(
            "messaging_process_duration_seconds_count",
            labels=_LABELS,
            matchers={"error_type": matches(".+")},
            caution="A message has failed whose processing ended with an error_type.",
        ),
        TASK_DURATION: _MESSAGES,
        **PROCESS,
    },
    missing={
        BACKLOG: "a consumer does not know its lag; kafka_exporter does "
        "(kafka_consumergroup_lag{consumergroup, topic}).",
        TASK_WAIT: "the conventions do not measure it; observe the time since the message's "
        "timestamp in a histogram of your own.",
        TASKS_RUNNING: "there is no gauge of the messages being processed; a consumer works on one "
        "after the other, or on several with several workers.",
    },
    notes=(
        "Messages that a producer sends are messaging_client_sent_messages_total, and failed ones "
        "those with an error_type: add them to the dashboard own.",
        "aiokafka and confluent-kafka have no Prometheus metrics of their own either: librdkafka's "
        "statistics (stats_cb) are JSON, which your own gauges have to copy.",
        "The bounds are those that the conventions recommend. The SDK takes them from the "
        "instrument's advice; without it, use a View.",
    ),
)
