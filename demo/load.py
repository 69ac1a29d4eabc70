"""Bounded load for the orders API: `python -m demo.load --rate 20 --seconds 60`.

Requests are sent on schedule, without waiting for the responses to earlier ones: else a slow
response would lower the rate and hide its own effect (coordinated omission). Only this machine may
be loaded, or the one host that `LOAD_ALLOWED_HOST` names.
"""

import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from time import monotonic
from urllib.parse import urlsplit

import click
import requests
from requests.adapters import HTTPAdapter

from demo.stop_signal import StopSignal, install_stop_signal
from demo.traffic import Call, generate_calls

MAX_CONCURRENT_REQUESTS = 32


class LoadResults:
    """The responses: their count by status, and their durations."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.total_seconds = 0.0
        self.lock = threading.Lock()

    def add_response(self, status: str, seconds: float) -> bool:
        """Add one response; return whether it is the first of its status."""
        with self.lock:
            self.statuses[status] += 1
            self.total_seconds += seconds
            return self.statuses[status] == 1

    def __str__(self) -> str:
        answers = self.statuses.total()
        mean = self.total_seconds / answers * 1000 if answers else 0
        by_status = ", ".join(f"{self.statuses[name]} x {name}" for name in sorted(self.statuses))
        return f"{answers} requests ({by_status or 'none'}), {mean:.0f} ms on average"


def is_demo_api(url: str) -> bool:
    """Whether a URL leads to this machine or to the host that the environment allows."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        return False
    if host in {"localhost", os.environ.get("LOAD_ALLOWED_HOST")}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def open_session() -> requests.Session:
    """Open a session that keeps its connections and uses no proxy."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(pool_maxsize=MAX_CONCURRENT_REQUESTS))
    return session


def send_call(session: requests.Session, url: str, call: Call, results: LoadResults) -> None:
    """Send one request and add its result."""
    start = monotonic()
    try:
        answer = session.request(
            call.method, url + call.path, json=call.body, timeout=15, allow_redirects=False
        )
        status = str(answer.status_code)
    except requests.RequestException as failure:
        status = type(failure).__name__
    if results.add_response(status, monotonic() - start) and not status.isdigit():
        click.echo(f"no answer from {url}: {status}")


def generate_load(url: str, rate: float, seconds: float, stop: StopSignal) -> LoadResults:
    """Send `rate` requests a second for `seconds`, or until stopped if that is 0."""
    results = LoadResults()
    places = threading.Semaphore(MAX_CONCURRENT_REQUESTS)
    start = monotonic()
    with open_session() as session, ThreadPoolExecutor(MAX_CONCURRENT_REQUESTS) as pool:
        for number, call in enumerate(generate_calls()):
            due = number / rate
            if stop.wait_for_stop(max(0.0, start + due - monotonic())) or 0 < seconds <= due:
                return results
            if not places.acquire(blocking=False):
                results.add_response("not sent", 0)
                continue
            answer = pool.submit(send_call, session, url, call, results)
            answer.add_done_callback(lambda _: places.release())
    raise AssertionError("traffic() never ends")


@click.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True)
@click.option("--rate", type=click.FloatRange(0.1, 100), default=20, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=0), default=60, show_default=True)
def main(url: str, rate: float, seconds: float) -> None:
    """Send mixed traffic to the orders API. 0 seconds means until stopped."""
    if not is_demo_api(url):
        raise click.BadParameter(f"{url} is not on this machine", param_hint="--url")
    click.echo(generate_load(url.rstrip("/"), rate, seconds, install_stop_signal()))


if __name__ == "__main__":
    main()
