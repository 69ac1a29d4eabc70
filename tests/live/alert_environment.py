"""The demo with time-compressed alert rules: real programs, faults and notifications."""

import dataclasses
import json
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import requests
import yaml

from demo.configuration import DEMO, write_alertmanager
from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.panels import Objectives, Service
from tests.live.alertmanager_server import Alertmanager, start_alert_log, start_alertmanager
from tests.live.load_generator import LoadGenerator, LoadTarget
from tests.live.processes import HOST, ChildProcess, ChildProcesses, find_free_port, find_free_ports
from tests.live.prometheus_server import Prometheus, start_pushgateway
from tests.live.time_compression import compress_duration, compress_groups
from tests.required_programs import require_program

SPEED_FACTOR = 30
"""An hour lasts two minutes, the five minutes of a rate ten seconds."""

SCRAPE_INTERVAL = "500ms"
HEALTHY_ENVIRONMENT = {"INDEXED": "1", "ERROR_SHARE": "0"}
JOB_AGE = 6.0
"""Seconds, not compressed: the report runs every two or three."""

BUSY_PER_SECOND = 12
CLIENTS = 6
QUIET_PER_SECOND = 2.2
"""Four requests a compressed minute: enough for the objectives' minimum rate."""

LIST_REQUESTS = ("GET /api/users/1", "GET /api/orders?user_id=1")
"""Every tenth list of orders is slow while the table has no index: 5 % of all requests."""

Alert = dict[str, Any]


def list_services() -> tuple[Service, ...]:
    """The demo's own services, with a report that is late soon, and a quiet second shop."""
    orders, worker, reports = runpy.run_path(str(DEMO.parent / "definitions" / "orders.py"))[
        "services"
    ]
    quiet = dataclasses.replace(orders, name="quiet", selector={"job": "quiet-api"})
    soon = dataclasses.replace(reports, objectives=Objectives(job_age=JOB_AGE))
    return orders, worker, soon, quiet


@dataclass
class AlertEnvironment:
    """All running programs, and methods to cause faults and remove them."""

    children: ChildProcesses
    ports: Mapping[str, int]
    prometheus: Prometheus
    alertmanager: Alertmanager
    alert_log: ChildProcess
    programs: dict[str, ChildProcess] = field(default_factory=dict)
    quiet_load: ExitStack = field(default_factory=ExitStack)

    def switch_faults(self, name: str, **faults: object) -> None:
        """Change the faults of an orders API."""
        with create_session() as client:
            url = f"http://{HOST}:{self.ports[name]}/demo/faults"
            client.post(url, json=faults, timeout=10).raise_for_status()

    def send_failing_requests(self, times: int) -> list[int]:
        """Make the next requests to the quiet shop fail, `times` of them; return their statuses."""
        self.quiet_load.close()
        self.switch_faults("quiet", error_share=1)
        with create_session() as client:
            url = f"http://{HOST}:{self.ports['quiet']}/api/users/1"
            statuses = [client.get(url, timeout=10).status_code for _ in range(times)]
        self.switch_faults("quiet", error_share=0)
        self.start_quiet_load()
        return statuses

    def start_quiet_load(self) -> None:
        """Start the low load of the quiet shop."""
        url = f"http://{HOST}:{self.ports['quiet']}"
        self.quiet_load.enter_context(
            LoadGenerator([LoadTarget(url, LIST_REQUESTS[:1], QUIET_PER_SECOND)])
        )

    def kill_program(self, name: str) -> None:
        """Kill a program."""
        self.programs[name].process.kill()
        self.programs[name].process.wait(10)

    def start_program(self, name: str) -> None:
        """Start a program, or start it again."""
        again = next(
            number for number in count() if not self._build_log_path(name, number).exists()
        )
        self.programs[name] = self.children.start_process(
            self._build_log_path(name, again).stem,
            self._build_command(name),
            environment=HEALTHY_ENVIRONMENT,
            working_folder=DEMO.parent,
        )

    def list_alerts(self) -> list[Alert]:
        """What is pending or firing in Prometheus."""
        with create_session() as client:
            answer = client.get(f"{self.prometheus.url}/api/v1/alerts", timeout=10)
            alerts: list[Alert] = answer.json()["data"]["alerts"]
            return alerts

    def read_alert_log(self) -> list[str]:
        """The lines of the demo's alert log."""
        return self.alert_log.log.read_text().splitlines()

    def _build_command(self, name: str) -> list[str]:
        if name == "report":
            gateway, orders = (f"{HOST}:{self.ports[name]}" for name in ("pushgateway", "orders-a"))
            options = ["--every=1", f"--gateway={gateway}", f"--orders-url=http://{orders}"]
            return [sys.executable, "-m", "demo.nightly_report", *options]
        module = "worker" if name == "worker" else "orders_api"
        options = [f"--host={HOST}", f"--port={self.ports[name]}"]
        return [sys.executable, "-m", f"demo.{module}", *options]

    def _build_log_path(self, name: str, number: int) -> Path:
        return self.children.folder / f"{name}-{number}.log"


