"""The batch job that pushes."""

import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import requests
from prometheus_client import CollectorRegistry, generate_latest

from demo.nightly_report import JOB_NAME, fetch_faults, push_metrics, run_once
from tests.demo.orders_api_client import OrdersApiClient, parse_samples
from tests.required_programs import require_program

PUSHED = {
    "job_duration_seconds_bucket",
    "job_duration_seconds_count",
    "job_duration_seconds_sum",
    "job_exceptions_total",
    "job_records_processed_total",
}


def raise_connection_error() -> int:
    """Fail like a report without a database."""
    raise ConnectionError("no database\ntoday")


def read_exposed_samples(registry: CollectorRegistry) -> dict[str, float]:
    """Return samples by name; every one must belong to the report."""
    samples_by_labels = parse_samples(generate_latest(registry).decode())
    assert all(("job_name", JOB_NAME) in labels for _, labels in samples_by_labels)
    return {name: value for (name, _), value in samples_by_labels.items()}


def test_a_run_that_went_well_exposes_its_names() -> None:
    registry, succeeded = run_once(lambda: 42)
    values = read_exposed_samples(registry)
    assert succeeded
    assert set(values) == PUSHED | {"job_last_success_unixtime"}
    assert values["job_records_processed_total"] == 42
    assert values["job_exceptions_total"] == 0


def test_a_run_that_failed_says_so_in_one_line_and_knows_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    registry, succeeded = run_once(raise_connection_error)
    values = read_exposed_samples(registry)
    assert not succeeded
    assert set(values) == PUSHED
    assert values["job_exceptions_total"] == 1
    assert capsys.readouterr().out == "the run failed: ConnectionError: no database today\n"


def test_a_push_that_fails_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    registry, succeeded = run_once(lambda: 1)
    assert not push_metrics(registry, succeeded, "127.0.0.1:1", "nightly-report")
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("could not push to 127.0.0.1:1: ")
    assert "Connection refused" in line


def test_the_api_says_whether_the_report_is_stuck(orders_api: OrdersApiClient) -> None:
    orders_api.switch_faults(stuck_batch_job=True)
    assert fetch_faults(orders_api.url).stuck_batch_job


def test_without_an_api_the_environment_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUCK_BATCH_JOB", "1")
    assert fetch_faults(None).stuck_batch_job


@pytest.fixture
def pushgateway() -> Iterator[str]:
    """Run a Pushgateway and return its address."""
    program = require_program("prometheus-pushgateway", "prometheus-pushgateway")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [program, f"--web.listen-address={address}", "--persistence.file="],
        stderr=subprocess.DEVNULL,
    )
    try:
        while is_starting(address):
            assert process.poll() is None
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def is_starting(address: str) -> bool:
    """Tell whether the Pushgateway is still starting."""
    try:
        return not requests.get(f"http://{address}/-/ready", timeout=5).ok
    except requests.ConnectionError:
        return True


def test_a_failed_run_does_not_wipe_out_the_last_success(pushgateway: str) -> None:
    assert push_metrics(*run_once(lambda: 42), pushgateway, "nightly-report")
    good = scrape_pushgateway(pushgateway)
    assert push_metrics(*run_once(raise_connection_error), pushgateway, "nightly-report")
    bad = scrape_pushgateway(pushgateway)
    success, failures = f"job_last_success_unixtime:{JOB_NAME}", f"job_exceptions_total:{JOB_NAME}"
    assert bad[success] == good[success] > 0
    assert (good[failures], bad[failures]) == (0, 1)


def scrape_pushgateway(address: str) -> dict[str, float]:
    """Return what the Pushgateway exposes of the report's group."""
    text = requests.get(f"http://{address}/metrics", timeout=5).text
    group = {("job", "nightly-report"), ("instance", "report-1")}
    return {
        f"{name}:{dict(labels).get('job_name')}": value
        for (name, labels), value in parse_samples(text).items()
        if group <= labels
    }
