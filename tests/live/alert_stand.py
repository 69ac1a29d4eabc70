"""The demo with its alerts in a hurry: real programs, real faults, real notifications."""

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
from tailboard.alerts.groups import Addresses, build_groups
from tailboard.panels import Objectives, Service
from tests.needs import needs

from .alertmanager_server import Alertmanager, start_alert_log, start_alertmanager
from .hurried import hurried, hurried_duration
from .load import Load, Target
from .processes import HOST, Child, Children, free_port, free_ports
from .prometheus_server import Prometheus, start_pushgateway

FACTOR = 30
"""An hour lasts two minutes, the five minutes of a rate ten seconds."""

EVERY = "500ms"
HEALTHY = {"INDEXED": "1", "ERROR_SHARE": "0"}
JOB_AGE = 6.0
"""Seconds, not hurried: the report runs every two or three."""

BUSY_PER_SECOND = 12
CLIENTS = 6
QUIET_PER_SECOND = 2.2
"""Per minute of those that are hurried four requests: enough for the objectives' minimum."""

LISTS = ("GET /api/users/1", "GET /api/orders?user_id=1")
"""Of the lists of orders every tenth is slow while the table has no index: 5 % of everything."""

Alert = dict[str, Any]


def shop() -> tuple[Service, ...]:
    """The demo's own definitions, with a report that is soon late, and a quiet second shop."""
    orders, worker, reports = runpy.run_path(str(DEMO.parent / "definitions" / "orders.py"))[
        "services"
    ]
    quiet = dataclasses.replace(orders, name="quiet", selector={"job": "quiet-api"})
    soon = dataclasses.replace(reports, objectives=Objectives(job_age=JOB_AGE))
    return orders, worker, soon, quiet


@dataclass
class Stand:
    """Everything that runs, and how to break and mend it."""

    children: Children
    ports: Mapping[str, int]
    prometheus: Prometheus
    alertmanager: Alertmanager
    alert_log: Child
    programs: dict[str, Child] = field(default_factory=dict)
    quiet_load: ExitStack = field(default_factory=ExitStack)

    def switch(self, name: str, **faults: object) -> None:
        """Change the faults of an orders API."""
        with session() as client:
            url = f"http://{HOST}:{self.ports[name]}/demo/faults"
            client.post(url, json=faults, timeout=10).raise_for_status()

    def fail(self, times: int) -> list[int]:
        """Let so many requests to the quiet shop fail, and no others; return their statuses."""
        self.quiet_load.close()
        self.switch("quiet", error_share=1)
        with session() as client:
            url = f"http://{HOST}:{self.ports['quiet']}/api/users/1"
            statuses = [client.get(url, timeout=10).status_code for _ in range(times)]
        self.switch("quiet", error_share=0)
        self.load_quietly()
        return statuses

    def load_quietly(self) -> None:
        """Send the quiet shop its few requests."""
        url = f"http://{HOST}:{self.ports['quiet']}"
        self.quiet_load.enter_context(Load([Target(url, LISTS[:1], QUIET_PER_SECOND)]))

    def kill(self, name: str) -> None:
        """End a program at once."""
        self.programs[name].process.kill()
        self.programs[name].process.wait(10)

    def start(self, name: str) -> None:
        """Start a program, or start it again."""
        again = next(number for number in count() if not self._log(name, number).exists())
        self.programs[name] = self.children.start(
            self._log(name, again).stem,
            self._command(name),
            environment=HEALTHY,
            working_folder=DEMO.parent,
        )

    def alerts(self) -> list[Alert]:
        """What is pending or firing in Prometheus."""
        with session() as client:
            answer = client.get(f"{self.prometheus.url}/api/v1/alerts", timeout=10)
            found: list[Alert] = answer.json()["data"]["alerts"]
            return found

    def told(self) -> list[str]:
        """The lines of the demo's alert log."""
        return self.alert_log.log.read_text().splitlines()

    def _command(self, name: str) -> list[str]:
        if name == "report":
            gateway, orders = (f"{HOST}:{self.ports[it]}" for it in ("pushgateway", "orders-a"))
            options = ["--every=1", f"--gateway={gateway}", f"--orders-url=http://{orders}"]
            return [sys.executable, "-m", "demo.nightly_report", *options]
        module = "worker" if name == "worker" else "orders_api"
        options = [f"--host={HOST}", f"--port={self.ports[name]}"]
        return [sys.executable, "-m", f"demo.{module}", *options]

    def _log(self, name: str, number: int) -> Path:
        return self.children.folder / f"{name}-{number}.log"


