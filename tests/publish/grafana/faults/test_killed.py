"""A publisher that dies, or is interrupted, leaves nothing that the next one cannot complete."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from tests.grafana.conftest import typical_api
from tests.grafana.fault_proxy import Fault, FaultProxy, build_delay
from tests.publish.grafana.publish_scenario import PUBLISH_OPTIONS, PublishScenario
from tests.publish.grafana.publisher import Publisher

WRITE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
PROCESS_TIMEOUT = 60


@contextmanager
def start_publisher(publisher: Publisher, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A publish in a process of its own."""
    child = subprocess.Popen(
        [*publisher.publish_command, *arguments],
        cwd=publisher.workspace.root,
        env=dict(os.environ),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def kill_at_request(
    publisher: Publisher,
    proxy: FaultProxy,
    number: int,
    options: Sequence[str] = PUBLISH_OPTIONS,
) -> int:
    """Kill a publisher once the server has done its n-th request; how the process ended."""
    started = threading.Event()
    children: list[subprocess.Popen[str]] = []

    def kill() -> None:
        assert started.wait(PROCESS_TIMEOUT)
        children[0].kill()
        children[0].wait(PROCESS_TIMEOUT)

    proxy.clear_faults()
    proxy.add_fault(Fault(after=kill), nth=number)
    with start_publisher(publisher, *options) as child:
        children.append(child)
        started.set()
        return child.wait(PROCESS_TIMEOUT)


def kill_at_each_request(publisher: Publisher, proxy: FaultProxy, *, writes_only: bool) -> None:
    scenario = PublishScenario(publisher)
    scenario.prepare_dashboards()
    publisher.set_url(proxy.url)
    publisher.run_publish(*PUBLISH_OPTIONS)
    numbers = [
        number
        for number, (method, path) in enumerate(proxy.requests, 1)
        if not writes_only or (method in WRITE_METHODS and "dryRun" not in path)
    ]
    for number in numbers:
        proxy.clear_faults()
        publisher.set_url(publisher.grafana.url)
        scenario.reset_server()
        publisher.set_url(proxy.url)
        assert kill_at_request(publisher, proxy, number) == -signal.SIGKILL
        proxy.clear_faults()
        publisher.run_publish(*PUBLISH_OPTIONS)
        scenario.check_complete()


@pytest.mark.slow
def test_killed_at_any_write_the_next_run_completes_it(
    publisher: Publisher, proxy: FaultProxy
) -> None:
    kill_at_each_request(publisher, proxy, writes_only=True)


@pytest.mark.slow
def test_killed_at_any_request_the_next_run_completes_it(
    publisher: Publisher, proxy: FaultProxy
) -> None:
    if publisher.grafana.memory_server is None:
        pytest.skip("a real server is left at its writes")
    kill_at_each_request(publisher, proxy, writes_only=False)


@typical_api
def test_what_a_killed_run_did_can_be_undone(publisher: Publisher, proxy: FaultProxy) -> None:
    for name in "abc":
        publisher.declare_dashboard(name, "old")
    publisher.run_publish()
    for name in "abc":
        publisher.declare_dashboard(name, "new")
    publisher.set_url(proxy.url)
    before = {path.name for path in (publisher.workspace.root / ".tailboard" / "runs").iterdir()}
    started = threading.Event()
    children: list[subprocess.Popen[str]] = []

    def kill() -> None:
        assert started.wait(PROCESS_TIMEOUT)
        children[0].kill()
        children[0].wait(PROCESS_TIMEOUT)

    path = "/dashboards/db$" if publisher.grafana.api == "classic" else "/dashboards/[abc]$"
    method = "POST" if publisher.grafana.api == "classic" else "PUT"
    proxy.add_fault(Fault(after=kill), method=method, path=path, times=1)
    with start_publisher(publisher) as child:
        children.append(child)
        started.set()
        child.wait(PROCESS_TIMEOUT)
    proxy.clear_faults()
    assert "new" in publisher.list_queries().values()
    [run_name] = {
        path.name for path in (publisher.workspace.root / ".tailboard" / "runs").iterdir()
    } - before
    undone = publisher.workspace.run_tailboard(
        "rollback", run_name.removesuffix(".json"), "--api", publisher.grafana.api
    )
    assert undone.exit_code == 0, undone.output
    assert set(publisher.list_queries().values()) == {"old"}


@typical_api
@pytest.mark.parametrize(
    "what",
    [
        pytest.param(signal.SIGINT, id="ctrl-c"),
        pytest.param(signal.SIGTERM, id="terminated", marks=pytest.mark.slow),
    ],
)
def test_interrupted_it_ends_at_once_though_the_server_hangs(
    publisher: Publisher, proxy: FaultProxy, what: signal.Signals
) -> None:
    publisher.declare_dashboard("a")
    hangs, released = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        released.wait(PROCESS_TIMEOUT)

    proxy.add_fault(build_delay(hang), method="POST")
    publisher.set_url(proxy.url)
    try:
        with start_publisher(publisher) as child:
            assert hangs.wait(PROCESS_TIMEOUT)
            child.send_signal(what)
            _, text = child.communicate(timeout=PROCESS_TIMEOUT / 3)
            assert not released.is_set()
            assert child.returncode == 130
    finally:
        released.set()
    assert "interrupted" in text
    assert "Traceback" not in text
    assert "publish again" in text
