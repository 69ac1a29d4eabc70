# mypy: ignore-errors
"""A queue worker measured with plain prometheus-client; it serves a port of its own."""

import queue
import threading
import time
from contextlib import suppress
from itertools import cycle

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from tests.live.apps.shared.work import WorkError, simulate_work

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10, 20, 50, 100)
JOBS = {"email": (0.005, 0.03), "report": (0.3, 0.8), "resize": (0.05, 0.2)}
DURATION = Histogram("job_duration_seconds", "Duration of jobs.", ["job_name"], buckets=BUCKETS)
WAIT = Histogram("job_wait_seconds", "Wait in the queue.", ["job_name"], buckets=BUCKETS)
EXCEPTIONS = Counter("job_exceptions_total", "Jobs that raised.", ["job_name"])
IN_PROGRESS = Gauge("job_in_progress", "Jobs being worked on.", ["job_name"])
LAST_SUCCESS = Gauge("job_last_success_unixtime", "When a job last succeeded.", ["job_name"])
QUEUE_LENGTH = Gauge("job_queue_length", "Jobs that wait.", ["queue"])
for family in (DURATION, WAIT, EXCEPTIONS, IN_PROGRESS, LAST_SUCCESS):
    for job_name in JOBS:
        family.labels(job_name)


def run_jobs(waiting: queue.Queue) -> None:
    """Work off the queue for ever."""
    while True:
        name, fails, enqueued = waiting.get()
        WAIT.labels(name).observe(time.monotonic() - enqueued)
        with suppress(WorkError):
            run_job(name, fails)


def run_job(name: str, fails: bool) -> None:
    """Run one job under its metrics."""
    with (
        EXCEPTIONS.labels(name).count_exceptions(),
        IN_PROGRESS.labels(name).track_inprogress(),
        DURATION.labels(name).time(),
    ):
        simulate_work(*JOBS[name])
        if fails:
            raise WorkError("boom")
    LAST_SUCCESS.labels(name).set_to_current_time()


def enqueue_jobs(waiting: queue.Queue, role: str) -> None:
    """Put four jobs a second into the queue, some of which fail when the role is busy."""
    names = ("email", "email", "report", "email", "resize", "email", "resize", "email", "email")
    failures = cycle((False, False, False, role == "busy"))
    for name, fails in zip(cycle(names), failures, strict=False):
        waiting.put((name, fails and name != "resize", time.monotonic()))
        time.sleep(0.25)


def serve(port: int, role: str) -> None:
    """Serve the metrics and, unless idle, work."""
    waiting = queue.Queue()
    QUEUE_LENGTH.labels("default").set_function(waiting.qsize)
    start_http_server(port, addr="127.0.0.1")
    threading.Thread(target=run_jobs, args=(waiting,), daemon=True).start()
    if role == "idle":
        threading.Event().wait()
    enqueue_jobs(waiting, role)
