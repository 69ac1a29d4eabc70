"""Values of labels that name one thing of very many: ids, paths that hold them, addresses."""

import re
from collections.abc import Iterable

UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
HEX = r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{16,64}"
LONG_ID = re.compile(rf"(?i:{UUID})|{ULID}|(?i:{HEX})")
NUMBER = re.compile(r"\d+")
STATUS = re.compile(r"[1-5]\d\d")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
PATH = re.compile(r"(?:https?://[^/\s]*)?/\S*", re.IGNORECASE)


def is_long_id(value: str) -> bool:
    """Whether it is a UUID, a ULID, or hexadecimal of 16 digits or more."""
    return LONG_ID.fullmatch(value) is not None


def is_email(value: str) -> bool:
    """Whether it is an e-mail address."""
    return EMAIL.fullmatch(value) is not None


def paths_with_ids(values: Iterable[str]) -> list[str]:
    """The paths among some values that hold an id.

    A number in a path is one, if another path has a different one in its place, or if it cannot be
    an HTTP status and has more than two digits: `/status/404` and `/v2/docs` stay as they are.
    """
    paths = sorted(it for it in values if PATH.fullmatch(it))
    shapes: dict[tuple[str, ...], set[str]] = {}
    for it in paths:
        shapes.setdefault(_shape(it), set()).add(it)
    return [it for it in paths if _has_id(it, len(shapes[_shape(it)]) > 1)]


def _segments(path: str) -> list[str]:
    return path.partition("?")[0].split("/")


def _shape(path: str) -> tuple[str, ...]:
    return tuple("#" if NUMBER.fullmatch(it) else it for it in _segments(path))


def _has_id(path: str, several: bool) -> bool:
    segments = _segments(path)
    numbers = [it for it in segments if NUMBER.fullmatch(it)]
    if any(is_long_id(it) for it in segments):
        return True
    if several and any(not STATUS.fullmatch(it) for it in numbers):
        return True
    return any(len(it) > 2 and not STATUS.fullmatch(it) for it in numbers)
