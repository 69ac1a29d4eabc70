"""A batch job that pushes its metrics to a Pushgateway: `python -m demo.nightly_report`.

Each run has a registry of its own, as a process started by cron would: the pushed metrics describe
the last run only, so that `rate` and `increase` are meaningless. Use the value, or its age.
"""

import os
from collections.abc import Callable
from time import time

import click
import requests
from prometheus_client import CollectorRegistry, Counter, push_to_gateway, pushadd_to_gateway

from demo.faults import Faults, read_faults
from demo.job_metrics import create_job_metrics
from demo.stop_signal import StopSignal, install_stop_signal

JOB_NAME = "nightly_report"
RECORD_COUNT = 1_200
SECONDS = 1.5

INSTANCE = "report-1"
"""Part of the Pushgateway's grouping key. Not the host's name: a container has a new one after
every restart, and the Pushgateway never deletes a group."""


def run_once(work: Callable[[], int]) -> tuple[CollectorRegistry, bool]:
    """Do the work; return its metrics and whether it succeeded."""
    registry = CollectorRegistry()
    metrics = create_job_metrics(registry)
    exceptions = metrics.exceptions.labels(JOB_NAME)
    records = Counter(
        "job_records_processed_total",
        "Records the last run processed.",
        ["job_name"],
        registry=registry,
    ).labels(JOB_NAME)
    try:
        with metrics.duration.labels(JOB_NAME).time(), exceptions.count_exceptions():
            records.inc(work())
    except Exception as failure:
        click.echo(f"the run failed: {format_failure(failure)}")
        return registry, False
    metrics.last_success.labels(JOB_NAME).set(time())
    return registry, True


def push_metrics(registry: CollectorRegistry, succeeded: bool, gateway: str, job: str) -> bool:
    """Push a run's metrics; print one line if that fails.

    A failed run has no last success and must not delete the stored one: it adds to the group
    instead of replacing it.
    """
    send = push_to_gateway if succeeded else pushadd_to_gateway
    try:
        send(gateway, job, registry, grouping_key={"instance": INSTANCE}, timeout=5)
    except (OSError, ValueError) as failure:
        click.echo(f"could not push to {gateway}: {format_failure(failure)}")
        return False
    return True


def run_report(orders_url: str | None, stop: StopSignal) -> int:
    """Write the report, unless the fault `stuck_batch_job` keeps it waiting; count its records."""
    while fetch_faults(orders_url).stuck_batch_job:
        if stop.wait_for_stop(1):
            return 0
    stop.wait_for_stop(SECONDS)
    return RECORD_COUNT


def fetch_faults(orders_url: str | None) -> Faults:
    """Fetch the faults from the orders API; without one, read them from the environment."""
    if orders_url is None:
        return read_faults(os.environ)
    answer = requests.get(f"{orders_url}/demo/faults", timeout=5)
    answer.raise_for_status()
    return Faults.model_validate(answer.json())


def format_failure(failure: Exception) -> str:
    """Describe a failure without its traceback."""
    return " ".join(f"{type(failure).__name__}: {failure}".split())


@click.command()
@click.option("--every", type=click.FloatRange(min=1), help="Seconds between runs. Default: once.")
@click.option("--gateway", default="127.0.0.1:9091", show_default=True, help="The Pushgateway.")
@click.option("--job", default="nightly-report", show_default=True, help="Value of label job.")
@click.option("--orders-url", help="The orders API, which knows whether this job is to hang.")
def main(every: float | None, gateway: str, job: str, orders_url: str | None) -> None:
    """Write the nightly report and push its metrics."""
    stop = install_stop_signal()
    while True:
        registry, succeeded = run_once(lambda: run_report(orders_url, stop))
        if stop.requested:
            return
        pushed = push_metrics(registry, succeeded, gateway, job)
        if every is None:
            raise SystemExit(0 if succeeded and pushed else 1)
        if stop.wait_for_stop(every):
            return


if __name__ == "__main__":
    main()
