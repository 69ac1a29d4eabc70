"""What a value says beyond a default."""

from typing import Any

import orjson

Document = dict[str, Any]


def beyond(value: Document, default: Document) -> Document:
    """What is said that the default does not say, part by part; what says no more is left out.

    A list is one value: it is said as a whole, or not at all.
    """
    kept = {name: _more(it, default.get(name)) for name, it in value.items()}
    return {name: it for name, it in kept.items() if not _is_said_by(it, default.get(name))}


def as_bytes(value: Any) -> bytes:
    """JSON in one way to write it; unlike `==`, it tells `true` from 1."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _more(value: Any, default: Any) -> Any:
    both = isinstance(value, dict) and isinstance(default, dict)
    return beyond(value, default) if both else value


def _is_said_by(value: Any, default: Any) -> bool:
    if isinstance(default, dict):
        return bool(value == {})
    if default is None or value != default:
        return False
    return as_bytes(value) == as_bytes(default)
