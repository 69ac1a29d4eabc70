"""What a value says beyond a default."""

from typing import Any

import orjson

Document = dict[str, Any]


def strip_defaults(value: Document, default: Document) -> Document:
    """What is said that the default does not say, part by part; what says no more is left out.

    A list is one value: it is said as a whole, or not at all.
    """
    parts = {name: _strip_nested_defaults(part, default.get(name)) for name, part in value.items()}
    return {name: part for name, part in parts.items() if not _is_default(part, default.get(name))}


def serialize_json(value: Any) -> bytes:
    """JSON in one way to write it; unlike `==`, it tells `true` from 1."""
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
