"""How many requests a server gets at once: fewer while it slows, more again when it recovers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class AdaptiveLimit:
    """A number of slots, halved by a strained request, and one more after a round of easy ones.

    Requests that were under way when the number was halved do not halve it again: they began
    before the server had less to do.
    """

    def __init__(self, maximum: int) -> None:
        self.current = self._maximum = maximum
        self._running = 0
        self._easy_count = 0
        self._reductions = 0
        self._condition = threading.Condition()

    @contextmanager
    def take_slot(self) -> Iterator["Slot"]:
        """Wait until fewer requests than the limit run; the slot takes how the request went."""
        with self._condition:
            self._condition.wait_for(lambda: self._running < self.current)
            self._running += 1
            slot = Slot(self._reductions)
        try:
            yield slot
        finally:
            with self._condition:
                self._running -= 1
                self._adapt(slot)
                self._condition.notify_all()

    def _adapt(self, slot: "Slot") -> None:
        if slot.is_strained:
            if slot.reductions == self._reductions:
                self.current = max(1, self.current // 2)
                self._reductions += 1
                self._easy_count = 0
            return
        self._easy_count += 1
        if self._easy_count >= 2 * self.current and self.current < self._maximum:
            self.current += 1
            self._easy_count = 0


class Slot:
    """One request: whether it strained the server, and how often the limit was halved before."""

    def __init__(self, reductions: int) -> None:
        self.reductions = reductions
        self.is_strained = False
