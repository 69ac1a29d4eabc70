"""Values of a document that may come from anybody: what has the wrong type is read as empty."""

from collections.abc import Mapping
from typing import Any

JsonObject = Mapping[str, Any]


def read_object(value: object) -> JsonObject:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def read_spec(kind: object) -> JsonObject:
    """The `spec` of a kind, of which schema v2 is made: `{"kind": ..., "spec": {...}}`."""
    return read_object(read_object(kind).get("spec"))


def list_objects(value: object) -> list[JsonObject]:
    """The JSON objects of a list; none where the value is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def read_text(value: object) -> str:
    """The value if it is text, else no text."""
    return value if isinstance(value, str) else ""


def read_number(value: object, default: int) -> int:
    """The value as a whole number, or a default where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        return int(value)
    except (OverflowError, ValueError):
        return default
