"""Bounded load on loopback ports: one thread a target, a fixed rate, a fixed mix of requests."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from threading import Event, Thread
from typing import Self

import requests

from tailboard.publish.closeable import Closeable

TIMEOUT = (2, 5)
GENTLE_FRACTION = 1 / 3
ALLOWED_FAILURE_SHARE = 0.02
CLEAN_MIX = (
    "GET /ok",
    "GET /slow",
    "GET /items/1",
    "POST /items/1",
    "GET /missing-item",
    "GET /nowhere/1",
    "GET /health",
    "GET /ok",
    "GET /items/2",
    "GET /ok",
    "POST /items/2",
    "GET /slow",
    "GET /ok",
    "GET /items/3",
)
BUSY_MIX = ("GET /fail", "GET /boom", *CLEAN_MIX)


class LoadError(Exception):
    """Too many requests got no response."""


@dataclass
class LoadTarget:
    """One app under load, and the counts of its requests."""

    url: str
    mix: Sequence[str]
    per_second: float
    answered_count: int = 0
    unanswered_count: int = 0
    last_error: str = ""


class LoadGenerator(Closeable):
    """Sends requests to all targets at the same time, until stopped."""

    def __init__(self, targets: Iterable[LoadTarget]) -> None:
        """Prepare one thread a target."""
        self._targets = list(targets)
        self._pace = 1.0
        self._active = Event()
        self._active.set()
        self._stop = Event()
        self._threads = [
            Thread(target=self._send_requests, args=(target,), name=target.url, daemon=True)
            for target in self._targets
        ]

    def run_load(self, seconds: float) -> None:
        """Wait while the full load runs; raise if too many requests got no response."""
        self._stop.wait(seconds)
        for target in self._targets:
            if target.unanswered_count > ALLOWED_FAILURE_SHARE * target.answered_count:
                counts = f"{target.unanswered_count} unanswered, {target.answered_count} answered"
                raise LoadError(f"{target.url}: {counts}; last error: {target.last_error}")

    def reduce_load(self) -> None:
        """Go on at a third of the rate, which leaves the machine free for other work."""
        self._pace = GENTLE_FRACTION

    def pause_load(self) -> None:
        """Send no more requests until the load is resumed."""
        self._active.clear()

    def resume_load(self) -> None:
        """Go on after a pause."""
        self._active.set()

    def close(self) -> None:
        """End all threads and wait for the requests under way."""
        self._stop.set()
        self._active.set()
        for thread in self._threads:
            thread.join(timeout=sum(TIMEOUT))

    def __enter__(self) -> Self:
        """Start the load."""
        for thread in self._threads:
            thread.start()
        return self

    def _send_requests(self, target: LoadTarget) -> None:
        """Send the mix over and over; a late response does not lower the rate."""
        due = time.monotonic()
        with requests.Session() as session:
            session.trust_env = False
            for step in cycle(target.mix):
                self._stop.wait(max(0.0, due - time.monotonic()))
                self._active.wait()
                if self._stop.is_set():
                    return
                _send_request(session, target, step)
                due = max(due, time.monotonic() - 1) + 1 / (target.per_second * self._pace)


def _send_request(session: requests.Session, target: LoadTarget, step: str) -> None:
    """Send one request; any response counts as answered."""
    method, _, path = step.partition(" ")
    try:
        session.request(method, target.url + path, timeout=TIMEOUT)
    except requests.RequestException as error:
        target.unanswered_count += 1
        target.last_error = str(error)
    else:
        target.answered_count += 1
