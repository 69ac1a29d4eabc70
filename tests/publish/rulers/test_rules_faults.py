"""Faults and kills at any request of a publish of rules: the next run leaves what is declared."""

import json
import os
import signal
import subprocess
import sys
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from tailboard.publish import parallel
from tests.grafana.fault_proxy import (
    DROP_AFTER,
    DROP_BEFORE,
    HTML,
    TRUNCATE,
    Fault,
    FaultProxy,
    build_refusal,
)
from tests.publish.rulers.conftest import TENANT
from tests.publish.rulers.memory_ruler import MemoryRuler
from tests.publish.rulers.rules_publisher import OWNER, RulesPublisher
from tests.workspace import RUN_PROGRAM

FAULTS = {
    "dropped": DROP_BEFORE,
    "answer-lost": DROP_AFTER,
    "truncated": TRUNCATE,
    "busy": build_refusal(429, "0"),
    "failing": build_refusal(500),
    "forbidden": build_refusal(403),
    "login-page": HTML,
}
WRITE_METHODS = {"POST", "DELETE"}
FOREIGN_GROUP = {"name": "theirs", "rules": [{"alert": "Down", "expr": "up == 0"}]}
PUBLISH_OPTIONS = ("--prune", "--no-verify")
TIMEOUT = 60


@dataclass
class RulesScenario:
    """A ruler after an earlier publish, before one that updates, moves and deletes groups."""

    publisher: RulesPublisher
    ruler: MemoryRuler
    saved_groups: dict[str, Any] = field(default_factory=dict)

    def prepare(self) -> None:
        """Publish what was declared before, and declare what is declared now."""
        self.publisher.declare_service("orders", None)
        self.publisher.declare_service("sales", None)
        self.publisher.declare_service("billing", None)
        self.publisher.run("publish", "--no-verify")
        for namespace in (OWNER, "other"):
            self.ruler.put_group(TENANT, namespace, dict(FOREIGN_GROUP))
        self.publisher.delete_definition("billing")
        self.publisher.delete_definition("sales")
        self.publisher.declare_service("purchases", None, job="sales-api")
        self.publisher.declare_service("orders", None, job="orders-v2")
        self.saved_groups = deepcopy(self.ruler.groups)

    def reset(self) -> None:
        """Go back to what was there before the disturbed publish."""
        self.ruler.groups = deepcopy(self.saved_groups)

    def check_complete(self) -> None:
        """What is declared is there, nothing twice, and nothing of others was touched."""
        services = ("orders", "purchases")
        names = {f"{service}: {kind}" for service in services for kind in ("alerts", "rates")}
        assert set(self.ruler.list_names(TENANT, OWNER)) == {*names, "theirs"}
        assert set(self.publisher.plan_states().values()) == {"unchanged"}
        for namespace in (OWNER, "other"):
            assert self.ruler.read_group(TENANT, namespace, "theirs") == FOREIGN_GROUP
        assert "orders-v2" in json.dumps(self.ruler.read_group(TENANT, OWNER, "orders: alerts"))


@pytest.fixture
def scenario(publisher: RulesPublisher, ruler: MemoryRuler) -> RulesScenario:
    """A ruler in which everything is to be done that a publish of rules can do."""
    scenario = RulesScenario(publisher, ruler)
    publisher.workspace.root.joinpath("definitions").mkdir(exist_ok=True)
    scenario.prepare()
    return scenario


def list_request_numbers(
    scenario: RulesScenario, proxy: FaultProxy, *, writes_only: bool
) -> list[int]:
    """The numbers of the requests of an undisturbed publish through the proxy."""
    scenario.publisher.run("publish", *PUBLISH_OPTIONS)
    requests = list(proxy.requests)
    scenario.check_complete()
    return [
        number
        for number, (method, _) in enumerate(requests, 1)
        if not writes_only or method in WRITE_METHODS
    ]


