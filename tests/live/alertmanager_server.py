"""A real Alertmanager on a loopback port, and the demo's alert log behind it."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from demo.configuration import DEMO
from tests.live.processes import HOST, ChildProcess, ChildProcesses, find_free_port, wait_until
from tests.required_programs import require_program

TIMEOUT = (2, 10)


class Alertmanager:
    """A client of one Alertmanager."""

    def __init__(self, url: str) -> None:
        """Connect to the server at this address, never through a proxy."""
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def post_alerts(self, alerts: Sequence[Mapping[str, Any]]) -> None:
        """Send firing alerts, as Prometheus does."""
        answer = self._session.post(f"{self.url}/api/v2/alerts", json=alerts, timeout=TIMEOUT)
        answer.raise_for_status()

    def list_alerts(self) -> list[dict[str, Any]]:
        """Every alert with its state: active or suppressed."""
        alerts: list[dict[str, Any]] = self._fetch_json("alerts")
        return alerts

    def list_groups(self) -> list[dict[str, str]]:
        """The labels by which alerts were grouped, one set a group."""
        return [group["labels"] for group in self._fetch_json("alerts/groups")]

    def is_ready(self) -> bool:
        """Whether it answers yet."""
        return self._session.get(f"{self.url}/-/ready", timeout=TIMEOUT).ok

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _fetch_json(self, endpoint: str) -> Any:
        answer = self._session.get(f"{self.url}/api/v2/{endpoint}", timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()


def start_alertmanager(children: ChildProcesses, configuration: Path) -> Alertmanager:
    """Start an Alertmanager; it stops with the children."""
    port = find_free_port()
    command = [
        require_program("prometheus-alertmanager", "prometheus-alertmanager"),
        f"--config.file={configuration}",
        f"--storage.path={children.folder / 'alertmanager'}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    children.start_process("alertmanager", command).wait_for_ports([port])
    alertmanager = Alertmanager(f"http://{HOST}:{port}")
    assert wait_until(alertmanager.is_ready, timeout=30)
    return alertmanager


def start_alert_log(children: ChildProcesses, port: int) -> ChildProcess:
    """Start the demo's receiver of alerts; its log has one line an alert."""
    command = [sys.executable, "-m", "demo.alert_log", f"--host={HOST}", f"--port={port}"]
    child = children.start_process("alert-log", command, working_folder=DEMO.parent)
    child.wait_for_ports([port])
    return child
