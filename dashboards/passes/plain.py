"""Values without any class of grafanalib's: nothing that JSON cannot say is left."""

import math
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from functools import cache
from typing import Any

import attr
from grafanalib.core import AlertList, Graph, Panel, PieChart

from tailboard.panels.definition_error import DefinitionError, did_you_mean

Document = dict[str, Any]

PANELS = (Panel, AlertList)
TALKATIVE = (Graph, PieChart)
"""What prints while it is written."""

SAYABLE = frozenset({bool, int, type(None)})
"""What JSON says as it is."""

EXACT = 2**53
"""Beyond it, a float no longer tells neighbouring integers apart."""


def panel_of(panel: object) -> Document:
    """A panel as a dictionary, from grafanalib or JSON."""
    found = None
    if isinstance(panel, Mapping):
        found = _mapping(panel, nulls=False, panel=True)
    elif hasattr(panel, "to_json_data"):
        found = _written(panel, nulls=False)
    if isinstance(found, dict) and ("type" in found or "libraryPanel" in found):
        return found
    raise DefinitionError(
        f"a {type(panel).__name__} is not a panel",
        tip="use a ready-made panel, a kind from panels.kinds or a grafanalib panel.",
    )


def plain(value: Any, *, nulls: bool = False) -> Any:
    """The value without any class of grafanalib's; nothing that JSON cannot say is left.

    A null of grafanalib's says nothing and is dropped; one in somebody's JSON may say something.
    """
    # Every value of every document passes here: the commonest types are asked for first.
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _encodable(value)
    if kind in SAYABLE:
        return value
    if kind is dict:
        return _mapping(value, nulls=nulls)
    if kind is list:
        return [plain(item, nulls=nulls) for item in value]
    if hasattr(value, "to_json_data"):
        return _written(value, nulls=nulls)
    return _rare(value, nulls=nulls)


def _rare(value: Any, *, nulls: bool) -> Any:
    """The value of a rarer type, or of one derived from a common one."""
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, Mapping):
        return _mapping(value, nulls=nulls)
    if isinstance(value, list | tuple):
        return [plain(item, nulls=nulls) for item in value]
    raise DefinitionError(
        f"{value!r} is a {type(value).__name__}, which JSON cannot say",
        tip="use strings, numbers, lists, dictionaries and grafanalib objects.",
    )


def _encodable(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DefinitionError(
            f"{value!r:.60} holds half a character, which JSON cannot say",
            tip="look for text that was cut or decoded wrongly.",
        ) from error
    return value


def _mapping(value: Mapping[Any, Any], *, nulls: bool, panel: bool = False) -> Any:
    made: Document = {}
    try:
        for key, item in value.items():
            name = key if type(key) is str else str(key)
            if item is None:
                if nulls or name == "value":
                    made[name] = None
            elif type(item) in SAYABLE or (type(item) is str and item.isascii()):
                made[name] = item
            else:
                made[name] = plain(item, nulls=nulls)
    except DefinitionError as error:
        if panel or "fieldConfig" in value or "gridPos" in value or "targets" in value:
            error.inside(f"panel {value.get('title') or value.get('type') or ''!r}")
        raise
    return made


def _written(value: Any, *, nulls: bool) -> Any:
    try:
        check_attributes(value)
    except DefinitionError as error:
        if isinstance(value, PANELS):
            error.inside(f"panel {_title(value)!r}")
        raise
    with redirect_stdout(None) if isinstance(value, TALKATIVE) else nullcontext():
        found = value.to_json_data()
    return plain(found, nulls=nulls)


def _finite(value: float) -> float:
    """The number, a whole one as an integer: Grafana stores 1 and not 1.0."""
    if not math.isfinite(value):
        raise DefinitionError(
            f"a number is {value!r}, which JSON cannot say",
            tip="look for a threshold or limit that was computed.",
        )
    return int(value) if value.is_integer() and abs(value) < EXACT else float(value)


def check_attributes(value: object) -> None:
    """Find the misspelt attribute: grafanalib's classes take any assignment without a word."""
    known = _attribute_names(type(value))  # type: ignore[arg-type]  # a class is hashable
    if not known or known.issuperset(getattr(value, "__dict__", ())):
        return
    for name in getattr(value, "__dict__", ()):
        if name not in known and not name.startswith("_"):
            raise DefinitionError(
                f"a {type(value).__name__} has no field {name!r}", tip=did_you_mean(name, known)
            )


@cache
def _attribute_names(kind: type[Any]) -> frozenset[str]:
    """The fields of an attrs class; a plain subclass of one may have attributes of its own."""
    own = "__attrs_attrs__" in vars(kind)
    return frozenset(field.name for field in attr.fields(kind)) if own else frozenset()


def _title(panel: object) -> str:
    return str(getattr(panel, "title", None) or type(panel).__name__)
