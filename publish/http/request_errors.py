"""What went wrong on the way to a server, in a sentence."""

from collections.abc import Iterator

import requests
from urllib3.exceptions import NewConnectionError

from tailboard.publish.errors import ServerError
from tailboard.publish.http.address import format_address

TIP = "look at the address, and whether the server runs."

_EXCEPTIONS = requests.exceptions
ERROR_TEXTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (
        _EXCEPTIONS.ProxyError,
        "cannot be reached through the proxy",
        "look at HTTPS_PROXY and NO_PROXY.",
    ),
    (
        _EXCEPTIONS.SSLError,
        "has a certificate that is not trusted",
        "name the authority that signed it in the ..._CA_FILE of the environment.",
    ),
    (_EXCEPTIONS.Timeout, "does not answer in time", TIP),
    (
        (_EXCEPTIONS.ChunkedEncodingError, _EXCEPTIONS.ContentDecodingError),
        "broke off in the middle of its answer",
        "try again.",
    ),
    (_EXCEPTIONS.ConnectionError, "broke the connection off", "try again."),
)
"""What to say of each kind of error; the narrower kinds first."""


def build_server_error(
    error: Exception, address: str, *, is_repeatable: bool = True
) -> ServerError:
    """The error as the user reads it; of a write that was sent, nobody knows what became."""
    problem, tip = _describe_error(error)
    is_sent = not isinstance(
        error,
        requests.exceptions.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.InvalidURL,
    ) and not _is_unsent(error)
    return ServerError(
        f"{format_address(address)} {problem}", tip=tip, is_uncertain=is_sent and not is_repeatable
    )


def _describe_error(error: Exception) -> tuple[str, str]:
    if _is_unsent(error) and not isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached", TIP
    for kinds, problem, tip in ERROR_TEXTS:
        if isinstance(error, kinds):
            return problem, tip
    return f"cannot be asked: {type(error).__name__}", TIP


def _is_unsent(error: Exception) -> bool:
    """Whether no request was sent: the name is unknown, or nobody listens."""
    return any(isinstance(cause, NewConnectionError) for cause in _list_causes(error))


def _list_causes(error: Exception) -> Iterator[Exception]:
    """The error, and what it is about: requests and urllib3 put errors into errors."""
    yield error
    candidates = (
        getattr(error, "reason", None),
        getattr(error, "original_error", None),
        *error.args,
    )
    cause = next((candidate for candidate in candidates if isinstance(candidate, Exception)), None)
    if cause is not None:
        yield from _list_causes(cause)