def test_a_write_whose_answer_was_lost_is_not_done_twice(
    publisher: RulesPublisher,
    ruler: MemoryRuler,
    ruler_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RULER_URL", ruler_proxy.url)
    ruler_proxy.add_fault(DROP_AFTER, method="POST", times=1)
    publisher.run("publish", "--no-verify")
    writes = sum(count for (method, _), count in ruler.requests.items() if method == "POST")
    assert writes == len(ruler.list_names(TENANT, OWNER)) == 4


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_write_is_mended_by_the_next_run(
    scenario: RulesScenario,
    ruler_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    check_faults(scenario, ruler_proxy, monkeypatch, FAULTS[fault], writes_only=True)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_request_is_mended_by_the_next_run(
    scenario: RulesScenario,
    ruler_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    check_faults(scenario, ruler_proxy, monkeypatch, FAULTS[fault], writes_only=False)


def check_faults(
    scenario: RulesScenario,
    proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    *,
    writes_only: bool,
) -> None:
    monkeypatch.setattr(parallel, "MAX_CONCURRENCY", 1)
    monkeypatch.setattr("tailboard.publish.rulers.servers.ruler_api.RulerApi.max_concurrency", 1)
    monkeypatch.setenv("RULER_URL", proxy.url)
    for number in list_request_numbers(scenario, proxy, writes_only=writes_only):
        scenario.reset()
        proxy.clear_faults()
        proxy.add_fault(fault, nth=number)
        result = scenario.publisher.run("publish", *PUBLISH_OPTIONS, code=None)
        assert result.exit_code in {0, 1, 2, 3, 4}, f"{number}: {result.output}"
        assert result.exit_code == 0 or "Tip:" in result.stderr, f"{number}: {result.output}"
        assert "Traceback" not in result.output
        proxy.clear_faults()
        scenario.publisher.run("publish", *PUBLISH_OPTIONS)
        scenario.check_complete()


@pytest.mark.slow
def test_killed_at_any_write_the_next_run_completes_it(
    scenario: RulesScenario, ruler_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RULER_URL", ruler_proxy.url)
    for number in list_request_numbers(scenario, ruler_proxy, writes_only=True):
        scenario.reset()
        kill_at_request(scenario.publisher, ruler_proxy, number)
        scenario.publisher.run("publish", *PUBLISH_OPTIONS)
        scenario.check_complete()


def test_what_a_killed_run_did_can_be_undone(
    scenario: RulesScenario, ruler_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RULER_URL", ruler_proxy.url)
    numbers = list_request_numbers(scenario, ruler_proxy, writes_only=True)
    scenario.reset()
    runs_folder = scenario.publisher.workspace.root / ".tailboard" / "runs"
    before = {path.name for path in runs_folder.iterdir()}
    kill_at_request(scenario.publisher, ruler_proxy, numbers[len(numbers) // 2])
    assert scenario.ruler.groups != scenario.saved_groups
    [name] = {path.stem for path in runs_folder.iterdir() if path.name not in before}
    result = scenario.publisher.workspace.run_tailboard(
        "rollback", name, "--owner", OWNER, *scenario.publisher.options
    )
    assert result.exit_code == 0, result.output
    assert scenario.ruler.groups == scenario.saved_groups


def kill_at_request(publisher: RulesPublisher, proxy: FaultProxy, number: int) -> None:
    """Kill a publisher once the ruler has done its n-th request."""
    started = threading.Event()
    children: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        assert started.wait(TIMEOUT)
        children[0].kill()
        children[0].wait(TIMEOUT)

    proxy.clear_faults()
    proxy.add_fault(Fault(after=kill), nth=number)
    options = ["definitions", "--owner", OWNER, *publisher.options, *PUBLISH_OPTIONS]
    with subprocess.Popen(
        [sys.executable, "-c", RUN_PROGRAM, "publish", *options],
        cwd=publisher.workspace.root,
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        children.append(child)
        started.set()
        assert child.wait(TIMEOUT) == -signal.SIGKILL
    proxy.clear_faults()
