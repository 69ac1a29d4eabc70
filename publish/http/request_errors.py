"""Errors of HTTP requests as messages for users."""

import http.client
from collections.abc import Iterator

import requests
import urllib3
from urllib3.exceptions import NewConnectionError

from tailboard.publish.errors import ServerError
from tailboard.publish.http.address import format_address
from tailboard.publish.http.session import AnswerDeadlineError, AnswerLimitError

TIP = "look at the address, and whether the server runs."
LIMIT_TIP = "look at the address: it is another server, or one that is overloaded."

REQUEST_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)
"""The exceptions of sending a request and reading its answer."""

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
"""The problem and the tip for each kind of error; subclasses before their bases."""


def build_server_error(
    error: Exception, address: str, *, is_repeatable: bool = True
) -> ServerError:
    """The error with a message; it is uncertain where a write may have been carried out."""
    problem, tip = _describe_error(error)
    limit_error = _find_limit_error(error)
    is_timeout = isinstance(limit_error, AnswerDeadlineError) or isinstance(
        error, requests.exceptions.ReadTimeout
    )
    is_sent = not isinstance(
        error,
        requests.exceptions.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.InvalidURL,
    ) and not _is_unsent(error)
    return ServerError(
        f"{format_address(address)} {problem}",
        tip=tip,
        is_uncertain=is_sent and not is_repeatable,
        is_timeout=is_timeout,
    )


def _describe_error(error: Exception) -> tuple[str, str]:
    if _is_unsent(error) and not isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached", TIP
    if limit_error := _find_limit_error(error):
        return str(limit_error), LIMIT_TIP
    for kinds, problem, tip in ERROR_TEXTS:
        if isinstance(error, kinds):
            return problem, tip
    return f"cannot be asked: {type(error).__name__}", TIP


def _find_limit_error(error: Exception) -> AnswerLimitError | None:
    return next(
        (cause for cause in _list_causes(error) if isinstance(cause, AnswerLimitError)), None
    )


def _is_unsent(error: Exception) -> bool:
    """Whether no request was sent: the host name is unknown, or the connection was refused."""
    return any(isinstance(cause, NewConnectionError) for cause in _list_causes(error))


def _list_causes(error: Exception) -> Iterator[Exception]:
    """The error and its causes: requests and urllib3 wrap errors in errors."""
    yield error
    candidates = (
        getattr(error, "reason", None),
        getattr(error, "original_error", None),
        *error.args,
    )
    cause = next((candidate for candidate in candidates if isinstance(candidate, Exception)), None)
    if cause is not None:
        yield from _list_causes(cause)
