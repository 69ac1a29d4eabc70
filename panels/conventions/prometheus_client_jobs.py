"""Consumers and jobs that serve their own port with prometheus-client 0.26.0.

Choose it for a queue consumer or a long-running job with `start_http_server(8000)`, decorated with
`time()`, `count_exceptions()` and `track_inprogress()`.
"""

from tailboard.panels.concept import (
    BACKLOG,
    JOB_DURATION,
    JOB_FAILURES,
    JOB_LAST_RUN,
    JOB_LAST_SUCCESS,
    PUSH_FAILURE,
    TASK_DURATION,
    TASK_FAILURES,
    TASK_WAIT,
    TASKS,
    TASKS_RUNNING,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS, SEVERAL_WORKERS
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

_LABELS = {Role.JOB: "job_name", Role.TASK: "job_name"}

_DURATION = Histogram(
    "job_duration_seconds",
    labels=_LABELS,
    unit=Unit.SECONDS,
    buckets=buckets.JOBS,
    caution="With buckets from 1 to 100 s nothing shorter and nothing longer can be told apart.",
)
_FAILURES = Counter("job_exceptions_total", labels=_LABELS)

PROMETHEUS_CLIENT_JOBS = Convention(
    name="prometheus_client_jobs",
    library="prometheus-client 0.26.0, own metrics",
    metrics={
        JOB_DURATION: _DURATION,
        JOB_FAILURES: _FAILURES,
        JOB_LAST_SUCCESS: Gauge(
            "job_last_success_unixtime",
            labels={Role.JOB: "job_name"},
            unit=Unit.SECONDS,
            caution="Forgotten when the process restarts, until the next success.",
        ),
        TASKS: _DURATION,
        TASK_FAILURES: _FAILURES,
        TASK_DURATION: _DURATION,
        TASK_WAIT: Histogram(
            "job_wait_seconds",
            labels={Role.TASK: "job_name"},
            unit=Unit.SECONDS,
            buckets=buckets.JOBS,
        ),
        TASKS_RUNNING: Gauge("job_in_progress", labels={Role.TASK: "job_name"}),
        BACKLOG: Gauge(
            "job_queue_length",
            labels={Role.QUEUE: "queue"},
            caution="Every consumer that reports the same queue adds to the sum.",
        ),
        **PROCESS,
    },
    missing={
        JOB_LAST_RUN: "only a Pushgateway keeps the time of the last push; a process that is "
        "scraped shows its runs in the rate of job_duration_seconds_count, and that it lives in "
        "up.",
        PUSH_FAILURE: "nothing is pushed; see the convention pushgateway_jobs.",
    },
    notes=(
        "time() also observes the runs that raised, so failures are a part of all runs.",
        "A job that ends before Prometheus scrapes it is not seen: use pushgateway_jobs.",
        "For short tasks choose finer buckets in the application, and replace TASK_DURATION by a "
        "Histogram with these.",
        "Call labels(...) once per job at the start: the first failure of a series that did not "
        "exist before is invisible to rate and increase.",
        SEVERAL_WORKERS,
    ),
)
