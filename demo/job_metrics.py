"""The metrics of every job, scraped from a worker or pushed by a batch job."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

DURATION_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10, 20, 50, 100)
"""1 to 100 s for batch jobs, and finer bounds for short ones such as sending an e-mail."""


@dataclass(frozen=True)
class JobMetrics:
    """The duration, the exceptions and the time of the last success."""

    duration: Histogram
    exceptions: Counter
    last_success: Gauge


def create_job_metrics(registry: CollectorRegistry) -> JobMetrics:
    """Register the metrics of jobs."""
    return JobMetrics(
        duration=Histogram(
            "job_duration_seconds",
            "Time a job ran, whether it succeeded or not.",
            ["job_name"],
            buckets=DURATION_BUCKETS,
            registry=registry,
        ),
        exceptions=Counter(
            "job_exceptions_total", "Jobs that raised.", ["job_name"], registry=registry
        ),
        last_success=Gauge(
            "job_last_success_unixtime",
            "When a job last succeeded, in seconds since 1970.",
            ["job_name"],
            registry=registry,
        ),
    )
