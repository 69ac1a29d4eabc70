"""JSON changed in its text: strings, numbers and names of fields, where they stand."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tailboard.rename.text_edits import TextEdit, WrittenText, apply_edits

SPACE = re.compile(r"[ \t\r\n]*")
SCALAR = re.compile(r"[^\s,\]}]+")


@dataclass(frozen=True)
class JsonValue:
    """A value with its place in the text; `content` are its fields, or its items."""

    start: int
    end: int
    content: tuple[tuple["JsonValue | None", "JsonValue"], ...] = ()
    """Pairs of the name of a field and its value; the name is None in a list."""


def rewrite_json(text: str, old: Any, new: Any) -> str | None:
    """The text in which the one document is the other; None where more than values changed."""
    try:
        root = _read_value(text, _skip_space(text, 0))
        edits = list(_list_edits(text, root, old, new))
    except (_ShapeError, IndexError, RecursionError):
        return None
    new_text = apply_edits(text, edits)
    try:
        is_exact = json.loads(new_text) == new
    except ValueError:
        return None
    return new_text if is_exact else None


class _ShapeError(ValueError):
    """Two documents differ in more than their values."""


def _read_value(text: str, position: int) -> JsonValue:
    char = text[position]
    if char == '"':
        return JsonValue(position, _find_string_end(text, position))
    if char in "{[":
        return _read_container(text, position)
    match = SCALAR.match(text, position)
    if match is None:
        raise _ShapeError
    return JsonValue(position, match.end())


def _read_container(text: str, start: int) -> JsonValue:
    is_object = text[start] == "{"
    content = []
    position = _skip_space(text, start + 1)
    while text[position] not in "}]":
        name = None
        if is_object:
            name = _read_value(text, position)
            position = _skip_space(text, _skip_space(text, name.end) + 1)
        value = _read_value(text, position)
        content.append((name, value))
        position = _skip_space(text, value.end)
        if text[position] == ",":
            position = _skip_space(text, position + 1)
    return JsonValue(start, position + 1, tuple(content))


def _skip_space(text: str, position: int) -> int:
    match = SPACE.match(text, position)
    return match.end() if match else position


def _find_string_end(text: str, start: int) -> int:
    position = start + 1
    while text[position] != '"':
        position += 2 if text[position] == "\\" else 1
    return position + 1


def _list_edits(text: str, value: JsonValue, old: Any, new: Any) -> Iterator[TextEdit]:
    if old is new or (type(old) is type(new) and old == new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        if not len(old) == len(new) == len(value.content):
            raise _ShapeError
        for (name, child), (old_name, old_child), (new_name, new_child) in zip(
            value.content, old.items(), new.items(), strict=True
        ):
            if name is not None:
                yield from _list_edits(text, name, old_name, new_name)
            yield from _list_edits(text, child, old_child, new_child)
    elif isinstance(old, list) and isinstance(new, list):
        if not len(old) == len(new) == len(value.content):
            raise _ShapeError
        for (_, child), old_child, new_child in zip(value.content, old, new, strict=True):
            yield from _list_edits(text, child, old_child, new_child)
    elif isinstance(old, dict | list) or isinstance(new, dict | list):
        raise _ShapeError
    else:
        yield from _list_scalar_edits(text, value, old, new)


def _list_scalar_edits(text: str, value: JsonValue, old: Any, new: Any) -> Iterator[TextEdit]:
    is_ascii = text.isascii()
    if isinstance(old, str) and isinstance(new, str):
        written_text = WrittenText(text, value.start + 1, value.end - 1, "json", is_ascii=is_ascii)
        edits = written_text.list_edits(old, new)
        if edits is not None:
            yield from edits
            return
    yield TextEdit(value.start, value.end, json.dumps(new, ensure_ascii=is_ascii))
