"""Several things at a time: in order or as they come, and what ends it."""

import signal
import subprocess
import sys
import threading

import pytest

from tailboard.publish.errors import ServerError
from tailboard.publish.parallel import MAX_CONCURRENCY, Parallel, run_parallel

PATIENCE = 30
HANGS = """
import os, threading
from tailboard.publish.parallel import Parallel, at_once

def hang(_):
    os.write(1, b"began\\n")
    threading.Event().wait()

{}
"""


def test_results_are_in_the_order_of_the_things_whatever_comes_first() -> None:
    second = threading.Event()

    def work(it: int) -> int:
        if it == 0:
            assert second.wait(PATIENCE)
        else:
            second.set()
        return 10 * it

    assert run_parallel(work, range(3)) == [0, 10, 20]


def test_as_they_come_the_first_to_end_is_the_first() -> None:
    seen = threading.Event()

    def work(it: str) -> str:
        if it == "slow":
            assert seen.wait(PATIENCE)
        return it.upper()

    found = []
    for it in Parallel(work, ["slow", "fast"], 2):
        found.append(it)
        seen.set()
    assert found == [("fast", "FAST"), ("slow", "SLOW")]


def test_no_more_are_done_at_once_than_is_said() -> None:
    lock, together = threading.Lock(), threading.Barrier(2, timeout=PATIENCE)
    now, most = 0, 0

    def work(_: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()
        with lock:
            now -= 1

    assert len(list(Parallel(work, range(6), 2))) == 6
    assert most == 2
    assert run_parallel(abs, range(-3 * MAX_CONCURRENCY, 0)) == [*range(3 * MAX_CONCURRENCY, 0, -1)]
    assert run_parallel(abs, []) == []


@pytest.mark.parametrize("error", [ServerError("it is gone"), ZeroDivisionError("a mistake")])
def test_the_first_error_ends_it_when_what_is_under_way_has_ended(error: Exception) -> None:
    failed, ended = threading.Event(), []

    def work(it: int) -> int:
        if it == 1:
            failed.set()
            raise error
        assert failed.wait(PATIENCE)
        ended.append(it)
        return it

    with pytest.raises(type(error), match=str(error)):
        run_parallel(work, range(1000))
    assert 0 in ended
    assert len(ended) < 2 * MAX_CONCURRENCY


def test_an_error_of_ours_is_told_beside_what_came() -> None:
    failed = threading.Event()

    def work(it: int) -> int:
        if it == 1:
            failed.set()
            raise ServerError("it is gone")
        assert failed.wait(PATIENCE)
        return it

    asked = Parallel(work, range(2), 2)
    assert list(asked) == [(0, 0)]
    assert str(asked.error) == "it is gone"


def test_whoever_looks_at_results_may_end_it() -> None:
    asked = Parallel(lambda it: it, range(1000), 1)
    found = []
    for it, _ in asked:
        found.append(it)
        if not asked.error:
            asked.stop(ServerError("enough"))
    assert found[0] == 0
    assert str(asked.error) == "enough"


@pytest.mark.parametrize(
    "waits", ["at_once(hang, range(20))", "list(Parallel(hang, range(20), 4))"]
)
def test_an_interrupt_is_felt_while_all_of_it_hangs(waits: str) -> None:
    command = [sys.executable, "-c", HANGS.format(waits)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout
            assert child.stdout.readline() == "began\n"
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=PATIENCE)
        finally:
            child.kill()
    assert err.rstrip().endswith("KeyboardInterrupt")
