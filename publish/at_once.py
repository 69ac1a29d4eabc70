"""Several things at a time, which a server answers better than one after another."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from tailboard.publish.errors import TailboardError

AT_ONCE = 8

Thing = TypeVar("Thing")
Result = TypeVar("Result")


class Parallel(Generic[Thing, Result]):
    """Each thing with what the work makes of it, as they come, in any order.

    The first error ends it: nothing more is begun, what is under way still comes. One of ours is
    kept in `stopped`, any other is raised at the end. An interrupt is felt at once, as the threads
    are left to end by themselves: those of an executor would keep the program from ending until a
    server that hangs has answered.
    """

    def __init__(
        self, work: Callable[[Thing], Result], things: Iterable[Thing], at_once: int
    ) -> None:
        self._work = work
        self._todo: queue.SimpleQueue[Thing] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[Thing, Result] | BaseException | None]
        self._done = queue.SimpleQueue()
        self._ended = threading.Event()
        count = 0
        for it in things:
            self._todo.put(it)
            count += 1
        self._threads = min(at_once, count)
        self.stopped: TailboardError | None = None

    def __iter__(self) -> Iterator[tuple[Thing, Result]]:
        for _ in range(self._threads):
            threading.Thread(target=self._run, daemon=True).start()
        running, unexpected = self._threads, None
        try:
            while running:
                found = self._done.get()
                if found is None:
                    running -= 1
                elif isinstance(found, TailboardError):
                    self.stopped = self.stopped or found
                elif isinstance(found, BaseException):
                    unexpected = unexpected or found
                else:
                    yield found
        finally:
            self._ended.set()
        if unexpected:
            raise unexpected

    def stop(self, why: TailboardError) -> None:
        """Begin nothing more; what is under way still counts."""
        self.stopped = self.stopped or why
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                thing = self._todo.get_nowait()
            except queue.Empty:
                break
            try:
                self._done.put((thing, self._work(thing)))
            except BaseException as error:  # told to the thread that waits
                self._ended.set()
                self._done.put(error)
        self._done.put(None)


def at_once(work: Callable[[Thing], Result], things: Iterable[Thing]) -> list[Result]:
    """What the work makes of everything, in order; the first error ends it, and is raised.

    It is raised when what was under way has ended, so that nothing is written after it.
    """
    numbered = Parallel(lambda it: work(it[1]), enumerate(things), AT_ONCE)
    found = {number: result for (number, _), result in numbered}
    if numbered.stopped:
        raise numbered.stopped
    return [found[number] for number in sorted(found)]
