"""What went wrong on the way to a server, in a sentence."""

from collections.abc import Iterator

import requests
from urllib3.exceptions import NewConnectionError

from tailboard.publish.errors import ServerError
from tailboard.publish.http.address import shown

TIP = "look at the address, and whether the server runs."

_KINDS = requests.exceptions
SAID: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (
        _KINDS.ProxyError,
        "cannot be reached through the proxy",
        "look at HTTPS_PROXY and NO_PROXY.",
    ),
    (
        _KINDS.SSLError,
        "has a certificate that is not trusted",
        "name the authority that signed it in the ..._CA_FILE of the environment.",
    ),
    (_KINDS.Timeout, "does not answer in time", TIP),
    (
        (_KINDS.ChunkedEncodingError, _KINDS.ContentDecodingError),
        "broke off in the middle of its answer",
        "try again.",
    ),
    (_KINDS.ConnectionError, "broke the connection off", "try again."),
)
"""What to say of each kind of error; the narrower kinds first."""


def problem_of(error: Exception, address: str, *, repeatable: bool = True) -> ServerError:
    """The error as the user reads it; of a write that was sent, nobody knows what became."""
    problem, tip = _said(error)
    reached = not isinstance(
        error,
        requests.exceptions.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.InvalidURL,
    ) and not _never_connected(error)
    return ServerError(f"{shown(address)} {problem}", tip=tip, uncertain=reached and not repeatable)


def _said(error: Exception) -> tuple[str, str]:
    if _never_connected(error) and not isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached", TIP
    for kinds, problem, tip in SAID:
        if isinstance(error, kinds):
            return problem, tip
    return f"cannot be asked: {type(error).__name__}", TIP


def _never_connected(error: Exception) -> bool:
    """Whether no request was sent: the name is unknown, or nobody listens."""
    return any(isinstance(it, NewConnectionError) for it in _causes(error))


def _causes(error: Exception) -> Iterator[Exception]:
    """The error, and what it is about: requests and urllib3 put errors into errors."""
    yield error
    inner = (getattr(error, "reason", None), getattr(error, "original_error", None), *error.args)
    cause = next((it for it in inner if isinstance(it, Exception)), None)
    if cause is not None:
        yield from _causes(cause)
