"""A page outlasts a restart of Prometheus within an outage, and rules that were just renamed.

An hour lasts two minutes here (`time_compression.py`); the server and its storage are real.
"""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.panels import Service
from tests.alerts.timelines import SERVICE
from tests.live.processes import HOST, ChildProcess, ChildProcesses, find_free_port, wait_until
from tests.live.prometheus_server import Prometheus
from tests.live.time_compression import compress_groups
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

pytestmark = pytest.mark.slow

SPEED_FACTOR = 30
INTERVAL = "500ms"
"""Of scraping and of evaluating: fifteen compressed seconds."""

HEALTHY_SECONDS = 12
DOWN_SECONDS = 4
"""Two compressed minutes without a Prometheus."""

FIRING_SECONDS = 6
STATE_TIMEOUT = 60
RENAMED = replace(SERVICE, name="checkout")


class Requests:
    """Counters of requests that grow by fifty a second, as good ones or as failed ones."""

    def __init__(self) -> None:
        self.is_failing = False
        self._counts = {"200": 0.0, "500": 0.0}
        self._time = time.monotonic()
        self._lock = threading.Lock()

    def render_exposition(self) -> str:
        """The metrics until now."""
        with self._lock:
            now = time.monotonic()
            self._counts["500" if self.is_failing else "200"] += 50 * (now - self._time)
            self._time = now
            labels = 'method="GET",endpoint="/orders"'
            lines = [
                f'http_requests_total{{{labels},http_status="{status}"}} {int(count)}'
                for status, count in self._counts.items()
            ]
        return "\n".join(["# TYPE http_requests_total counter", *lines, ""])


class Server:
    """A Prometheus that can be stopped, and started again over what it stored."""

    def __init__(
        self, children: ChildProcesses, program: str, target_port: int, service: Service
    ) -> None:
        self._children, self._program = children, program
        self._port = find_free_port()
        self._folder = children.folder
        self._numbers = itertools.count()
        self._child: ChildProcess | None = None
        self.client = Prometheus(f"http://{HOST}:{self._port}")
        configuration = {
            "global": {
                "scrape_interval": INTERVAL,
                "scrape_timeout": INTERVAL,
                "evaluation_interval": INTERVAL,
            },
            "rule_files": [str(self._rule_file)],
            "scrape_configs": [
                {
                    "job_name": "orders-api",
                    "static_configs": [{"targets": [f"{HOST}:{target_port}"]}],
                }
            ],
        }
        self._configuration_file.write_text(json.dumps(configuration))  # JSON is YAML
        self.write_rules(service)

    def write_rules(self, service: Service) -> None:
        """The rules of a service, for the next start."""
        groups = compress_groups(build_groups(rules_of(service), Addresses()), SPEED_FACTOR)
        self._rule_file.write_text(yaml.safe_dump({"groups": groups}))

    def start(self) -> None:
        """Start it; it stops with the children."""
        command = [
            self._program,
            f"--config.file={self._configuration_file}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address={HOST}:{self._port}",
            "--log.level=warn",
        ]
        self._child = self._children.start_process(f"prometheus-{next(self._numbers)}", command)
        self._child.wait_for_ports([self._port])
        self.client.wait_until_ready()

    def stop(self) -> None:
        """Stop it as a restart does, so that it writes down what it knows."""
        assert self._child
        self._child.terminate()
        self._child.process.wait(30)

    def is_paging(self, service: Service) -> bool:
        """Whether the page on the availability of a service fires now."""
        return bool(
            self.client.query(
                'ALERTS{alertname="ErrorBudgetBurn",severity="critical",alertstate="firing",'
                f'objective="availability",service="{service.slug}"}}'
            )
        )

    @property
    def _rule_file(self) -> Path:
        return self._folder / "service.rules.yaml"

    @property
    def _configuration_file(self) -> Path:
        return self._folder / "prometheus.yml"


@pytest.fixture
def failing_requests() -> Iterator[tuple[Requests, int]]:
    """The requests of a service, and the port that exposes them."""
    requests = Requests()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = requests.render_exposition().encode()
            self.send_response(200)
            self.send_header("content-type", "text/plain; version=0.0.4")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log no scrapes."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield requests, server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("version", PROMETHEUS_VERSIONS)
def test_a_page_outlasts_a_restart_and_a_new_name_of_the_rules(
    version: str, failing_requests: tuple[Requests, int], tmp_path: Path
) -> None:
    requests, port = failing_requests
    program = require_prometheus(version).prometheus
    with ChildProcesses(tmp_path) as children:
        server = Server(children, program, port, SERVICE)
        with closing(server.client):
            server.start()
            time.sleep(HEALTHY_SECONDS)
            assert not server.is_paging(SERVICE)
            requests.is_failing = True
            wait_for_page(server, SERVICE)
            server.stop()
            time.sleep(DOWN_SECONDS)
            server.start()
            wait_for_page(server, SERVICE)
            check_still_paging(server, SERVICE)
            server.stop()
            server.write_rules(RENAMED)
            server.start()
            wait_for_page(server, RENAMED)
            check_still_paging(server, RENAMED)


def wait_for_page(server: Server, service: Service) -> None:
    assert wait_until(lambda: server.is_paging(service), STATE_TIMEOUT, interval=0.25)


def check_still_paging(server: Server, service: Service) -> None:
    """It does not resolve while counters and recorded series have a gap behind them."""
    end_time = time.monotonic() + FIRING_SECONDS
    while time.monotonic() < end_time:
        assert server.is_paging(service)
        time.sleep(0.25)
