"""Flower 2.2 with Celery 5.7.

Choose it for Celery workers whose metrics come from Flower's /metrics.
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
from tailboard.panels.conventions import buckets, celery
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.matcher import one_of
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

_LABELS = {Role.TASK: "task", Role.WORKER: "worker"}

FLOWER = Convention(
    name="flower",
    library="flower 2.2",
    metrics={
        TASKS: Counter(
            "flower_events_total",
            labels=_LABELS,
            matchers={"type": one_of("task-succeeded", "task-failed")},
            caution="Counts tasks when they end; one that is retried ends once.",
        ),
        TASK_FAILURES: Counter(
            "flower_events_total",
            labels=_LABELS,
            matchers={"type": "task-failed"},
            caution=celery.RETRY_CAUTION,
        ),
        TASK_DURATION: Histogram(
            "flower_task_runtime_seconds",
            labels=_LABELS,
            unit=Unit.SECONDS,
            buckets=buckets.CLIENT_DEFAULT,
            caution=celery.RUNTIME_CAUTION,
        ),
        TASKS_RUNNING: Gauge(
            "flower_worker_number_of_currently_executing_tasks", labels={Role.WORKER: "worker"}
        ),
    },
    missing={
        TASK_WAIT: "Flower has only the last wait of each task, and only in the worker "
        "(flower_task_prefetch_time_seconds); use the convention celery_exporter.",
        BACKLOG: "Flower exposes no length of a queue; use the convention celery_exporter, or the "
        "broker's exporter.",
        **describe_missing_process("process_* of this target are Flower's own, not the workers'"),
    },
    notes=(
        "Workers must send events (-E or worker_send_task_events), else nothing is counted.",
        "Counts begin again when Flower restarts, and what happened meanwhile is lost.",
        'type="task-sent" has the producers\' names as worker: a new series for each process.',
    ),
)
