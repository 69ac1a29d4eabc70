"""Jobs that push with prometheus-client 0.26.0 to a Pushgateway 1.11.2.

Choose it for jobs that are gone before Prometheus could scrape them: cron jobs, batches.
"""

from tailboard.panels.concept import (
    JOB_DURATION,
    JOB_FAILURES,
    JOB_LAST_RUN,
    JOB_LAST_SUCCESS,
    PUSH_FAILURE,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit

PUSHGATEWAY_JOBS = Convention(
    name="pushgateway_jobs",
    library="prometheus-client 0.26.0, Pushgateway 1.11.2",
    metrics={
        JOB_DURATION: Histogram(
            "job_duration_seconds",
            labels={Role.JOB: "job_name"},
            unit=Unit.SECONDS,
            buckets=buckets.JOBS,
            pushed=True,
            caution="Runs between two scrapes are not seen.",
        ),
        JOB_FAILURES: Counter(
            "job_exceptions_total",
            labels={Role.JOB: "job_name"},
            caution="A run that died before its push is not seen.",
        ),
        JOB_LAST_RUN: Gauge("push_time_seconds", labels={Role.JOB: "job"}, unit=Unit.SECONDS),
        JOB_LAST_SUCCESS: Gauge(
            "job_last_success_unixtime", labels={Role.JOB: "job_name"}, unit=Unit.SECONDS
        ),
        PUSH_FAILURE: Gauge(
            "push_failure_time_seconds", labels={Role.JOB: "job"}, unit=Unit.SECONDS
        ),
    },
    missing=describe_missing_process(
        "process_* of a Pushgateway are the gateway's own, not the jobs'"
    ),
    notes=(
        "Scrape the Pushgateway with honor_labels: true. Without it use "
        'PUSHGATEWAY_JOBS.evolve(labels={"job": "exported_job"}).',
        "push_* carry the grouping key only (job, instance): their job is the label job, that of "
        "the durations is the label job_name. Use the same name for both.",
        "Never use rate or increase on what was pushed: the count is 1 after each run, and 5 runs "
        "give an increase of 0. Runs are counted by changes(push_time_seconds[1d]).",
        "Push job_last_success_unixtime after a success only, and a failed run with pushadd: push "
        "replaces the whole group, the last success with it.",
        "push_failure_time_seconds is 0 while no push of the group has failed.",
        "Pushed series never go stale: only their age tells. Delete the group of a job that is "
        "gone.",
        "up is the Pushgateway's, not the jobs'.",
    ),
)
