"""Several things at a time, which a server answers better than one after another."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from tailboard.publish.errors import TailboardError

MAX_CONCURRENCY = 8

Item = TypeVar("Item")
Result = TypeVar("Result")


class Parallel(Generic[Item, Result]):
    """Yields each item with the result of its work, in the order of completion.

    The first error ends it: no item is started any more, running ones still finish. One of ours is
    stored in `error`, any other is raised at the end. An interrupt takes effect at once, since the
    threads are left to end by themselves: those of an executor would keep the program from ending
    until a server that hangs has responded.
    """

    def __init__(
        self, work: Callable[[Item], Result], items: Iterable[Item], concurrency: int
    ) -> None:
        self._work = work
        self._pending_items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[Item, Result] | BaseException | None]
        self._results = queue.SimpleQueue()
        self._stop_event = threading.Event()
        count = 0
        for item in items:
            self._pending_items.put(item)
            count += 1
        self._thread_count = min(concurrency, count)
        self.error: TailboardError | None = None

    def __iter__(self) -> Iterator[tuple[Item, Result]]:
        for _ in range(self._thread_count):
            threading.Thread(target=self._run_worker, daemon=True).start()
        running_threads, unexpected_error = self._thread_count, None
        try:
            while running_threads:
                result = self._results.get()
                if result is None:
                    running_threads -= 1
                elif isinstance(result, TailboardError):
                    self.error = self.error or result
                elif isinstance(result, BaseException):
                    unexpected_error = unexpected_error or result
                else:
                    yield result
        finally:
            self._stop_event.set()
        if unexpected_error:
            raise unexpected_error

    def stop(self, error: TailboardError) -> None:
        """Begin nothing more; what is under way still counts."""
        self.error = self.error or error
        self._stop_event.set()

    def _run_worker(self) -> None:
        while not self._stop_event.is_set():
            try:
                item = self._pending_items.get_nowait()
            except queue.Empty:
                break
            try:
                self._results.put((item, self._work(item)))
            except BaseException as error:  # reported to the thread that waits
                self._stop_event.set()
                self._results.put(error)
        self._results.put(None)


def start_background(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin work; what is returned waits for it, and has its result or raises its error.

    A program that ends before does not wait for it, as in `Parallel`.
    """
    outcomes: list[Result | BaseException] = []

    def run_work() -> None:
        try:
            outcomes.append(work())
        except BaseException as error:  # raised where the result is asked for
            outcomes.append(error)

    thread = threading.Thread(target=run_work, daemon=True)
    thread.start()

    def wait_for_result() -> Result:
        thread.join()
        [outcome] = outcomes
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return wait_for_result


def run_parallel(
    work: Callable[[Item], Result], items: Iterable[Item], concurrency: int | None = None
) -> list[Result]:
    """What the work makes of everything, in order; the first error ends it, and is raised.

    It is raised when what was under way has ended, so that nothing is written after it.
    `concurrency` is how many things are done at a time, where that is not the usual number.
    """
    numbered_results = Parallel(
        lambda numbered_item: work(numbered_item[1]),
        enumerate(items),
        concurrency or MAX_CONCURRENCY,
    )
    results = {number: result for (number, _), result in numbered_results}
    if numbered_results.error:
        raise numbered_results.error
    return [results[number] for number in sorted(results)]
