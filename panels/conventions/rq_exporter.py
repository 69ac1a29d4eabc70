"""rq-exporter 3.1.0 with RQ 2.12.

Choose it for RQ workers: there are no durations of single jobs, only their mean.
"""

from tailboard.panels.concept import (
    BACKLOG,
    TASK_DURATION,
    TASK_FAILURES,
    TASK_TIME,
    TASK_WAIT,
    TASKS,
    TASKS_RUNNING,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.metric import Counter, Gauge, Role, Total, Unit

_LABELS = {Role.WORKER: "name", Role.QUEUE: "queues"}

_COARSE = "Does not say which job. The queue is all the queues that the worker listens to."

RQ_EXPORTER = Convention(
    name="rq_exporter",
    library="rq-exporter 3.1.0",
    metrics={
        TASKS: Total(
            "rq_workers_success_total",
            plus="rq_workers_failed_total",
            labels=_LABELS,
            caution=_COARSE,
        ),
        TASK_FAILURES: Counter(
            "rq_workers_failed_total",
            labels=_LABELS,
            caution=_COARSE,
        ),
        TASK_TIME: Counter("rq_workers_working_time_total", labels=_LABELS, unit=Unit.SECONDS),
        BACKLOG: Gauge("rq_jobs", labels={Role.QUEUE: "queue"}, matchers={"status": "queued"}),
        TASKS_RUNNING: Gauge(
            "rq_jobs", labels={Role.QUEUE: "queue"}, matchers={"status": "started"}
        ),
    },
    missing={
        TASK_DURATION: "the exporter has no durations of jobs; draw the mean from the time spent "
        "in tasks, or observe a histogram in the job itself and push it.",
        TASK_WAIT: "the exporter has no waits; observe the time since job.enqueued_at in the job.",
        **describe_missing_process(
            "process_* of this target are the exporter's own, not the workers'"
        ),
    },
    notes=(
        "A worker's name is new after each restart, and its counters begin at 0 and end with it.",
        "The share of busy workers needs a guard where none is busy: "
        '(sum(rq_workers{state="busy"}) or vector(0)) / sum(rq_workers).',
    ),
)
