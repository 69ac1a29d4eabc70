# mypy: ignore-errors
"""A Celery worker and the Flower that exposes its events; each role has a database of its own."""

import os
import time
from itertools import cycle

import flower.command  # noqa: F401  (imported before the fork, for it is the slow part)
from celery import Celery, Task

from tests.live.apps.shared.work import WorkError, simulate_work

DATABASES = {"busy": 1, "clean": 2, "idle": 3}
app = Celery("shop", set_as_current=True)
app.conf.update(
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    worker_send_task_events=True,
    task_send_sent_event=True,
)


@app.task(name="ok")
def ok() -> None:
    """Work for 1 to 20 ms."""
    simulate_work(0.001, 0.02)


@app.task(name="slow")
def slow() -> None:
    """Work for 100 to 400 ms."""
    simulate_work(0.1, 0.4)


@app.task(name="fail", bind=True, max_retries=1, default_retry_delay=0.2)
def fail(self: Task) -> None:
    """Fail, and fail again on the only retry."""
    raise self.retry(exc=WorkError("boom"))


def run_worker(role: str) -> None:
    """Work off the role's queue; two threads share it."""
    pool = ["--pool=threads", "--concurrency=2", f"--hostname={role}@shop"]
    quiet = ["--without-mingle", "--without-gossip", "--loglevel=CRITICAL"]
    app.worker_main(["worker", *pool, *quiet])


def send_tasks(role: str) -> None:
    """Send four tasks a second, one in eight of which fails when the role is busy."""
    for task in cycle([ok, ok, slow, fail if role == "busy" else ok, ok, slow, ok, ok]):
        task.delay()
        time.sleep(0.25)


def serve(port: int, role: str) -> None:
    """Become the Flower of one role, beside its worker and, unless idle, a sender."""
    app.conf.broker_url = f"{os.environ['LIVE_REDIS_URL']}/{DATABASES[role]}"
    os.chdir(os.environ["LIVE_FOLDER"])
    if os.fork() == 0:
        run_worker(role)
        os._exit(1)
    if role != "idle" and os.fork() == 0:
        send_tasks(role)
        os._exit(1)
    app.start(["flower", f"--port={port}", "--address=127.0.0.1", "--logging=error"])
