"""danihodovic/celery-exporter 0.12.2 with Celery 5.7.

Choose it for Celery workers: the only one of its kind with queue lengths and waits.
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
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Total, Unit

_LABELS = {Role.TASK: "name", Role.QUEUE: "queue_name", Role.WORKER: "hostname"}

CELERY_EXPORTER = Convention(
    name="celery_exporter",
    library="celery-exporter 0.12.2",
    metrics={
        TASKS: Total(
            "celery_task_succeeded_total", plus="celery_task_failed_total", labels=_LABELS
        ),
        TASK_FAILURES: Counter(
            "celery_task_failed_total",
            labels={**_LABELS, Role.EXCEPTION: "exception"},
            caution=celery.RETRY_CAUTION,
        ),
        TASK_DURATION: Histogram(
            "celery_task_runtime",
            labels=_LABELS,
            unit=Unit.SECONDS,
            buckets=buckets.CLIENT_DEFAULT,
            caution=celery.RUNTIME_CAUTION,
        ),
        TASK_WAIT: Histogram(
            "celery_task_queue_wait_time",
            labels=_LABELS,
            unit=Unit.SECONDS,
            buckets=buckets.CELERY_WAIT,
        ),
        BACKLOG: Gauge(
            "celery_queue_length",
            labels={Role.QUEUE: "queue_name"},
            caution="What workers have prefetched no longer waits in the queue.",
        ),
        TASKS_RUNNING: Gauge("celery_worker_tasks_active", labels={Role.WORKER: "hostname"}),
    },
    missing=describe_missing_process(
        "the exporter has no process_*, neither its own nor the workers'"
    ),
    notes=(
        "/metrics takes about 2 s: set scrape_timeout above that, else the target is down.",
        "Workers must send events (-E), producers task-sent events (task_send_sent_event): the "
        "queue's name and the wait come from the latter.",
        "The names have no unit; the durations are in seconds.",
        "The exporter is not on PyPI: run its container image.",
    ),
)
