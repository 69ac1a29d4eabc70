"""The queue worker's metrics."""

import queue

import pytest
from prometheus_client import REGISTRY, generate_latest

from demo.fixed_share import FixedShare
from demo.worker import JOBS, Job, JobError, Queue, create_series, handle_job
from tests.demo.orders_api_client import parse_samples

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

GREETING_JOB = Job(
    "greeting", "mail", interval_seconds=1, duration_seconds=0, failure_share=FixedShare(0)
)


def read_value(name: str, **labels: str) -> float | None:
    """Return a sample of the worker's registry."""
    return REGISTRY.get_sample_value(name, labels)


def test_the_worker_exposes_its_names_and_labels() -> None:
    create_series({job.queue: queue.Queue() for job in JOBS})
    handle_job(GREETING_JOB, 0, lambda _: None)
    exposed: dict[str, set[str]] = {}
    for name, labels in parse_samples(generate_latest(REGISTRY).decode()):
        if name.startswith("job_"):
            exposed.setdefault(name, set()).update(label for label, _ in labels)
    assert exposed == NAMES_AND_LABELS


def test_every_job_is_there_from_the_start() -> None:
    create_series({})
    for name in ("email", "invoice", "thumbnail"):
        assert read_value("job_exceptions_total", job_name=name) is not None


def test_a_success_is_timed_and_dated() -> None:
    job = Job("hello", "mail", interval_seconds=1, duration_seconds=0, failure_share=FixedShare(0))
    running: list[float | None] = []
    handle_job(job, 2.5, lambda _: running.append(read_value("job_in_progress", job_name="hello")))
    assert running == [1]
    assert read_value("job_in_progress", job_name="hello") == 0
    assert read_value("job_duration_seconds_count", job_name="hello") == 1
    assert read_value("job_wait_seconds_sum", job_name="hello") == 2.5
    assert (read_value("job_last_success_unixtime", job_name="hello") or 0) > 1.7e9


def test_a_failure_is_timed_and_counted_and_is_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: Job) -> None:
        raise JobError("out of paper")

    job = Job("letter", "mail", interval_seconds=1, duration_seconds=0, failure_share=FixedShare(1))
    handle_job(job, 0, fail)
    assert read_value("job_exceptions_total", job_name="letter") == 1
    assert read_value("job_duration_seconds_count", job_name="letter") == 1
    assert read_value("job_last_success_unixtime", job_name="letter") is None
    assert capsys.readouterr().out == "failed: out of paper\n"


def test_the_length_of_a_queue_is_read_when_asked() -> None:
    waiting: Queue = queue.Queue()
    create_series({"parcels": waiting})
    waiting.put((GREETING_JOB, 0))
    assert read_value("job_queue_length", queue="parcels") == 1


def test_a_share_is_spread_evenly() -> None:
    fails = FixedShare(0.25)
    assert [fails() for _ in range(8)] == [False, False, False, True] * 2
    always = FixedShare(1)
    assert all(always() for _ in range(5))
