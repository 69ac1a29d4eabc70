"""Values without any class of grafanalib's: nothing that JSON cannot say is left."""

import math
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from functools import cache
from typing import Any

import attr
from grafanalib.core import AlertList, Graph, Panel, PieChart

from tailboard.panels.definition_error import DefinitionError, suggest_name

Document = dict[str, Any]

PANEL_CLASSES = (Panel, AlertList)
PRINTING_CLASSES = (Graph, PieChart)
"""What prints while it is written."""

JSON_TYPES = frozenset({bool, int, type(None)})
"""What JSON says as it is."""

MAX_EXACT_INTEGER = 2**53
"""Beyond it, a float no longer tells neighbouring integers apart."""


def convert_panel(panel: object) -> Document:
    """A panel as a dictionary, from grafanalib or JSON."""
    document = None
    if isinstance(panel, Mapping):
        document = _convert_mapping(panel, keep_nulls=False, is_panel=True)
    elif hasattr(panel, "to_json_data"):
        document = _convert_grafanalib_object(panel, keep_nulls=False)
    if isinstance(document, dict) and ("type" in document or "libraryPanel" in document):
        return document
    raise DefinitionError(
        f"a {type(panel).__name__} is not a panel",
        tip="use a ready-made panel, a kind from panels.kinds or a grafanalib panel.",
    )


def convert_value(value: Any, *, keep_nulls: bool = False) -> Any:
    """The value without any class of grafanalib's; nothing that JSON cannot say is left.

    A null of grafanalib's says nothing and is dropped; one in somebody's JSON may say something.
    """
    # Every value of every document passes here: the commonest types are asked for first.
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _validate_text(value)
    if kind in JSON_TYPES:
        return value
    if kind is dict:
        return _convert_mapping(value, keep_nulls=keep_nulls)
    if kind is list:
        return [convert_value(item, keep_nulls=keep_nulls) for item in value]
    if hasattr(value, "to_json_data"):
        return _convert_grafanalib_object(value, keep_nulls=keep_nulls)
    return _convert_rare_value(value, keep_nulls=keep_nulls)


def _convert_rare_value(value: Any, *, keep_nulls: bool) -> Any:
    """The value of a rarer type, or of one derived from a common one."""
    if isinstance(value, float):
        return _convert_number(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return _validate_text(value)
    if isinstance(value, Mapping):
        return _convert_mapping(value, keep_nulls=keep_nulls)
    if isinstance(value, list | tuple):
        return [convert_value(item, keep_nulls=keep_nulls) for item in value]
    raise DefinitionError(
        f"{value!r} is a {type(value).__name__}, which JSON cannot say",
        tip="use strings, numbers, lists, dictionaries and grafanalib objects.",
    )


def _validate_text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DefinitionError(
            f"{value!r:.60} holds half a character, which JSON cannot say",
            tip="look for text that was cut or decoded wrongly.",
        ) from error
    return value


def _convert_mapping(value: Mapping[Any, Any], *, keep_nulls: bool, is_panel: bool = False) -> Any:
    document: Document = {}
    try:
        for key, item in value.items():
            name = key if type(key) is str else str(key)
            if item is None:
                if keep_nulls or name == "value":
                    document[name] = None
            elif type(item) in JSON_TYPES or (type(item) is str and item.isascii()):
                document[name] = item
            else:
                document[name] = convert_value(item, keep_nulls=keep_nulls)
    except DefinitionError as error:
        if is_panel or "fieldConfig" in value or "gridPos" in value or "targets" in value:
            error.add_place(f"panel {value.get('title') or value.get('type') or ''!r}")
        raise
    return document


def _convert_grafanalib_object(value: Any, *, keep_nulls: bool) -> Any:
    try:
        check_attributes(value)
    except DefinitionError as error:
        if isinstance(value, PANEL_CLASSES):
            error.add_place(f"panel {_find_title(value)!r}")
        raise
    with redirect_stdout(None) if isinstance(value, PRINTING_CLASSES) else nullcontext():
        json_data = value.to_json_data()
    return convert_value(json_data, keep_nulls=keep_nulls)


def _convert_number(value: float) -> float:
    """The number, a whole one as an integer: Grafana stores 1 and not 1.0."""
    if not math.isfinite(value):
        raise DefinitionError(
            f"a number is {value!r}, which JSON cannot say",
            tip="look for a threshold or limit that was computed.",
        )
    return int(value) if value.is_integer() and abs(value) < MAX_EXACT_INTEGER else float(value)


def check_attributes(value: object) -> None:
    """Find the misspelt attribute: grafanalib's classes take any assignment without a word."""
    known_names = _list_attribute_names(type(value))  # type: ignore[arg-type]  # a class is hashable
    if not known_names or known_names.issuperset(getattr(value, "__dict__", ())):
        return
    for name in getattr(value, "__dict__", ()):
        if name not in known_names and not name.startswith("_"):
            raise DefinitionError(
                f"a {type(value).__name__} has no field {name!r}",
                tip=suggest_name(name, known_names),
            )


@cache
def _list_attribute_names(kind: type[Any]) -> frozenset[str]:
    """The fields of an attrs class; a plain subclass of one may have attributes of its own."""
    has_own_fields = "__attrs_attrs__" in vars(kind)
    return frozenset(field.name for field in attr.fields(kind)) if has_own_fields else frozenset()


def _find_title(panel: object) -> str:
    return str(getattr(panel, "title", None) or type(panel).__name__)
