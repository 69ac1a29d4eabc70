"""The batch job that pushes."""

import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import requests
from prometheus_client import CollectorRegistry, generate_latest

from demo.nightly_report import NAME, current_faults, push, run_once
from tests.demo.running_shop import RunningShop, samples
from tests.needs import needs

PUSHED = {
    "job_duration_seconds_bucket",
    "job_duration_seconds_count",
    "job_duration_seconds_sum",
    "job_exceptions_total",
    "job_records_processed_total",
}


def fail() -> int:
    """Fail like a report without a database."""
    raise ConnectionError("no database\ntoday")


def exposed(registry: CollectorRegistry) -> dict[str, float]:
    """Return samples by name; every one must belong to the report."""
    found = samples(generate_latest(registry).decode())
    assert all(("job_name", NAME) in labels for _, labels in found)
    return {name: value for (name, _), value in found.items()}


def test_a_run_that_went_well_exposes_its_names() -> None:
    registry, succeeded = run_once(lambda: 42)
    found = exposed(registry)
    assert succeeded
    assert set(found) == PUSHED | {"job_last_success_unixtime"}
    assert found["job_records_processed_total"] == 42
    assert found["job_exceptions_total"] == 0


def test_a_run_that_failed_says_so_in_one_line_and_knows_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    registry, succeeded = run_once(fail)
    found = exposed(registry)
    assert not succeeded
    assert set(found) == PUSHED
    assert found["job_exceptions_total"] == 1
    assert capsys.readouterr().out == "the run failed: ConnectionError: no database today\n"


def test_a_push_that_fails_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    registry, succeeded = run_once(lambda: 1)
    assert not push(registry, succeeded, "127.0.0.1:1", "nightly-report")
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("could not push to 127.0.0.1:1: ")
    assert "Connection refused" in line


def test_the_api_says_whether_the_report_is_stuck(shop: RunningShop) -> None:
    shop.switch(stuck_batch_job=True)
    assert current_faults(shop.url).stuck_batch_job


def test_without_an_api_the_environment_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUCK_BATCH_JOB", "1")
    assert current_faults(None).stuck_batch_job


@pytest.fixture
def pushgateway() -> Iterator[str]:
    """Run a Pushgateway and return its address."""
    program = needs("prometheus-pushgateway", "prometheus-pushgateway")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [program, f"--web.listen-address={address}", "--persistence.file="],
        stderr=subprocess.DEVNULL,
    )
    try:
        while requests_fail(address):
            assert process.poll() is None
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def requests_fail(address: str) -> bool:
    """Tell whether the Pushgateway is still starting."""
    try:
        return not requests.get(f"http://{address}/-/ready", timeout=5).ok
    except requests.ConnectionError:
        return True


def test_a_failed_run_does_not_wipe_out_the_last_success(pushgateway: str) -> None:
    assert push(*run_once(lambda: 42), pushgateway, "nightly-report")
    good = scraped(pushgateway)
    assert push(*run_once(fail), pushgateway, "nightly-report")
    bad = scraped(pushgateway)
    success, failures = f"job_last_success_unixtime:{NAME}", f"job_exceptions_total:{NAME}"
    assert bad[success] == good[success] > 0
    assert (good[failures], bad[failures]) == (0, 1)


def scraped(address: str) -> dict[str, float]:
    """Return what the Pushgateway exposes of the report's group."""
    text = requests.get(f"http://{address}/metrics", timeout=5).text
    group = {("job", "nightly-report"), ("instance", "report-1")}
    return {
        f"{name}:{dict(labels).get('job_name')}": value
        for (name, labels), value in samples(text).items()
        if group <= labels
    }
