"""The same work for many things, a few at once, until one shows that there is no point in it."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from publish.errors import TailboardError

T = TypeVar("T")
R = TypeVar("R")


class Parallel(Generic[T, R]):
    """Results as they come, in any order; what stopped the work, if something did.

    Raises in the thread that waits, so an interrupt is felt at once: threads under way are left to
    end by themselves.
    """

    def __init__(self, work: Callable[[T], R], things: Iterable[T], at_once: int) -> None:
        self._work = work
        self._todo: queue.SimpleQueue[T] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[T, R] | BaseException | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        count = 0
        for it in things:
            self._todo.put(it)
            count += 1
        self._threads = min(at_once, count)
        self.stopped: TailboardError | None = None

    def __iter__(self) -> Iterator[tuple[T, R]]:
        for _ in range(self._threads):
            threading.Thread(target=self._run, daemon=True).start()
        running = self._threads
        try:
            while running:
                found = self._done.get()
                if found is None:
                    running -= 1
                elif isinstance(found, TailboardError):
                    self.stopped = self.stopped or found
                elif isinstance(found, BaseException):
                    raise found
                else:
                    yield found
        finally:
            self._ended.set()

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
