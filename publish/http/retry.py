"""Which requests are repeated, and how long to wait before."""

from typing import Any, Self

from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import InvalidHeader

from tailboard.publish.http.session import AnswerLimitError

MAX_ATTEMPTS = 5
MAX_READ_RETRIES = 2
"""How often a request is repeated whose answer did not arrive, or not completely."""

MAX_BACKOFF = 10.0
"""The longest pause between attempts in seconds, also where a server asks for more."""

SAFE_METHODS = frozenset({"GET", "HEAD"})
"""Only these are repeated after a broken connection: a write may have been carried out."""

TOO_MANY_REQUESTS = 429
TRANSIENT_STATUSES = frozenset({502, 503, 504})


class RequestRetry(Retry):
    """Retries with pauses; after 429 nothing was carried out, so any method may be repeated."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether a request with this answer is repeated."""
        if status_code == TOO_MANY_REQUESTS:
            return True
        return method.upper() in SAFE_METHODS and status_code in TRANSIENT_STATUSES

    def increment(self, *arguments: Any, **options: Any) -> Self:
        """The retries that are left; after an answer that exceeds its limits there are none.

        Raises the error of such an answer.
        """
        error = options.get("error")
        if error and any(isinstance(cause, AnswerLimitError) for cause in error.args):
            raise error
        return super().increment(*arguments, **options)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """The seconds of the header Retry-After; None where it is missing or cannot be read."""
        try:
            seconds = super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):
            return None
        return None if seconds is None else min(seconds, MAX_BACKOFF)


def build_retry(backoff_factor: float) -> RequestRetry:
    """The retries of one connection; `backoff_factor`, in seconds, doubles with every attempt."""
    return RequestRetry(
        total=MAX_ATTEMPTS - 1,
        read=MAX_READ_RETRIES,
        redirect=False,
        allowed_methods=SAFE_METHODS,
        status_forcelist=TRANSIENT_STATUSES | {TOO_MANY_REQUESTS},
        backoff_factor=backoff_factor,
        backoff_max=MAX_BACKOFF,
        raise_on_status=False,
        respect_retry_after_header=True,
    )
