"""When a server is asked again, and how long to wait before."""

from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import InvalidHeader

ATTEMPTS = 5
MOST_WAITS = 2
"""How often to ask once more where an answer did not come, or broke off."""

LONGEST_PAUSE = 10.0
"""Seconds between attempts, whatever a server asks for."""

REPEATABLE = frozenset({"GET", "HEAD"})
"""Only these are asked again after a broken connection: of a write nobody knows what became."""

BUSY = 429
PASSING = frozenset({502, 503, 504})


class Patience(Retry):
    """Pauses between attempts; a server that is busy has not begun, so any method may be asked."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether an answer with this status is worth another attempt."""
        if status_code == BUSY:
            return True
        return method.upper() in REPEATABLE and status_code in PASSING

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """The seconds that the server asks for; a broken header asks for none."""
        try:
            asked = super().get_retry_after(response)
        except InvalidHeader:
            return None
        return None if asked is None else min(asked, LONGEST_PAUSE)


def patience(pause: float) -> Patience:
    """The patience of one connection; `pause` is in seconds, and doubles with every attempt."""
    return Patience(
        total=ATTEMPTS - 1,
        read=MOST_WAITS,
        redirect=False,
        allowed_methods=REPEATABLE,
        status_forcelist=PASSING | {BUSY},
        backoff_factor=pause,
        backoff_max=LONGEST_PAUSE,
        raise_on_status=False,
        respect_retry_after_header=True,
    )
