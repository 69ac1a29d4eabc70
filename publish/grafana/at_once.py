"""Several things at a time, which a server answers better than one after another."""

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar

AT_ONCE = 8

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def at_once(work: Callable[[Thing], Result], things: Iterable[Thing]) -> list[Result]:
    """What the work makes of everything, in order; the first error ends it.

    What is under way then is waited for, but not by who is interrupted: the threads of an executor
    would keep the program from ending until a server that hangs has answered.
    """
    waiting: queue.SimpleQueue[tuple[Future[Result], Thing]] = queue.SimpleQueue()
    found: list[Future[Result]] = []
    for thing in things:
        found.append(Future())
        waiting.put((found[-1], thing))
    threads = [
        threading.Thread(target=_work, args=(work, waiting), daemon=True)
        for _ in range(min(AT_ONCE, len(found)))
    ]
    for thread in threads:
        thread.start()
    try:
        return [it.result() for it in found]
    except Exception:
        _cancel(found)
        for thread in threads:
            thread.join()
        raise
    finally:
        _cancel(found)


def _cancel(futures: "list[Future[Result]]") -> None:
    for it in futures:
        it.cancel()


def _work(
    work: Callable[[Thing], Result], waiting: "queue.SimpleQueue[tuple[Future[Result], Thing]]"
) -> None:
    """Do what waits, until nothing does any more."""
    while True:
        try:
            future, thing = waiting.get_nowait()
        except queue.Empty:
            return
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(work(thing))
        except Exception as error:  # it is raised where the result is asked for
            future.set_exception(error)
