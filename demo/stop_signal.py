"""The stop signal of every program of the demo: SIGINT, SIGTERM or a closed terminal."""

import os
import select
import signal


class StopSignal:
    """An event that a signal handler sets and any thread waits for.

    Not a `threading.Event`: its `set` takes a lock that the interrupted thread may be holding,
    which would be a deadlock in a signal handler. Writing to a pipe does not block.
    """

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self.requested = False

    def request_stop(self, *_: object) -> None:
        """Request all threads to stop; usable as a signal handler."""
        if not self.requested:
            self.requested = True
            os.write(self._writer, b"x")

    def wait_for_stop(self, seconds: float) -> bool:
        """Sleep for `seconds`, or until a stop is requested; return whether to stop."""
        if not self.requested:
            select.select([self._reader], [], [], seconds)
        return self.requested


def install_stop_signal() -> StopSignal:
    """Handle the usual signals as stop requests. Call it first, in the main thread."""
    stop = StopSignal()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop.request_stop)
    return stop
