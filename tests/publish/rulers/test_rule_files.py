"""Rule files that a real Prometheus or vmalert loads: written, reloaded, read back, put back."""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tailboard.publish.rulers import verification
from tailboard.publish.rulers.servers import rule_files
from tailboard.publish.rulers.servers.rule_files import RuleFiles
from tests.live.processes import HOST, ChildProcesses, find_free_port, wait_until
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus
from tests.publish.rulers.conftest import clear_environment
from tests.publish.rulers.rules_publisher import OWNER, RulesPublisher
from tests.required_programs import list_programs
from tests.workspace import Workspace

DEFINITION = """
from tailboard import Service
from tailboard.alerts import AlertRule, rules_of
from tailboard.panels.conventions import PROMETHEUS_CLIENT

ORDERS = Service("orders", selector={{"job": "orders-api"}}, convention=PROMETHEUS_CLIENT)
rules = rules_of(ORDERS).add(
    AlertRule(
        name="Extra",
        expression='''{query}''',
        severity="warning",
        signal="errors",
        lasting="10m",
        summary="Something",
        description="Look at it.",
    )
)
"""
GOOD_QUERY = 'sum(up{job="orders-api"}) > 100'
TWO_SERIES = '(vector(1) or label_replace(vector(1), "instance", "second", "", ""))'
FAILING_QUERY = f"{TWO_SERIES} * on () {TWO_SERIES} > 100"
"""Several series on both sides: Prometheus takes the rule, and cannot evaluate it."""

SLOW = pytest.mark.slow
CONFIGURATION = """
global: {{evaluation_interval: 200ms}}
rule_files: ["{folder}/*.rules.yaml"]
"""

VMALERT_INSTALL = "go install github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert@v1.151.0"


@dataclass(frozen=True)
class RulesServer:
    """A running server, and the folder of the rule files that it loads.

    `other_path` answers a POST well, and loads nothing.
    """

    url: str
    folder: Path
    other_path: str

    def list_loaded_groups(self) -> set[str]:
        """The names of the groups that it has loaded."""
        groups = requests.get(f"{self.url}/api/v1/rules", timeout=10).json()["data"]["groups"]
        return {group["name"] for group in groups}


@pytest.fixture(scope="module", params=[*PROMETHEUS_VERSIONS, pytest.param("vmalert", marks=SLOW)])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RulesServer]:
    """A Prometheus without data, or a vmalert that asks it."""
    is_vmalert = request.param == "vmalert"
    if is_vmalert and not list_programs("vmalert"):
        pytest.skip(f"no vmalert: {VMALERT_INSTALL}")
    folder = tmp_path_factory.mktemp("server")
    (folder / "rules").mkdir()
    with ChildProcesses(folder) as children:
        program = require_prometheus("2" if is_vmalert else request.param).prometheus
        url, other_path = start_prometheus(children, program, folder), "/api/v1/query?query=1"
        if is_vmalert:
            url, other_path = start_vmalert(children, folder, url), "/api/v1/rules"
        yield RulesServer(url, folder / "rules", other_path)


def start_prometheus(children: ChildProcesses, program: str, folder: Path) -> str:
    """Start a Prometheus, wait until it answers queries, and return its address."""
    port = find_free_port()
    configuration, url = folder / "prometheus.yml", f"http://{HOST}:{port}"
    configuration.write_text(CONFIGURATION.format(folder=folder / "rules"), "utf-8")
    command = [
        program,
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
        "--web.enable-lifecycle",
        "--web.enable-remote-write-receiver",
    ]
    children.start_process("prometheus", command).wait_for_ports([port])

    assert wait_until(lambda: requests.get(f"{url}/-/ready", timeout=10).ok, 30)
    return url


def start_vmalert(children: ChildProcesses, folder: Path, prometheus_url: str) -> str:
    """Start a vmalert whose data is that of a Prometheus, and return its address."""
    port = find_free_port()
    command = [
        list_programs("vmalert")[0],
        f"-rule={folder / 'rules'}/*.rules.yaml",
        f"-datasource.url={prometheus_url}",
        f"-remoteWrite.url={prometheus_url}",
        f"-httpListenAddr={HOST}:{port}",
        "-evaluationInterval=1s",
        "-rule.evalDelay=0s",
        "-notifier.blackhole",
    ]
    children.start_process("vmalert", command).wait_for_ports([port])
    return f"http://{HOST}:{port}"


@pytest.fixture
def file_publisher(
    workspace: Workspace, server: RulesServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RulesPublisher]:
    """Somebody whose rules the server loads from its folder."""
    clear_environment(monkeypatch)
    monkeypatch.setattr(verification, "POLL_PAUSE", 0.1)
    options = ["--rules", "file", "--rules-path", str(server.folder)]
    publisher = RulesPublisher(workspace, [*options, "--rules-url", server.url])
    declare_query(publisher)
    yield publisher
    for path in server.folder.iterdir():
        path.unlink()
    requests.post(f"{server.url}/-/reload", timeout=10).raise_for_status()


def declare_query(publisher: RulesPublisher, query: str = GOOD_QUERY) -> None:
    publisher.workspace.write_file("definitions/orders.py", DEFINITION.format(query=query))