@contextmanager
def alert_stand(folder: Path) -> Iterator[Stand]:
    """Start everything in good health and under load, and wait until Prometheus sees it."""
    for name in ("prometheus", "prometheus-alertmanager", "prometheus-pushgateway"):
        needs(name, name)
    with Children(folder) as children:
        ports = {"pushgateway": start_pushgateway(children), "alert-log": free_port()}
        alert_log = start_alert_log(children, ports["alert-log"])
        configuration = _alertmanager_configuration(folder, ports)
        alertmanager = start_alertmanager(children, configuration)
        names = ("orders-a", "orders-b", "quiet", "worker", "prometheus")
        ports.update(zip(names, free_ports(len(names)), strict=True))
        prometheus = Prometheus(f"http://{HOST}:{ports['prometheus']}")
        stand = Stand(children, ports, prometheus, alertmanager, alert_log)
        with closing(alertmanager), closing(prometheus):
            for name in ("orders-a", "orders-b", "quiet", "worker"):
                stand.start(name)
            for name, child in stand.programs.items():
                child.wait_for_ports([ports[name]])
            stand.start("report")
            _start_prometheus(stand)
            with Load(_load(ports)), stand.quiet_load:
                stand.load_quietly()
                yield stand


def session() -> requests.Session:
    """A session that asks no proxy."""
    made = requests.Session()
    made.trust_env = False
    return made


def _load(ports: Mapping[str, int]) -> Iterator[Target]:
    """Several clients: a slow answer must not keep the others from asking."""
    for name in ("orders-a", "orders-b"):
        for _ in range(CLIENTS):
            yield Target(f"http://{HOST}:{ports[name]}", LISTS, BUSY_PER_SECOND / CLIENTS)


def _start_prometheus(stand: Stand) -> None:
    folder = stand.children.folder
    configuration = folder / "prometheus.yml"
    configuration.write_text(json.dumps(_prometheus_configuration(folder, stand), indent=2))
    command = [
        needs("prometheus", "prometheus"),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address={HOST}:{stand.ports['prometheus']}",
        "--log.level=warn",
    ]
    child = stand.children.start("prometheus", command)
    child.wait_for_ports([stand.ports["prometheus"]])
    stand.prometheus.wait_until_ready()


def _prometheus_configuration(folder: Path, stand: Stand) -> dict[str, Any]:
    rules = folder / "rules"
    rules.mkdir()
    for service in shop():
        made = hurried(build_groups(rules_of(service), Addresses()), FACTOR)
        (rules / f"{service.slug}.rules.yaml").write_text(yaml.safe_dump({"groups": made}))
    targets: dict[str, Sequence[str]] = {
        "orders-api": ("orders-a", "orders-b"),
        "quiet-api": ("quiet",),
        "orders-worker": ("worker",),
        "pushgateway": ("pushgateway",),
    }
    return {
        "global": {
            "scrape_interval": EVERY,
            "scrape_timeout": EVERY,
            "evaluation_interval": EVERY,
        },
        "rule_files": [str(rules / "*.rules.yaml")],
        "alerting": {
            "alertmanagers": [
                {"static_configs": [{"targets": [stand.alertmanager.url.removeprefix("http://")]}]}
            ]
        },
        "scrape_configs": [
            {
                "job_name": job,
                "honor_labels": job == "pushgateway",
                "static_configs": [{"targets": [f"{HOST}:{stand.ports[it]}" for it in names]}],
            }
            for job, names in targets.items()
        ],
    }


def _alertmanager_configuration(folder: Path, ports: Mapping[str, int]) -> Path:
    """The demo's own, as hurried as the rules."""
    written = write_alertmanager(folder, {"alert-log": f"{HOST}:{ports['alert-log']}"})
    configuration = yaml.safe_load(written.read_text())
    route = configuration["route"]
    for name in ("group_wait", "group_interval", "repeat_interval"):
        route[name] = hurried_duration(route[name], FACTOR)
    written.write_text(yaml.safe_dump(configuration))
    return written
