"""An event that happens in a fixed share of the calls, evenly spread and without randomness."""

import threading


class FixedShare:
    """Returns True for `share` of its calls. The share may change at any time."""

    def __init__(self, share: float) -> None:
        self.share = share
        self._owed = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        with self._lock:
            self._owed += self.share
            if self._owed < 1 - 1e-9:
                return False
            self._owed = max(0.0, self._owed - 1)
            return True