def test_what_is_published_is_loaded_and_evaluated(
    file_publisher: RulesPublisher, server: RulesServer
) -> None:
    published = file_publisher.run("publish")
    assert server.list_loaded_groups() == {"orders: rates", "orders: alerts"}
    assert set(file_publisher.plan_states().values()) == {"unchanged"}
    declare_query(file_publisher, GOOD_QUERY.replace("100", "200"))
    assert file_publisher.plan_items()["orders: alerts"]["differences"] == [
        "alert Extra of orders: threshold 100 -> 200"
    ]
    (path,) = server.folder.iterdir()
    before = path.read_bytes()
    changed = file_publisher.run("publish")
    assert path.read_bytes() != before
    file_publisher.rollback(changed)
    assert path.read_bytes() == before
    file_publisher.rollback(published)
    assert server.list_loaded_groups() == set()
    assert list(server.folder.iterdir()) == []


def test_a_rule_that_cannot_be_evaluated_puts_the_old_file_back(
    file_publisher: RulesPublisher, server: RulesServer
) -> None:
    file_publisher.run("publish")
    (path,) = server.folder.iterdir()
    before = path.read_bytes()
    declare_query(file_publisher, FAILING_QUERY)
    result = file_publisher.run("publish", code=4)
    assert "Extra: " in result.stderr
    assert "put back" in result.stderr
    assert "Tip: change the rules that fail, and publish again.\n" in result.stderr
    assert "Tip: \n" not in result.stderr
    assert path.read_bytes() == before
    assert file_publisher.plan_states()["orders: alerts"] == "update"


def test_a_file_that_the_server_does_not_load_is_put_back_with_a_tip(
    file_publisher: RulesPublisher, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_files, "LOAD_SECONDS", 0.1)
    file_publisher.options[3] = str(workspace.root / "elsewhere")
    result = file_publisher.run("publish", code=1)
    assert "rule_files" in result.stderr
    assert list((workspace.root / "elsewhere").iterdir()) == []


def test_a_version_that_the_server_does_not_load_is_put_back(
    file_publisher: RulesPublisher, server: RulesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_publisher.run("publish")
    (path,) = server.folder.iterdir()
    before = path.read_bytes()
    file_publisher.declare_service("billing", None)
    monkeypatch.setattr(rule_files, "RELOAD_PATH", server.other_path)
    monkeypatch.setattr(rule_files, "LOAD_SECONDS", 0.1)
    result = file_publisher.run("publish", code=1)
    assert "still shows other rules" in result.stderr
    assert path.read_bytes() == before


def test_an_edit_of_the_file_is_not_overwritten(
    file_publisher: RulesPublisher, server: RulesServer
) -> None:
    file_publisher.run("publish")
    (path,) = server.folder.iterdir()
    edited = path.read_text("utf-8").replace("for: 10m", "for: 11m", 1)
    path.write_text(edited, "utf-8")
    assert "hand-edited" in file_publisher.plan_states().values()
    file_publisher.run("publish", code=4)
    assert path.read_text("utf-8") == edited


def test_what_a_killed_publish_wrote_is_loaded_by_the_next_one(
    file_publisher: RulesPublisher,
    server: RulesServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def end(_: RuleFiles) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RuleFiles, "_load_file", end)
        file_publisher.run("publish", code=130)
    assert server.list_loaded_groups() == set()
    file_publisher.run("publish")
    assert server.list_loaded_groups() == {"orders: rates", "orders: alerts"}
    assert [path.name for path in server.folder.iterdir()] == [f"{OWNER}.rules.yaml"]


def test_without_an_address_the_file_is_written_and_loading_is_left_to_the_user(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_environment(monkeypatch)
    folder = workspace.root / "rules"
    publisher = RulesPublisher(workspace, ["--rules", "file", "--rules-path", str(folder)])
    declare_query(publisher)
    published = publisher.run("publish", "--no-verify")
    assert "SIGHUP" in published.stderr
    assert [path.name for path in folder.iterdir()] == [f"{OWNER}.rules.yaml"]
    assert set(publisher.plan_states().values()) == {"unchanged"}
    assert "SIGHUP" not in publisher.run("publish").stderr
    assert "SIGHUP" in publisher.rollback(published).stderr
    assert list(folder.iterdir()) == []


def test_a_full_disk_leaves_the_old_file(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_environment(monkeypatch)
    folder = workspace.root / "rules"
    publisher = RulesPublisher(workspace, ["--rules", "file", "--rules-path", str(folder)])
    declare_query(publisher)
    publisher.run("publish")
    before = (folder / f"{OWNER}.rules.yaml").read_bytes()

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    declare_query(publisher, GOOD_QUERY.replace("100", "200"))
    result = publisher.run("publish", code=4)
    assert "No space left on device" in result.stderr
    assert [path.name for path in folder.iterdir()] == [f"{OWNER}.rules.yaml"]
    assert (folder / f"{OWNER}.rules.yaml").read_bytes() == before


def test_a_file_that_is_none_of_rules_is_told_and_left(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_environment(monkeypatch)
    publisher = RulesPublisher(workspace, ["--rules", "file", "--rules-path", "rules"])
    declare_query(publisher)
    path = workspace.write_file(f"rules/{OWNER}.rules.yaml", "groups: &a [*a]\n")
    assert "no rule file" in publisher.run("publish", code=2).stderr
    assert path.read_text() == "groups: &a [*a]\n"
