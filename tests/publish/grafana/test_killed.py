"""A publisher that dies, or is interrupted, leaves nothing that the next one cannot complete."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.grafana.proxy import Fault, FaultProxy, delayed
from tests.publish.grafana.shop import Shop
from tests.publish.grafana.world import PUBLISH, World
from tests.publish.workshop import RUN

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
PATIENCE = 60


@contextmanager
def publisher(shop: Shop, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A publish in a process of its own."""
    command = [sys.executable, "-c", RUN, "publish", "definitions", "--api", shop.grafana.api]
    child = subprocess.Popen(
        [*command, "--no-data-source-check", *arguments],
        cwd=shop.workshop.root,
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


def killed_at(shop: Shop, proxy: FaultProxy, number: int) -> int:
    """Kill a publisher once the server has done its n-th request; how the process ended."""
    started = threading.Event()
    children: list[subprocess.Popen[str]] = []

    def kill() -> None:
        assert started.wait(PATIENCE)
        children[0].kill()
        children[0].wait(PATIENCE)

    proxy.heal()
    proxy.harm(Fault(after=kill), nth=number)
    with publisher(shop, *PUBLISH) as child:
        children.append(child)
        started.set()
        return child.wait(PATIENCE)


def swept(shop: Shop, proxy: FaultProxy, *, writes_only: bool) -> None:
    world = World(shop)
    world.prepare()
    shop.ask_at(proxy.url)
    shop.publish(*PUBLISH)
    asked = [
        number
        for number, (method, path) in enumerate(proxy.requests, 1)
        if not writes_only or (method in WRITES and "dryRun" not in path)
    ]
    for number in asked:
        proxy.heal()
        shop.ask_at(shop.grafana.url)
        world.again()
        shop.ask_at(proxy.url)
        assert killed_at(shop, proxy, number) == -signal.SIGKILL
        proxy.heal()
        shop.publish(*PUBLISH)
        world.assert_complete()


@pytest.mark.slow
def test_killed_at_any_write_the_next_run_completes_it(shop: Shop, proxy: FaultProxy) -> None:
    swept(shop, proxy, writes_only=True)


@pytest.mark.slow
def test_killed_at_any_request_the_next_run_completes_it(shop: Shop, proxy: FaultProxy) -> None:
    if shop.grafana.memory is None:
        pytest.skip("a real server is left at its writes")
    swept(shop, proxy, writes_only=False)


def test_what_a_killed_run_did_can_be_undone(shop: Shop, proxy: FaultProxy) -> None:
    for name in "abc":
        shop.declare(name, "old")
    shop.publish()
    for name in "abc":
        shop.declare(name, "new")
    shop.ask_at(proxy.url)
    before = {it.name for it in (shop.workshop.root / ".tailboard" / "runs").iterdir()}
    started = threading.Event()
    children: list[subprocess.Popen[str]] = []

    def kill() -> None:
        assert started.wait(PATIENCE)
        children[0].kill()
        children[0].wait(PATIENCE)

    path = "/dashboards/db$" if shop.grafana.api == "classic" else "/dashboards/[abc]$"
    method = "POST" if shop.grafana.api == "classic" else "PUT"
    proxy.harm(Fault(after=kill), method=method, path=path, times=1)
    with publisher(shop) as child:
        children.append(child)
        started.set()
        child.wait(PATIENCE)
    proxy.heal()
    assert "new" in shop.queries().values()
    [made] = {it.name for it in (shop.workshop.root / ".tailboard" / "runs").iterdir()} - before
    undone = shop.workshop.tailboard(
        "rollback", made.removesuffix(".json"), "--api", shop.grafana.api
    )
    assert undone.code == 0, undone.said
    assert set(shop.queries().values()) == {"old"}


@pytest.mark.parametrize("what", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_interrupted_it_ends_at_once_though_the_server_hangs(
    shop: Shop, proxy: FaultProxy, what: signal.Signals
) -> None:
    shop.declare("a")
    hangs, released = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        released.wait(PATIENCE)

    proxy.harm(delayed(hang), method="POST")
    shop.ask_at(proxy.url)
    try:
        with publisher(shop) as child:
            assert hangs.wait(PATIENCE)
            child.send_signal(what)
            _, said = child.communicate(timeout=PATIENCE / 3)
            assert not released.is_set()
            assert child.returncode == 130
    finally:
        released.set()
    assert "interrupted" in said
    assert "Traceback" not in said
    assert "publish again" in said
