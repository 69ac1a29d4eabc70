"""Dramatiq 2.2.1's Prometheus middleware, on port 9191.

Choose it for Dramatiq workers: durations are in milliseconds.
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
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.matcher import avoids
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

_LABELS = {Role.TASK: "actor_name", Role.QUEUE: "queue_name"}

DRAMATIQ = Convention(
    name="dramatiq",
    library="dramatiq 2.2.1",
    metrics={
        TASKS: Counter(
            "dramatiq_messages_total",
            labels=_LABELS,
            caution="Counts attempts: each retry counts again.",
        ),
        TASK_FAILURES: Counter(
            "dramatiq_message_errors_total",
            labels=_LABELS,
            caution="Counts failed attempts, also those that a retry makes good.",
        ),
        TASK_DURATION: Histogram(
            "dramatiq_message_duration_milliseconds",
            labels=_LABELS,
            unit=Unit.MILLISECONDS,
            buckets=buckets.DRAMATIQ,
        ),
        TASKS_RUNNING: Gauge("dramatiq_messages_inprogress", labels=_LABELS),
    },
    missing={
        BACKLOG: "Dramatiq does not count what waits; use the broker's exporter, for Redis "
        "redis_exporter with --check-single-keys=dramatiq:<queue> (redis_key_size).",
        TASK_WAIT: "Dramatiq does not measure the wait; observe the time since "
        "message.message_timestamp in a middleware of your own.",
        **describe_missing_process(
            "the middleware always runs in multi-process mode, without process_*"
        ),
    },
    # A retry passes through the delay queue, where it would be counted a second time.
    matchers={"queue_name": avoids(".*[.]DQ")},
    notes=(
        "Messages that are given up for good are dramatiq_message_rejects_total.",
        "dramatiq_delayed_messages_inprogress goes below 0: a delayed message enters in the queue "
        "<name>.DQ and leaves in <name>. Only the sum of both is right.",
    ),
)