@contextmanager
def run_alert_environment(folder: Path) -> Iterator[AlertEnvironment]:
    """Start all programs, healthy and under load, and wait until Prometheus has scraped them."""
    for name in ("prometheus", "prometheus-alertmanager", "prometheus-pushgateway"):
        require_program(name, name)
    with ChildProcesses(folder) as children:
        ports = {"pushgateway": start_pushgateway(children), "alert-log": find_free_port()}
        alert_log = start_alert_log(children, ports["alert-log"])
        configuration = _write_alertmanager_configuration(folder, ports)
        alertmanager = start_alertmanager(children, configuration)
        names = ("orders-a", "orders-b", "quiet", "worker", "prometheus")
        ports.update(zip(names, find_free_ports(len(names)), strict=True))
        prometheus = Prometheus(f"http://{HOST}:{ports['prometheus']}")
        environment = AlertEnvironment(children, ports, prometheus, alertmanager, alert_log)
        with closing(alertmanager), closing(prometheus):
            for name in ("orders-a", "orders-b", "quiet", "worker"):
                environment.start_program(name)
            for name, child in environment.programs.items():
                child.wait_for_ports([ports[name]])
            environment.start_program("report")
            _start_prometheus(environment)
            with LoadGenerator(_list_load_targets(ports)), environment.quiet_load:
                environment.start_quiet_load()
                yield environment


def create_session() -> requests.Session:
    """A session without a proxy."""
    session = requests.Session()
    session.trust_env = False
    return session


def _list_load_targets(ports: Mapping[str, int]) -> Iterator[LoadTarget]:
    """Several clients, so that a slow response does not delay the others' requests."""
    for name in ("orders-a", "orders-b"):
        for _ in range(CLIENTS):
            yield LoadTarget(
                f"http://{HOST}:{ports[name]}", LIST_REQUESTS, BUSY_PER_SECOND / CLIENTS
            )


def _start_prometheus(environment: AlertEnvironment) -> None:
    folder = environment.children.folder
    configuration = folder / "prometheus.yml"
    configuration.write_text(
        json.dumps(_build_prometheus_configuration(folder, environment), indent=2)
    )
    command = [
        require_program("prometheus", "prometheus"),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address={HOST}:{environment.ports['prometheus']}",
        "--log.level=warn",
    ]
    child = environment.children.start_process("prometheus", command)
    child.wait_for_ports([environment.ports["prometheus"]])
    environment.prometheus.wait_until_ready()


def _build_prometheus_configuration(folder: Path, environment: AlertEnvironment) -> dict[str, Any]:
    rules = folder / "rules"
    rules.mkdir()
    for service in list_services():
        compressed = compress_groups(
            build_groups(rules_of(service), Addresses("http://localhost:3000")), SPEED_FACTOR
        )
        (rules / f"{service.slug}.rules.yaml").write_text(yaml.safe_dump({"groups": compressed}))
    targets: dict[str, Sequence[str]] = {
        "orders-api": ("orders-a", "orders-b"),
        "quiet-api": ("quiet",),
        "orders-worker": ("worker",),
        "pushgateway": ("pushgateway",),
    }
    return {
        "global": {
            "scrape_interval": SCRAPE_INTERVAL,
            "scrape_timeout": SCRAPE_INTERVAL,
            "evaluation_interval": SCRAPE_INTERVAL,
        },
        "rule_files": [str(rules / "*.rules.yaml")],
        "alerting": {
            "alertmanagers": [
                {
                    "static_configs": [
                        {"targets": [environment.alertmanager.url.removeprefix("http://")]}
                    ]
                }
            ]
        },
        "scrape_configs": [
            {
                "job_name": job,
                "honor_labels": job == "pushgateway",
                "static_configs": [
                    {"targets": [f"{HOST}:{environment.ports[name]}" for name in names]}
                ],
            }
            for job, names in targets.items()
        ],
    }


def _write_alertmanager_configuration(folder: Path, ports: Mapping[str, int]) -> Path:
    """The demo's own configuration, with intervals compressed like the rules'."""
    path = write_alertmanager(folder, {"alert-log": f"{HOST}:{ports['alert-log']}"})
    configuration = yaml.safe_load(path.read_text())
    route = configuration["route"]
    for name in ("group_wait", "group_interval", "repeat_interval"):
        route[name] = compress_duration(route[name], SPEED_FACTOR)
    path.write_text(yaml.safe_dump(configuration))
    return path
