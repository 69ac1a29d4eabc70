"""Remove default values from documents, and compare values by type."""

from typing import Any

import orjson

Document = dict[str, Any]


def strip_defaults(value: Document, default: Document) -> Document:
    """The value without the parts that equal the default's, at every depth.

    A list is one value: it is kept as a whole, or not at all.
    """
    parts = {name: _strip_nested_defaults(part, default.get(name)) for name, part in value.items()}
    return {name: part for name, part in parts.items() if not _is_default(part, default.get(name))}


def serialize_json(value: Any) -> bytes:
    """Canonical JSON; unlike `==`, it distinguishes `True` from 1."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _strip_nested_defaults(value: Any, default: Any) -> Any:
    is_nested = isinstance(value, dict) and isinstance(default, dict)
    return strip_defaults(value, default) if is_nested else value


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(default, dict):
        return bool(value == {})
    if default is None or value != default:
        return False
    return serialize_json(value) == serialize_json(default)
