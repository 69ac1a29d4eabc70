"""How every program of the demo learns that it is to stop: SIGINT, SIGTERM or a closed terminal."""

import os
import select
import signal


class StopSignal:
    """Set by a signal, waited for by any thread.

    Not a `threading.Event`: its `set` takes a lock that the interrupted thread may be holding, and
    a signal handler must not wait for anybody. Writing to a pipe waits for nobody.
    """

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self.requested = False

    def request_stop(self, *_: object) -> None:
        """Ask everybody to stop; usable as a signal handler."""
        if not self.requested:
            self.requested = True
            os.write(self._writer, b"x")

    def wait_for_stop(self, seconds: float) -> bool:
        """Sleep for `seconds`, less if asked to stop; say whether to stop."""
        if not self.requested:
            select.select([self._reader], [], [], seconds)
        return self.requested


def install_stop_signal() -> StopSignal:
    """Let the usual signals request a stop. Call it first thing, in the main thread."""
    stop = StopSignal()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop.request_stop)
    return stop
