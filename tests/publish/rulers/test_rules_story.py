"""The story of a service: dashboards and rules in one run, on a real Grafana and Prometheus.

An objective changes, the plan says so for the panel and for the alert; an alert fires through
Grafana's own rules on real data; a rollback puts everything back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.grafana.conftest import real_grafana
from tests.grafana.real_grafana import RealGrafana
from tests.live.processes import HOST, ChildProcesses, find_free_port, wait_until
from tests.prometheus_programs import require_prometheus
from tests.publish.grafana.publisher import read_run_name
from tests.publish.rulers.conftest import clear_environment
from tests.workspace import CommandResult, Workspace

__all__ = ["real_grafana"]

DATA_SOURCE = "story-prometheus"
FIRING_SECONDS = 240
DEFINITION = """
from tailboard import Objectives, Service
from tailboard.alerts import AlertRule, rules_of
from tailboard.dashboards.library import build_service_dashboards
from tailboard.panels.conventions import PROMETHEUS_CLIENT

ORDERS = Service(
    "orders",
    selector={{"job": "orders-api"}},
    convention=PROMETHEUS_CLIENT,
    objectives=Objectives(latency={{0.99: {latency}}}),
)
dashboards = list(build_service_dashboards(ORDERS))
rules = rules_of(ORDERS).add(
    AlertRule(
        name="AlwaysFiring",
        expression='sum(up{{job="orders-api"}}) >= 1',
        severity="warning",
        signal="up",
        lasting="0s",
        summary="{{{{ humanize $value }}}} instances are up",
        description="Look at nothing: this is the story of a test.",
    )
)
"""
CONFIGURATION = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{folder}/*.rules.yaml"]
scrape_configs:
- job_name: orders-api
  static_configs: [{{targets: ["{host}:{port}"]}}]
"""
SETTINGS = """
owner = "story"

[targets.grafana]
grafana_url = "{grafana}"
grafana_folder = "Story"
rules = "grafana"
data_source = "{data_source}"

[targets.prometheus]
rules = "file"
rules_path = "{folder}"
rules_url = "{prometheus}"
"""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Story:
    """Somebody with a Grafana, a Prometheus, and a service that is declared for both."""

    workspace: Workspace
    grafana: RealGrafana
    prometheus_url: str
    rules_path: Path

    def declare_service(self, latency: float) -> None:
        """Declare the service with an objective."""
        self.workspace.write_file("orders.py", DEFINITION.format(latency=latency))

    def run(self, command: str, *arguments: str) -> CommandResult:
        """Run a command for both targets, which has to end well."""
        targets = ("--target", "grafana", "--target", "prometheus")
        result = self.workspace.run_tailboard(command, *arguments, *targets)
        assert result.exit_code == 0, result.output
        return result

    def read_state(self) -> dict[str, Any]:
        """All that is stored: queries of dashboards, rules of Grafana, the rule file."""
        path = self.rules_path / "story.rules.yaml"
        grafana_rules = self.grafana.send_request(
            "GET", "/api/convert/prometheus/config/v1/rules/story"
        )
        dashboards = self.grafana.send_request("GET", "/api/search?type=dash-db&limit=5000").json()
        return {
            "dashboards": {
                item["uid"]: self.grafana.send_request(
                    "GET", f"/api/dashboards/uid/{item['uid']}"
                ).json()["dashboard"]["panels"]
                for item in dashboards
            },
            "file": path.read_text("utf-8") if path.exists() else "",
            "rules": grafana_rules.text if grafana_rules.ok else "",
        }

    def is_firing(self) -> bool:
        """Whether the alert fires in Grafana."""
        answer = self.grafana.send_request("GET", "/api/prometheus/grafana/api/v1/rules")
        return any(
            rule["name"] == "AlwaysFiring" and rule.get("state") == "firing"
            for group in answer.json()["data"]["groups"]
            for rule in group["rules"]
        )


@pytest.fixture
def story(
    workspace: Workspace,
    real_grafana: RealGrafana,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Story]:
    """A Prometheus that scrapes itself as the service, and a Grafana that asks it."""
    clear_environment(monkeypatch)
    folder, port = tmp_path_factory.mktemp("story"), find_free_port()
    rules_path = folder / "rules"
    rules_path.mkdir()
    configuration, url = folder / "prometheus.yml", f"http://{HOST}:{port}"
    configuration.write_text(CONFIGURATION.format(folder=rules_path, host=HOST, port=port), "utf-8")
    command = [
        require_prometheus("2").prometheus,
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
        "--web.enable-lifecycle",
        "--web.enable-remote-write-receiver",
    ]
    source = {"uid": DATA_SOURCE, "name": "Story", "type": "prometheus", "access": "proxy"}
    interval = {"jsonData": {"timeInterval": "15s"}}
    with ChildProcesses(folder) as children:
        children.start_process("prometheus", command).wait_for_ports([port])
        assert wait_until(lambda: requests.get(f"{url}/-/ready", timeout=10).ok, 60)
        real_grafana.delete_items()
        real_grafana.send_request(
            "POST", "/api/datasources", {**source, **interval, "url": url}
        ).raise_for_status()
        token = real_grafana.create_token("administrator")
        monkeypatch.setenv("GRAFANA_GRAFANA_TOKEN", token)
        workspace.write_file(
            "tailboard.toml",
            SETTINGS.format(
                grafana=real_grafana.url,
                prometheus=url,
                folder=rules_path,
                data_source=DATA_SOURCE,
            ),
        )
        yield Story(workspace, real_grafana, url, rules_path)
        real_grafana.send_request("DELETE", "/api/convert/prometheus/config/v1/rules/story")
        real_grafana.delete_items()
        real_grafana.send_request("DELETE", f"/api/datasources/uid/{DATA_SOURCE}")


def test_a_service_is_published_changed_alerted_and_rolled_back(story: Story) -> None:
    story.declare_service(1.0)
    before = story.read_state()
    first = story.run("publish", "orders.py")
    published = story.read_state()
    assert published["dashboards"]
    assert "AlwaysFiring" in published["rules"]
    assert "AlwaysFiring" in published["file"]

    story.declare_service(0.5)
    plan = story.run("plan", "orders.py").stdout
    assert "panel 'P99 latency': threshold 1 -> 0.5" in plan
    assert "alert LatencyAboveObjective of orders: threshold 1 s -> 0.5 s" in plan
    second = story.run("publish", "orders.py", "--no-verify")
    assert wait_until(story.is_firing, FIRING_SECONDS, interval=1)

    story.run("rollback", read_run_name(second))
    assert story.read_state() == published
    story.run("rollback", read_run_name(first))
    assert story.read_state() == before
