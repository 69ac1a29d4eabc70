"""Values of labels that name one thing of very many: ids, paths that hold them, addresses."""

import re
from collections.abc import Iterable

UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
HEX = r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{16,64}"
LONG_ID = re.compile(rf"(?i:{UUID})|{ULID}|(?i:{HEX})")
TOKEN = re.compile(r"[\w.:+=~-]+", re.ASCII)
RUN = re.compile(r"[A-Za-z0-9]{16,}")
NUMBER = re.compile(r"\d+")
LONG_NUMBER = re.compile(r"\d{6,}")
STATUS = re.compile(r"[1-5]\d\d")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
WORD = re.compile(r"\S+")
QUERY = re.compile(r"(?<!\()\?[\w%].*")
"""Of an address, and not of a route that is a regular expression."""

SHOWN = 4
"""Characters of an id."""

PATH = re.compile(r"(?:https?://[^/\s]*)?/\S*", re.IGNORECASE)


def is_long_id(value: str) -> bool:
    """Whether it is a UUID, a ULID, hexadecimal of 16 digits or more, or a random token."""
    return LONG_ID.fullmatch(value) is not None or _is_token(value)


def _is_token(value: str) -> bool:
    """Whether 16 letters and digits or more in a row are mixed as no name mixes them."""
    return bool(TOKEN.fullmatch(value)) and any(_is_random(it) for it in RUN.findall(value))


def _is_random(run: str) -> bool:
    numbers = len(NUMBER.findall(run))
    is_mixed = any(it.islower() for it in run) and any(it.isupper() for it in run)
    return numbers >= (2 if is_mixed else 3)


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


def masked(value: str) -> str:
    """A label's value as messages may show it: no secrets of addresses, no whole ids and people.

    What is none of these, as routes, methods and statuses are, stays as it is.
    """
    return WORD.sub(lambda it: _masked_word(it[0]), value)


def shortened(value: str) -> str:
    """The beginning of an id: enough to tell which kind it is, too little to use it."""
    return f"{value[:SHOWN]}…" if len(value) > SHOWN else value


def _masked_word(word: str) -> str:
    """One word; of an address, without its user, the values of its query, and its fragment."""
    if "/" not in word:
        return _masked_piece(word)
    whole, scheme, rest = word.rpartition("://")
    if scheme or word.startswith("/"):
        rest = rest.partition("#")[0]
    path = QUERY.sub("", rest)
    query = "?..." if path != rest else ""
    first, *others = path.split("/")
    first = first.rpartition("@")[2] if scheme else _masked_piece(first)
    return f"{whole}{scheme}{'/'.join([first, *map(_masked_piece, others)])}{query}"


def _masked_piece(piece: str) -> str:
    if is_long_id(piece) or LONG_NUMBER.fullmatch(piece):
        return shortened(piece)
    return EMAIL.sub(lambda it: f"{it[0][0]}…@{it[0].partition('@')[2]}", piece)
