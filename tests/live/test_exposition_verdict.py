"""Generated expositions: what Prometheus takes is read here, and what it refuses is refused."""

import io
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST_2_0, generate_latest

from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.exposition import read_exposition
from tailboard.publish.errors import TailboardError
from tests.live.generated_expositions import (
    GeneratedExposition,
    generate_expositions,
)
from tests.live.processes import HOST, ChildProcesses, find_free_port, wait_until
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

COUNT = 400


@contextmanager
def serve_expositions(expositions: Sequence[GeneratedExposition]) -> Iterator[int]:
    """Answer `/0`, `/1`, … with them, on a port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content_type, body = expositions[int(self.path[1:])]
            self.send_response(200)
            if content_type:
                self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 500

        def handle_error(self, *_: object) -> None:
            """A scrape that was given up is tried again."""

    with Server((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def ask_prometheus(
    prometheus: str, expositions: Sequence[GeneratedExposition], folder: Path, *flags: str
) -> list[str]:
    """Why a real Prometheus with these flags refuses each; empty where it takes it."""
    port = find_free_port()
    with serve_expositions(expositions) as target_port, ChildProcesses(folder) as children:
        paths = [
            {
                "targets": [f"{HOST}:{target_port}"],
                "labels": {"__metrics_path__": f"/{number}", "number": str(number)},
            }
            for number in range(len(expositions))
        ]
        config = {
            "global": {"scrape_interval": "5s", "scrape_timeout": "4s"},
            "scrape_configs": [{"job_name": "generated", "static_configs": paths}],
        }
        (folder / "prometheus.yml").write_text(json.dumps(config))
        command = [
            prometheus,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={HOST}:{port}",
            *flags,
        ]
        children.start_process("prometheus", command).wait_for_ports([port])

        def list_targets() -> list[dict[str, Any]]:
            answer = requests.get(f"http://{HOST}:{port}/api/v1/targets", timeout=10)
            targets: list[dict[str, Any]] = (
                answer.json()["data"]["activeTargets"] if answer.ok else []
            )
            return [
                target
                for target in targets
                if target["health"] != "unknown" and "deadline" not in target["lastError"]
            ]

        assert wait_until(lambda: len(list_targets()) == len(expositions), 120, interval=0.5)
        errors = {int(target["labels"]["number"]): target["lastError"] for target in list_targets()}
        return [errors[number] for number in range(len(expositions))]


def find_refusing_versions(exposition: GeneratedExposition) -> set[str] | None:
    """Which versions of Prometheus refuse it, as tailboard says; None where it is an error."""
    catalogue = Catalogue()
    try:
        read_exposition(
            io.BytesIO(exposition.body),  # its lines end with a line feed only
            catalogue,
            "app",
            exposition.content_type,
        )
    except TailboardError:
        return None
    if catalogue.refusals:
        return {"2", "3"}
    prefix = "app: Prometheus "
    return {note.removeprefix(prefix)[0] for note in catalogue.notes if note.startswith(prefix)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("version", PROMETHEUS_VERSIONS)
def test_what_prometheus_refuses_is_refused_and_nothing_else(
    version: str, seed: int, tmp_path: Path
) -> None:
    expositions = [*generate_expositions(seed, COUNT)]
    reasons = ask_prometheus(require_prometheus(version).prometheus, expositions, tmp_path)
    assert 100 < sum(map(bool, reasons)) < len(reasons) - 100
    verdicts = [find_refusing_versions(exposition) for exposition in expositions]
    wrong = [
        (exposition, reason)
        for exposition, reason, versions in zip(expositions, reasons, verdicts, strict=True)
        if versions is not None and bool(reason) != (version in versions)
    ]
    assert wrong == []


def build_openmetrics_2() -> GeneratedExposition:
    """What prometheus-client writes as OpenMetrics 2.0."""
    registry = CollectorRegistry()
    Counter("orders", "All orders.", ["kind"], registry=registry).labels('a"\\\nb').inc(3)
    Histogram("took_seconds", "Durations.", registry=registry).observe(0.2)
    Gauge("waiting", "Orders that wait.", registry=registry).set(2)
    body = generate_latest(registry, version="2.0.0")  # type: ignore[no-untyped-call]
    return GeneratedExposition(CONTENT_TYPE_LATEST_2_0, body)


@pytest.mark.slow
def test_openmetrics_2_is_taken_by_servers_that_are_told_to_and_by_older_ones(
    tmp_path: Path,
) -> None:
    exposition = build_openmetrics_2()
    reasons = {}
    for version, flags in (("2", []), ("3", []), ("3", ["--enable-feature=openmetrics2"])):
        folder = tmp_path / f"{version}{len(flags)}"
        folder.mkdir()
        prometheus = require_prometheus(version).prometheus
        reasons[folder.name] = ask_prometheus(prometheus, [exposition], folder, *flags)[0]
    assert reasons["20"] == ""
    assert "openmetrics2 feature flag" in reasons["30"]
    assert reasons["31"] == ""
    assert find_refusing_versions(exposition) == {"3"}
