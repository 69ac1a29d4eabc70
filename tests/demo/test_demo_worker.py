"""The queue worker's metrics."""

import queue

import pytest
from prometheus_client import REGISTRY, generate_latest

from demo.share import Share
from demo.worker import JOBS, Job, JobError, Queue, create_series, handle
from tests.demo.running_shop import samples

NAMES_AND_LABELS = {
    "job_duration_seconds_bucket": {"job_name", "le"},
    "job_duration_seconds_count": {"job_name"},
    "job_duration_seconds_sum": {"job_name"},
    "job_exceptions_total": {"job_name"},
    "job_in_progress": {"job_name"},
    "job_wait_seconds_bucket": {"job_name", "le"},
    "job_wait_seconds_count": {"job_name"},
    "job_wait_seconds_sum": {"job_name"},
    "job_queue_length": {"queue"},
    "job_last_success_unixtime": {"job_name"},
}

GREETING = Job("greeting", "mail", every=1, takes=0, fails=Share(0))


def value(name: str, **labels: str) -> float | None:
    """Return a sample of the worker's registry."""
    return REGISTRY.get_sample_value(name, labels)


def test_the_worker_exposes_its_names_and_labels() -> None:
    create_series({job.queue: queue.Queue() for job in JOBS})
    handle(GREETING, 0, lambda _: None)
    exposed: dict[str, set[str]] = {}
    for name, labels in samples(generate_latest(REGISTRY).decode()):
        if name.startswith("job_"):
            exposed.setdefault(name, set()).update(label for label, _ in labels)
    assert exposed == NAMES_AND_LABELS


def test_every_job_is_there_from_the_start() -> None:
    create_series({})
    for name in ("email", "invoice", "thumbnail"):
        assert value("job_exceptions_total", job_name=name) is not None


def test_a_success_is_timed_and_dated() -> None:
    job = Job("hello", "mail", every=1, takes=0, fails=Share(0))
    running: list[float | None] = []
    handle(job, 2.5, lambda _: running.append(value("job_in_progress", job_name="hello")))
    assert running == [1]
    assert value("job_in_progress", job_name="hello") == 0
    assert value("job_duration_seconds_count", job_name="hello") == 1
    assert value("job_wait_seconds_sum", job_name="hello") == 2.5
    assert (value("job_last_success_unixtime", job_name="hello") or 0) > 1.7e9


def test_a_failure_is_timed_and_counted_and_is_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: Job) -> None:
        raise JobError("out of paper")

    job = Job("letter", "mail", every=1, takes=0, fails=Share(1))
    handle(job, 0, fail)
    assert value("job_exceptions_total", job_name="letter") == 1
    assert value("job_duration_seconds_count", job_name="letter") == 1
    assert value("job_last_success_unixtime", job_name="letter") is None
    assert capsys.readouterr().out == "failed: out of paper\n"


def test_the_length_of_a_queue_is_read_when_asked() -> None:
    waiting: Queue = queue.Queue()
    create_series({"parcels": waiting})
    waiting.put((GREETING, 0))
    assert value("job_queue_length", queue="parcels") == 1


def test_a_share_is_spread_evenly() -> None:
    fails = Share(0.25)
    assert [fails() for _ in range(8)] == [False, False, False, True] * 2
    always = Share(1)
    assert all(always() for _ in range(5))
