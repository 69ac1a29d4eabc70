"""A Prometheus on a loopback port that scrapes nothing and accepts remote write."""

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
"""Seconds; long, since the duration of queries is what is measured."""

BLOCK_DURATION = "24h"
"""Longer than the history, so that all of it is in the head block: in memory."""


def find_obstacle() -> str | None:
    """Why no server can be started here, or an empty text."""
    if shutil.which(PROGRAM):
        return None
    return f"{PROGRAM} is not installed: apt-get install {PROGRAM}"


@dataclass(frozen=True)
class Answer:
    """The result of a query, and its cost: wall-clock seconds, samples that were read.

    A sample counts again for every step of the query that reads it.
    """

    series: list[Any]
    seconds: float
    samples: int

    def list_points(self) -> dict[Point, float]:
        """Every value by its series and time."""
        return {
            (frozenset(series["metric"].items()), at): float(value)
            for series in self.series
            for at, value in series.get("values") or [series["value"]]
        }


class PrometheusServer:
    """A client of the server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def url(self) -> str:
        """Its address."""
        return self._url

    def query_instant(self, expression: str, moment: int) -> Answer:
        """Evaluate an expression at one time."""
        return self._send_query("query", {"query": expression, "time": str(moment)})

    def query_range(self, expression: str, start: int, end: int, step: int) -> Answer:
        """Evaluate an expression every `step` seconds."""
        times = {"start": str(start), "end": str(end), "step": str(step)}
        return self._send_query("query_range", {"query": expression, **times})

    def write_series(self, encoded_series: bytes) -> None:
        """Send series by remote write."""
        answer = self._session.post(
            f"{self._url}/api/v1/write",
            data=remote_write.encode_body(encoded_series),
            timeout=QUERY_TIMEOUT,
        )
        if not answer.ok:
            raise click.ClickException(f"{PROGRAM} refused series:\n{answer.text}")

    def read_cpu_seconds(self) -> float:
        """The server's CPU seconds since its start, from its own metrics."""
        answer = self._session.get(f"{self._url}/metrics", timeout=QUERY_TIMEOUT)
        [line] = [line for line in answer.text.splitlines() if line.startswith(f"{CPU_METRIC} ")]
        return float(line.split()[1])

    def is_ready(self) -> bool:
        """Whether the server answers."""
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
def run_server(block_duration: str = BLOCK_DURATION) -> Iterator[PrometheusServer]:
    """A server with an empty store, which is deleted at the end."""
    with TemporaryDirectory(prefix="benchmark-") as name, socket.socket() as free:
        folder = Path(name)
        free.bind((HOST, 0))
        address = f"{HOST}:{free.getsockname()[1]}"
        free.close()
        (folder / "empty.yml").touch()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                _build_command(folder, address, block_duration), stdout=log, stderr=log
            )
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


def _build_command(folder: Path, address: str, block_duration: str) -> list[str]:
    return [
        PROGRAM,
        f"--config.file={folder / 'empty.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--storage.tsdb.min-block-duration={block_duration}",
        f"--storage.tsdb.max-block-duration={block_duration}",
        f"--query.timeout={QUERY_TIMEOUT}s",
        "--web.enable-remote-write-receiver",
        f"--web.listen-address={address}",
        "--log.level=warn",
    ]
