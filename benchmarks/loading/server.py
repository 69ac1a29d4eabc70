"""A Prometheus of our own on a loopback port, which scrapes nothing and is written to."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import requests

from benchmarks.loading import remote_write

Point = tuple[frozenset[tuple[str, str]], float]

HOST = "127.0.0.1"
PROGRAM = "prometheus"
CPU_METRIC = "process_cpu_seconds_total"
QUERY_TIMEOUT = 300
"""Seconds: a query may take as long as it takes, for this measures it."""

BLOCK_DURATION = "24h"
"""More than the history, so that all of it is where the last hours always are: in memory."""


def find_obstacle() -> str | None:
    """Why there can be no server here."""
    if shutil.which(PROGRAM):
        return None
    return f"{PROGRAM} is not installed: apt-get install {PROGRAM}"


@dataclass(frozen=True)
class Answer:
    """Series with their values, and what it took: seconds by the clock, samples that were read.

    A sample counts every time that a step of the query looks at it.
    """

    series: list[Any]
    seconds: float
    samples: int

    def list_points(self) -> dict[Point, float]:
        """Every value by its series and moment."""
        return {
            (frozenset(series["metric"].items()), at): float(value)
            for series in self.series
            for at, value in series.get("values") or [series["value"]]
        }


class PrometheusServer:
    """What answers."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def query_instant(self, expression: str, moment: int) -> Answer:
        """What an expression is at one moment."""
        return self._send_query("query", {"query": expression, "time": str(moment)})

    def query_range(self, expression: str, start: int, end: int, step: int) -> Answer:
        """What an expression is every `step` seconds."""
        times = {"start": str(start), "end": str(end), "step": str(step)}
        return self._send_query("query_range", {"query": expression, **times})

    def write_series(self, encoded_series: bytes) -> None:
        """Take these series in."""
        answer = self._session.post(
            f"{self._url}/api/v1/write",
            data=remote_write.encode_body(encoded_series),
            timeout=QUERY_TIMEOUT,
        )
        if not answer.ok:
            raise click.ClickException(f"{PROGRAM} refused series:\n{answer.text}")

    def read_cpu_seconds(self) -> float:
        """What it has computed since it started, as it says itself."""
        answer = self._session.get(f"{self._url}/metrics", timeout=QUERY_TIMEOUT)
        [line] = [line for line in answer.text.splitlines() if line.startswith(f"{CPU_METRIC} ")]
        return float(line.split()[1])

    def is_ready(self) -> bool:
        """Whether it answers at all."""
        try:
            return self._session.get(f"{self._url}/-/ready", timeout=1).ok
        except requests.RequestException:
            return False

    def _send_query(self, endpoint: str, parameters: Mapping[str, str]) -> Answer:
        address = f"{self._url}/api/v1/{endpoint}"
        started = time.perf_counter()
        answer = self._session.post(
            address, data={**parameters, "stats": "all"}, timeout=QUERY_TIMEOUT
        )
        seconds = time.perf_counter() - started
        if not answer.ok:
            raise click.ClickException(f"{parameters} failed:\n{answer.text}")
        data = answer.json()["data"]
        return Answer(data["result"], seconds, data["stats"]["samples"]["totalQueryableSamples"])


@contextmanager
def run_server() -> Iterator[PrometheusServer]:
    """A server with an empty store, gone with all it holds at the end."""
    with TemporaryDirectory(prefix="benchmark-") as name, socket.socket() as free:
        folder = Path(name)
        free.bind((HOST, 0))
        address = f"{HOST}:{free.getsockname()[1]}"
        free.close()
        (folder / "empty.yml").touch()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(_build_command(folder, address), stdout=log, stderr=log)
        try:
            server = PrometheusServer(f"http://{address}")
            patience = time.monotonic() + QUERY_TIMEOUT
            while not server.is_ready():
                if process.poll() is not None or time.monotonic() > patience:
                    raise click.ClickException((folder / "log").read_text("utf-8"))
                time.sleep(0.1)
            yield server
        finally:
            process.kill()
            process.wait()


def _build_command(folder: Path, address: str) -> list[str]:
    return [
        PROGRAM,
        f"--config.file={folder / 'empty.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--storage.tsdb.min-block-duration={BLOCK_DURATION}",
        f"--storage.tsdb.max-block-duration={BLOCK_DURATION}",
        f"--query.timeout={QUERY_TIMEOUT}s",
        "--web.enable-remote-write-receiver",
        f"--web.listen-address={address}",
        "--log.level=warn",
    ]
