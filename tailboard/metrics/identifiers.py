"""Values of labels that name one thing of very many: ids, paths that hold them, addresses."""

import re
from collections.abc import Iterable

from tailboard.panels.lazy_pattern import declare_pattern

UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
HEX = r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{16,64}"
LONG_ID = declare_pattern(rf"(?i:{UUID})|{ULID}|(?i:{HEX})")
TOKEN = declare_pattern(r"[\w.:+=~-]+", re.ASCII)
ALPHANUMERIC_RUN = declare_pattern(r"[A-Za-z0-9]{16,}")
NUMBER = declare_pattern(r"\d+")
LONG_NUMBER = declare_pattern(r"\d{6,}")
STATUS = declare_pattern(r"[1-5]\d\d")
EMAIL = declare_pattern(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
WORD = declare_pattern(r"\S+")
QUERY_STRING = declare_pattern(r"(?<!\()\?[\w%].*")
"""Of an address, and not of a route that is a regular expression."""

ID_PREFIX_LENGTH = 4
"""Characters of an id."""

PATH = declare_pattern(r"(?:https?://[^/\s]*)?/\S*", re.IGNORECASE)


def is_long_id(value: str) -> bool:
    """Whether it is a UUID, a ULID, hexadecimal of 16 digits or more, or a random token."""
    return LONG_ID.fullmatch(value) is not None or _is_token(value)


def _is_token(value: str) -> bool:
    """Whether 16 letters and digits or more in a row are mixed as no name mixes them."""
    return bool(TOKEN.fullmatch(value)) and any(
        _is_random(run) for run in ALPHANUMERIC_RUN.findall(value)
    )


def _is_random(run: str) -> bool:
    numbers = len(NUMBER.findall(run))
    is_mixed = any(character.islower() for character in run) and any(
        character.isupper() for character in run
    )
    return numbers >= (2 if is_mixed else 3)


def is_email(value: str) -> bool:
    """Whether it is an e-mail address."""
    return EMAIL.fullmatch(value) is not None


def find_paths_with_ids(values: Iterable[str]) -> list[str]:
    """The paths among some values that hold an id.

    A number in a path is one, if another path has a different one in its place, or if it cannot be
    an HTTP status and has more than two digits: `/status/404` and `/v2/docs` stay as they are.
    """
    paths = sorted(path for path in values if PATH.fullmatch(path))
    shapes: dict[tuple[str, ...], set[str]] = {}
    for path in paths:
        shapes.setdefault(_build_path_shape(path), set()).add(path)
    return [path for path in paths if _has_id(path, len(shapes[_build_path_shape(path)]) > 1)]


def _split_path(path: str) -> list[str]:
    return path.partition("?")[0].split("/")


def _build_path_shape(path: str) -> tuple[str, ...]:
    return tuple("#" if NUMBER.fullmatch(segment) else segment for segment in _split_path(path))


def _has_id(path: str, has_variants: bool) -> bool:
    segments = _split_path(path)
    numbers = [segment for segment in segments if NUMBER.fullmatch(segment)]
    if any(is_long_id(segment) for segment in segments):
        return True
    if has_variants and any(not STATUS.fullmatch(number) for number in numbers):
        return True
    return any(len(number) > 2 and not STATUS.fullmatch(number) for number in numbers)


def mask_value(value: str) -> str:
    """A label's value as messages may show it: no secrets of addresses, no whole ids and people.

    What is none of these, as routes, methods and statuses are, stays unchanged.
    """
    return WORD.sub(lambda match: _mask_word(match[0]), value)


def shorten_id(value: str) -> str:
    """The beginning of an id: enough to tell which kind it is, too little to use it."""
    return f"{value[:ID_PREFIX_LENGTH]}…" if len(value) > ID_PREFIX_LENGTH else value


def _mask_word(word: str) -> str:
    """One word; of an address, without its user, the values of its query, and its fragment."""
    if "/" not in word:
        return _mask_piece(word)
    prefix, scheme, rest = word.rpartition("://")
    if scheme or word.startswith("/"):
        rest = rest.partition("#")[0]
    path = QUERY_STRING.sub("", rest)
    query = "?..." if path != rest else ""
    first_piece, *others = path.split("/")
    first_piece = first_piece.rpartition("@")[2] if scheme else _mask_piece(first_piece)
    return f"{prefix}{scheme}{'/'.join([first_piece, *map(_mask_piece, others)])}{query}"


def _mask_piece(piece: str) -> str:
    if is_long_id(piece) or LONG_NUMBER.fullmatch(piece):
        return shorten_id(piece)
    return EMAIL.sub(lambda match: f"{match[0][0]}…@{match[0].partition('@')[2]}", piece)
