"""Whatever happens on the way at whichever request: the next run leaves what is declared."""

import pytest

from tailboard.publish import parallel
from tests.fast import some_fast
from tests.grafana.proxy import (
    DROP_AFTER,
    DROP_BEFORE,
    HTML,
    RESET_AFTER,
    RESET_BEFORE,
    TRUNCATE,
    Fault,
    FaultProxy,
    refusal,
)
from tests.publish.grafana.shop import Shop
from tests.publish.grafana.world import PUBLISH, World

FAULTS = {
    "dropped": DROP_BEFORE,
    "answer-lost": DROP_AFTER,
    "truncated": TRUNCATE,
    "busy": refusal(429, "0"),
    "failing": refusal(500),
    "login-page": HTML,
}
MORE = {
    "reset": RESET_BEFORE,
    "answer-reset": RESET_AFTER,
    "unavailable": refusal(503),
    "gateway": refusal(504, "0"),
    "forbidden": refusal(403),
    "nonsense": refusal(200),
}
EVERY = FAULTS | MORE
ENDS = {0, 1, 2, 3, 4}


def swept(shop: Shop, proxy: FaultProxy, fault: Fault, *, share: int | None = None) -> list[int]:
    """The exit codes of a publish that is disturbed at each of its requests in turn.

    A `share` is all writes, and every n-th of the other requests, so that all shares cover all.
    """
    world = World(shop)
    world.prepare()
    shop.ask_at(proxy.url)
    shop.publish(*PUBLISH)
    numbers = [
        number
        for number, (method, path) in enumerate(proxy.requests, 1)
        if share is None or is_write(method, path) or number % len(FAULTS) == share
    ]
    codes = []
    for number in numbers:
        proxy.heal()
        shop.ask_at(shop.grafana.url)
        world.again()
        shop.ask_at(proxy.url)
        proxy.heal()
        proxy.harm(fault, nth=number)
        run = shop.run("publish", *PUBLISH)
        assert run.code in ENDS, f"{number}: {run.said}"
        assert run.code == 0 or "Tip:" in run.err, f"{number}: {run.said}"
        assert len(proxy.requests) >= number
        codes.append(run.code)
        proxy.heal()
        last = shop.run("publish", *PUBLISH)
        assert last.code == 0, f"{number}: {run.said}\n---\n{last.said}"
        world.assert_complete()
    return codes


def is_write(method: str, path: str) -> bool:
    return method != "GET" and "dryRun" not in path


@pytest.mark.parametrize("fault", some_fast(FAULTS, ["answer-lost"]))
def test_a_fault_at_any_request_is_mended_by_the_next_run(
    shop: Shop, proxy: FaultProxy, fault: str
) -> None:
    if shop.grafana.memory is None:
        pytest.skip("a real server is disturbed at its writes below")
    shop.patch.setattr(parallel, "MAX_CONCURRENCY", 1)
    codes = swept(shop, proxy, FAULTS[fault], share=list(FAULTS).index(fault))
    if fault in {"dropped", "busy"}:
        assert set(codes) == {0}


@pytest.mark.slow
@pytest.mark.parametrize("fault", EVERY)
@pytest.mark.parametrize("at_a_time", [1, 8])
def test_every_fault_is_mended_by_the_next_run(
    shop: Shop, proxy: FaultProxy, fault: str, at_a_time: int
) -> None:
    if shop.grafana.memory is None:
        pytest.skip("a real server is disturbed at its writes below")
    shop.patch.setattr(parallel, "MAX_CONCURRENCY", at_a_time)
    swept(shop, proxy, EVERY[fault])


@pytest.mark.parametrize("fault", ["answer-lost", "truncated", "failing"])
def test_a_fault_at_any_write_is_mended_by_the_next_run(
    shop: Shop, proxy: FaultProxy, fault: str
) -> None:
    if shop.grafana.memory is not None:
        pytest.skip("a server in memory is disturbed at every request above")
    shop.patch.setattr(parallel, "MAX_CONCURRENCY", 1)
    world = World(shop)
    world.prepare()
    shop.ask_at(proxy.url)
    shop.publish(*PUBLISH)
    writes = [
        number for number, (method, path) in enumerate(proxy.requests, 1) if is_write(method, path)
    ]
    for number in writes:
        shop.ask_at(shop.grafana.url)
        world.again()
        proxy.heal()
        proxy.harm(FAULTS[fault], nth=number)
        shop.ask_at(proxy.url)
        assert shop.run("publish", *PUBLISH).code in ENDS
        proxy.heal()
        shop.publish(*PUBLISH)
        world.assert_complete()


def test_a_write_whose_answer_was_lost_is_not_done_twice(shop: Shop, proxy: FaultProxy) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.declare("a", "new")
    shop.declare("b")
    shop.ask_at(proxy.url)
    for method in ("POST", "PUT"):
        proxy.harm(DROP_AFTER, method=method, path=r"/dashboards(/db|/a)?$", times=1)
    shop.publish()
    assert shop.versions(["a", "b"]) == {"a": 2, "b": 1}


def test_a_busy_server_is_waited_for(shop: Shop, proxy: FaultProxy) -> None:
    shop.declare("a", folder="Shop")
    proxy.harm(refusal(429, "0"), times=3)
    shop.ask_at(proxy.url)
    shop.publish()
    assert shop.folder_titles() == {"a": "Shop"}


def test_a_server_that_goes_away_half_way_is_told_and_the_rest_is_done_later(
    shop: Shop, proxy: FaultProxy
) -> None:
    for name in "abcdef":
        shop.declare(name)
    shop.patch.setattr(parallel, "MAX_CONCURRENCY", 1)
    shop.ask_at(proxy.url)
    shop.publish()
    half = len(proxy.requests) - 6
    for name in "abcdef":
        shop.grafana.delete(name)
    proxy.heal()
    for number in range(half, half + 200):
        proxy.harm(DROP_BEFORE, nth=number)
    run = shop.publish(code=4)
    assert "'F' (f)" in run.err
    assert proxy.url in run.err
    proxy.heal()
    shop.publish()
    assert set(shop.grafana.documents()) == set("abcdef")


def test_a_run_whose_end_is_uncertain_can_be_undone(shop: Shop, proxy: FaultProxy) -> None:
    shop.declare("a", "old")
    shop.publish()
    shop.declare("a", "new")
    shop.ask_at(proxy.url)

    def lose_everything() -> None:
        proxy.harm(DROP_BEFORE)

    written = Fault(DROP_AFTER.harm, after=lose_everything)
    proxy.harm(written, method="PUT", path="/a$")
    proxy.harm(written, method="POST", path="/dashboards/db$")
    run = shop.publish(code=1)
    proxy.heal()
    assert shop.queries() == {"a": "new"}
    shop.roll_back(run)
    assert shop.queries() == {"a": "old"}
