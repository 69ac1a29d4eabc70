"""Several things at a time: in order or as they come, and what ends it."""

import signal
import subprocess
import sys
import threading

import pytest

from tailboard.publish.errors import ServerError
from tailboard.publish.parallel import MAX_CONCURRENCY, Parallel, run_parallel, start_background

WAIT_SECONDS = 30
HANGING_PROGRAM = """
import os, threading
from tailboard.publish.parallel import Parallel, run_parallel, start_background

def hang(_):
    os.write(1, b"began\\n")
    threading.Event().wait()

{}
"""


def test_results_are_in_the_order_of_the_things_whatever_comes_first() -> None:
    second = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert second.wait(WAIT_SECONDS)
        else:
            second.set()
        return 10 * number

    assert run_parallel(work, range(3)) == [0, 10, 20]


def test_as_they_come_the_first_to_end_is_the_first() -> None:
    result_event = threading.Event()

    def work(name: str) -> str:
        if name == "slow":
            assert result_event.wait(WAIT_SECONDS)
        return name.upper()

    results = []
    for result in Parallel(work, ["slow", "fast"], 2):
        results.append(result)
        result_event.set()
    assert results == [("fast", "FAST"), ("slow", "SLOW")]


def test_no_more_are_done_at_once_than_is_said() -> None:
    lock, together = threading.Lock(), threading.Barrier(2, timeout=WAIT_SECONDS)
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
    failed, results = threading.Event(), []

    def work(number: int) -> int:
        if number == 1:
            failed.set()
            raise error
        assert failed.wait(WAIT_SECONDS)
        results.append(number)
        return number

    with pytest.raises(type(error), match=str(error)):
        run_parallel(work, range(1000))
    assert 0 in results
    assert len(results) < 2 * MAX_CONCURRENCY


def test_an_error_of_ours_is_told_beside_what_came() -> None:
    failed = threading.Event()

    def work(number: int) -> int:
        if number == 1:
            failed.set()
            raise ServerError("it is gone")
        assert failed.wait(WAIT_SECONDS)
        return number

    parallel = Parallel(work, range(2), 2)
    assert list(parallel) == [(0, 0)]
    assert str(parallel.error) == "it is gone"


def test_whoever_looks_at_results_may_end_it() -> None:
    parallel = Parallel(lambda number: number, range(1000), 1)
    results = []
    for result, _ in parallel:
        results.append(result)
        if not parallel.error:
            parallel.stop(ServerError("enough"))
    assert results[0] == 0
    assert str(parallel.error) == "enough"


@pytest.mark.parametrize(
    "waits", ["run_parallel(hang, range(20))", "list(Parallel(hang, range(20), 4))"]
)
def test_an_interrupt_is_felt_while_all_of_it_hangs(waits: str) -> None:
    command = [sys.executable, "-c", HANGING_PROGRAM.format(waits)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout
            assert child.stdout.readline() == "began\n"
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=WAIT_SECONDS)
        finally:
            child.kill()
    assert err.rstrip().endswith("KeyboardInterrupt")


def test_what_is_done_in_the_background_goes_on_until_its_result_is_needed() -> None:
    event = threading.Event()

    def work() -> int:
        assert event.wait(WAIT_SECONDS)
        return 7

    wait_for_result = start_background(work)
    event.set()
    assert wait_for_result() == 7


def test_an_error_in_the_background_is_raised_where_the_result_is_needed() -> None:
    def fail() -> int:
        raise ServerError("down", tip="wait")

    wait_for_result = start_background(fail)
    with pytest.raises(ServerError, match="down"):
        wait_for_result()


def test_a_program_ends_without_what_it_began_in_the_background() -> None:
    program = HANGING_PROGRAM.format("start_background(lambda: hang(0))")
    subprocess.run([sys.executable, "-c", program], timeout=WAIT_SECONDS, check=True)
