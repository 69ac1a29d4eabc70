"""A queue worker that serves its metrics on a port of their own: `python -m demo.worker`.

It fills its own queues, so that it needs no broker. Thumbnails are slow and share a queue with
invoices: `job_wait_seconds` shows that invoices wait for them.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import click
from prometheus_client import REGISTRY, Gauge, Histogram, start_http_server

from demo.fixed_share import FixedShare
from demo.job_metrics import create_job_metrics
from demo.stop_signal import StopSignal, install_stop_signal


@dataclass(frozen=True)
class Job:
    """One kind of work: how often it arrives, how long it takes, how often it fails."""

    name: str
    queue: str
    interval_seconds: float
    duration_seconds: float
    failure_share: FixedShare


class JobError(Exception):
    """A job failed."""


JOBS = (
    Job(
        "email", "mail", interval_seconds=0.5, duration_seconds=0.04, failure_share=FixedShare(0.02)
    ),
    Job(
        "invoice",
        "documents",
        interval_seconds=3.0,
        duration_seconds=0.6,
        failure_share=FixedShare(0.01),
    ),
    Job(
        "thumbnail",
        "documents",
        interval_seconds=5.0,
        duration_seconds=2.4,
        failure_share=FixedShare(0),
    ),
)

Queue = queue.Queue[tuple[Job, float]]
"""Jobs, each with the time at which it was enqueued."""

METRICS = create_job_metrics(REGISTRY)
IN_PROGRESS = Gauge("job_in_progress", "Jobs running right now.", ["job_name"])
WAIT = Histogram(
    "job_wait_seconds",
    "Time a job spent in the queue.",
    ["job_name"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
QUEUE_LENGTH = Gauge("job_queue_length", "Jobs waiting in the queue.", ["queue"])


def create_series(queues: dict[str, Queue]) -> None:
    """Create the series of every job and queue, so that a first failure is an increase."""
    for job in JOBS:
        METRICS.duration.labels(job.name)
        METRICS.exceptions.labels(job.name)
        IN_PROGRESS.labels(job.name)
        WAIT.labels(job.name)
    for name, waiting in queues.items():
        QUEUE_LENGTH.labels(name).set_function(waiting.qsize)


def run_job(job: Job, stop: StopSignal) -> None:
    """Do a job's work; raise JobError for the share that fails."""
    stop.wait_for_stop(job.duration_seconds)
    if job.failure_share():
        raise JobError(f"{job.name}: the other side hung up")


def handle_job(job: Job, waited: float, work: Callable[[Job], None]) -> None:
    """Run one job and measure it. A job that fails is counted and does not stop the worker."""
    WAIT.labels(job.name).observe(waited)
    try:
        with (
            METRICS.duration.labels(job.name).time(),
            METRICS.exceptions.labels(job.name).count_exceptions(),
            IN_PROGRESS.labels(job.name).track_inprogress(),
        ):
            work(job)
    except JobError as failure:
        click.echo(f"failed: {failure}")
    else:
        METRICS.last_success.labels(job.name).set_to_current_time()


def produce_jobs(job: Job, waiting: Queue, stop: StopSignal) -> None:
    """Put a job into its queue at its interval."""
    while not stop.wait_for_stop(job.interval_seconds):
        waiting.put((job, monotonic()))


def consume_jobs(waiting: Queue, stop: StopSignal) -> None:
    """Take jobs out of a queue, one after the other."""
    while not stop.requested:
        try:
            job, put_in = waiting.get(timeout=0.2)
        except queue.Empty:
            continue
        handle_job(job, monotonic() - put_in, lambda job: run_job(job, stop))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, help="Where /metrics is served.")
def main(host: str, port: int) -> None:
    """Work through the queues until stopped."""
    stop = install_stop_signal()
    queues: dict[str, Queue] = {job.queue: queue.Queue() for job in JOBS}
    create_series(queues)
    threads = [
        *(
            threading.Thread(target=produce_jobs, args=(job, queues[job.queue], stop))
            for job in JOBS
        ),
        *(
            threading.Thread(target=consume_jobs, args=(waiting, stop))
            for waiting in queues.values()
        ),
    ]
    server, _ = start_http_server(port, host)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
