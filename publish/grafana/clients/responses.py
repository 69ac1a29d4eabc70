"""Grafana's answers: what a status means, and the boundary where a body is parsed or refused."""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tailboard.publish.errors import ServerError
from tailboard.publish.grafana.api import (
    ConflictError,
    ForbiddenError,
    LiveDashboard,
    RefusedError,
)
from tailboard.publish.http.connection import Response

CONFLICT_STATUSES = frozenset({409, 412})
DELETED_REASON = "resourceVersion should not be set on objects to be created"
"""What the API server of Grafana 12.4 says, with status 500, of an update of what was deleted."""

SHAPE_ERRORS = (AttributeError, LookupError, OverflowError, TypeError, ValueError)
"""What reading a JSON value raises that has another shape than the API's."""

UID_PATTERN = re.compile(r"(?!\.\.?$)[^/\\\x00-\x1f\x7f]+")
"""What can be one segment of a path: a uid becomes part of addresses and names of files."""

Parsed = TypeVar("Parsed")


def validate_response(response: Response, action: str, *, is_write: bool = False) -> Response:
    """The answer itself if Grafana did the action; raises what its status says otherwise."""
    if response.ok:
        return response
    status, reason = response.status, response.message
    if status == 403:
        detail = "" if reason == "status 403" else f": {reason}"
        raise ForbiddenError(
            f"{action} is not allowed (403){detail}",
            tip="give the service account a role that may: Editor, or Edit on the folder.",
        )
    if is_write and (status in CONFLICT_STATUSES or DELETED_REASON in reason or status == 404):
        raise ConflictError(
            f"{action}: it was changed meanwhile ({status}): {reason}",
            tip="run the command again.",
            is_present=status in CONFLICT_STATUSES,
        )
    if status >= 500:
        raise ServerError(
            f"{action}: Grafana fails ({status}): {reason}",
            tip="look into Grafana's log, and run the command again.",
            is_uncertain=True,
        )
    raise RefusedError(
        f"{action}: Grafana refuses it ({status}): {reason}",
        tip="change what it names, and run the command again.",
    )


def parse_response(
    response: Response, action: str, parse: Callable[[Any], Parsed], *, is_write: bool = False
) -> Parsed:
    """What `parse` makes of the body of an answer.

    Raises as `validate_response` does, and `ServerError` for a body of another shape.
    """
    body = validate_response(response, action, is_write=is_write).body
    with translate_shape_errors(action, is_write=is_write):
        return parse(body)


@contextlib.contextmanager
def translate_shape_errors(action: str, *, is_write: bool = False) -> Iterator[None]:
    """Turn errors about the shape of a JSON value into a `ServerError`.

    After a write it is uncertain: the server may have done it.
    """
    try:
        yield
    except SHAPE_ERRORS as error:
        raise ServerError(
            f"{action}: the answer is not of the form that Grafana's API has",
            tip="look at the address: another server answers there, or an unknown Grafana.",
            is_uncertain=is_write,
        ) from error


def read_object(value: Any) -> dict[str, Any]:
    """The JSON object itself; raises `TypeError` for any other value."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def read_objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, which may be null; raises `TypeError` for any other value."""
    if not isinstance(value, list | None):
        raise TypeError("not a list")
    return [read_object(entry) for entry in value or ()]


def read_text(value: Any) -> str:
    """The JSON string itself, empty for null; raises `TypeError` for any other value."""
    if not isinstance(value, str | None):
        raise TypeError("not a string")
    return value or ""


def read_uid(value: Any) -> str:
    """The uid itself; raises `TypeError` or `ValueError` for what cannot be one."""
    uid = read_text(value)
    if not UID_PATTERN.fullmatch(uid):
        raise ValueError("no uid")
    return uid


def check_uid(live: LiveDashboard, uid: str) -> LiveDashboard:
    """The dashboard itself, if it is the requested one; raises `ValueError`.

    Databases of Grafana may compare uids without regard to case.
    """
    if live.uid.casefold() != uid.casefold():
        raise ValueError("another dashboard")
    return live
