# mypy: ignore-errors
"""A batch job that starts afresh every second or two and pushes what it did to a Pushgateway."""

import threading
import time
from itertools import cycle

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    push_to_gateway,
    pushadd_to_gateway,
)

from tests.live.apps.shared.work import simulate_work

BUCKETS = (0.1, 0.25, 0.5, 1, 2, 3, 10, 20, 50, 100)


def run_job(name: str, *, fails: bool) -> CollectorRegistry:
    """Run the job once and return the metrics of this one run."""
    registry = CollectorRegistry()
    family = {"labelnames": ["job_name"], "registry": registry}
    duration = Histogram("job_duration_seconds", "Duration.", buckets=BUCKETS, **family)
    exceptions = Counter("job_exceptions_total", "Jobs that raised.", **family).labels(name)
    records = Counter("job_records_processed_total", "Records.", **family).labels(name)
    with duration.labels(name).time():
        simulate_work(0.2, 0.6)
    if fails:
        exceptions.inc()
        return registry
    records.inc(120)
    success = Gauge("job_last_success_unixtime", "When the job last succeeded.", **family)
    success.labels(name).set_to_current_time()
    return registry


def push_metrics(gateway: str, name: str, *, fails: bool) -> None:
    """Run and push; a failed run is added, so that the last success stays known."""
    send = pushadd_to_gateway if fails else push_to_gateway
    grouping_key = {"instance": "batch-1"}
    registry = run_job(name, fails=fails)
    send(gateway, job=name, registry=registry, grouping_key=grouping_key, timeout=5)


def serve(port: int, role: str) -> None:
    """Push to the gateway on this port for ever; an idle job has run once and never again."""
    name = f"pushed_jobs-{role}"
    gateway = f"127.0.0.1:{port}"
    push_metrics(gateway, name, fails=False)
    if role == "idle":
        threading.Event().wait()
    for fails in cycle((False, False, role == "busy")):
        time.sleep(1)
        push_metrics(gateway, name, fails=fails)
