"""How many requests a server gets at once, as it slows and recovers."""

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tailboard.prometheus.client.adaptive_limit import AdaptiveLimit
from tailboard.prometheus.client.server import connect_prometheus
from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, Form, Reply, build_failure


def _run_requests(limit: AdaptiveLimit, count: int, *, is_strained: bool) -> None:
    for _ in range(count):
        with limit.take_slot() as slot:
            slot.is_strained = is_strained


def test_a_strained_request_halves_the_limit_down_to_one() -> None:
    limit = AdaptiveLimit(8)
    sizes = []
    for _ in range(5):
        _run_requests(limit, 1, is_strained=True)
        sizes.append(limit.current)
    assert sizes == [4, 2, 1, 1, 1]


def test_requests_that_ran_when_it_was_halved_do_not_halve_it_again() -> None:
    limit = AdaptiveLimit(8)
    with ExitStack() as running_requests:
        for _ in range(8):
            running_requests.enter_context(limit.take_slot()).is_strained = True
    assert limit.current == 4


def test_easy_requests_raise_it_again_up_to_the_maximum() -> None:
    limit = AdaptiveLimit(3)
    _run_requests(limit, 1, is_strained=True)
    sizes = []
    for _ in range(12):
        _run_requests(limit, 1, is_strained=False)
        sizes.append(limit.current)
    assert sizes == [1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3]


def test_no_more_requests_run_than_the_limit() -> None:
    limit, running, highest = AdaptiveLimit(8), 0, 0
    lock, barrier = threading.Lock(), threading.Barrier(4)
    _run_requests(limit, 1, is_strained=True)

    def run() -> None:
        nonlocal running, highest
        with limit.take_slot():
            with lock:
                running += 1
                highest = max(highest, running)
            barrier.wait(10)  # four at once, or none goes on
            with lock:
                running -= 1

    threads = [threading.Thread(target=run, daemon=True) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert highest == 4


def test_a_request_that_raises_gives_its_slot_back() -> None:
    limit = AdaptiveLimit(1)
    for _ in range(2):
        with pytest.raises(KeyError), limit.take_slot():
            raise KeyError("up")


def _fail_first(reply: Reply) -> Callable[[Form], Reply | None]:
    replies = [reply]
    return lambda form: replies.pop() if replies and form["query"] == ["up"] else None


@pytest.mark.parametrize(
    "reply",
    [(429, b"slow down"), (503, b"no healthy upstream"), build_failure(503, "unavailable", "wal")],
    ids=["429", "503", "starting"],
)
def test_a_busy_server_gets_half_as_many_requests_at_once(
    fake_server: FakePrometheus, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailboard.prometheus.client.server.RETRY_PAUSE", 0.01)
    fake_server.add_series("up")
    fake_server.replies["/query"] = _fail_first(reply)
    with connect_prometheus(fake_server.url, concurrency=8, environ={}) as server:
        assert len(server.query_instant("up").series) == 1
        assert server.concurrency == 4


def test_a_slow_server_gets_half_as_many_requests_at_once(
    fake_server: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_server.add_series("up")
    with connect_prometheus(fake_server.url, concurrency=8, environ={}) as server:
        server.query_instant("up")
        assert server.concurrency == 8
        monkeypatch.setattr("tailboard.prometheus.client.server.SLOW_SHARE", 0.0)
        server.query_instant("up")
        assert server.concurrency == 4
