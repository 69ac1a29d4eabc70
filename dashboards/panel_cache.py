"""Panels of grafanalib in the form that Grafana stores, converted once for all that look alike.

The panels of two services differ in their words: titles, expressions, legends. The rest of a panel,
its look, is the same over and over: field options, thresholds, the way it queries. It is converted,
checked and modernised once, with marks in place of the words, and kept as JSON, so that every
document gets data of its own.
"""

from collections.abc import Sequence
from copy import copy
from functools import cache
from typing import Any

import orjson

from tailboard.dashboards.passes.check import check_panel
from tailboard.dashboards.passes.modernize.panel import modernize_panel
from tailboard.dashboards.passes.read import convert_panel, convert_value, validate_text
from tailboard.dashboards.schema import CORE_PANEL_TYPES, ModernPanel

Panel = dict[str, Any]

PANEL_WORDS = ("title", "description")
QUERY_WORDS = ("expr", "legendFormat")
MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands for a word in a look."""

OWN_ATTRIBUTES = ("gridPos", "id", "repeat", "targets")
"""The attributes of a panel that its look has not or has beside the others."""

LOOK_TYPES = CORE_PANEL_TYPES - {"row"}
"""The types whose panels are modernised field by field, so that a look can be without the rest."""

UNKNOWN_FIELDS = frozenset({"alert", "gridPos", "id", "panels", "styles"})
"""The fields that no look has: some are the panel's own, others the passes take for more."""

MAX_LOOKS = 1024
MAX_LOOK_SIZE = 8192
"""Bytes of a look that is kept: a larger one holds a text of its own, which no other panel has."""

_looks: dict[tuple[Any, ...], bytes] = {}
"""The modern look by the classes and attributes of the panel and its queries."""


def read_panel(panel: object) -> Panel:
    """A panel as the read pass converts it; one of grafanalib mostly as a `ModernPanel`.

    What is wrong with a panel is left to the passes, which say where.
    """
    if _is_look_class(type(panel)):  # type: ignore[arg-type]  # a class is hashable
        try:
            modern_panel = _build_modern_panel(panel)
        except Exception:  # a panel may hold anything, which may raise anything
            modern_panel = None
        if modern_panel is not None:
            return modern_panel
    return convert_panel(panel)


@cache
def _is_look_class(kind: type[Any]) -> bool:
    """Whether the JSON of an object follows from its attributes; a user's class writes any."""
    return kind.__module__.startswith(("grafanalib.", "tailboard."))


def _build_modern_panel(panel: Any) -> ModernPanel | None:
    import pickle  # here, since JSON has no looks

    elements = (panel, panel.repeat, *panel.targets)
    classes = tuple(map(type, elements))
    if not all(map(_is_look_class, classes)):
        return None
    attributes = {**vars(panel), **dict.fromkeys(OWN_ATTRIBUTES)}
    _mask_words(attributes, PANEL_WORDS)
    values = [list(attributes.values()), list(vars(panel.repeat).values())]
    for query in panel.targets:
        query_attributes = vars(query).copy()
        _mask_words(query_attributes, QUERY_WORDS)
        values.append(list(query_attributes.values()))
    pickled_values = pickle.dumps(values)
    if len(pickled_values) > MAX_LOOK_SIZE:
        return None
    key = (classes, pickled_values)
    if key not in _looks:
        if _has_unknown_object(values):
            return None
        if len(_looks) >= MAX_LOOKS:
            _looks.clear()
        copies = map(_copy_with, elements, pickle.loads(pickled_values))  # noqa: S301  # from above
        _looks[key] = _build_look(panel, *copies)
    look = _looks[key]
    return _fill_look(look, panel) if look else None


def _mask_words(attributes: dict[str, Any], names: Sequence[str]) -> None:
    """Put marks in place of words; one that is empty or no text is part of the look."""
    for name in names:
        word = attributes.get(name)
        if word and type(word) is str:
            attributes[name] = MARK


def _has_unknown_object(value: Any) -> bool:
    """Whether a value holds an object of a user's class, at any depth."""
    if isinstance(value, dict):
        return any(map(_has_unknown_object, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_unknown_object, value))
    if not hasattr(value, "to_json_data"):
        return False
    is_known = _is_look_class(type(value))  # type: ignore[arg-type]  # a class is hashable
    return not is_known or _has_unknown_object(vars(value))


def _copy_with(element: Any, values: Sequence[Any]) -> Any:
    """A copy of an object with other values of its attributes, unvalidated."""
    element_copy = copy(element)
    vars(element_copy).update(zip(vars(element), values, strict=True))
    return element_copy


def _build_look(panel: Any, masked_panel: Any, repeat: Any, *queries: Any) -> bytes:
    """The modern look as JSON; empty for one that is not kept or needs the words themselves.

    It is built from copies, since some objects of grafanalib can be written only once.
    """
    masked_panel.repeat, masked_panel.targets = repeat, list(queries)
    look = convert_panel(masked_panel)
    if look["type"] not in LOOK_TYPES or not UNKNOWN_FIELDS.isdisjoint(look):
        return b""
    check_panel(look)
    content = orjson.dumps(modernize_panel(look, has_grafanalib_defaults=False))
    return b"" if MARK.encode() in orjson.dumps(_fill_look(content, panel)) else content


def _fill_look(look: bytes, panel: Any) -> ModernPanel | None:
    """The panel of this look with its own words; None where its place is none, which check says."""
    modern_panel = ModernPanel(orjson.loads(look))
    _fill_words(modern_panel, panel, PANEL_WORDS)
    for query, query_object in zip(modern_panel.get("targets", ()), panel.targets, strict=True):
        _fill_words(query, query_object, QUERY_WORDS)
    if panel.id is not None:
        modern_panel["id"] = convert_value(panel.id)
    if panel.gridPos is not None:
        modern_panel["gridPos"] = convert_value(panel.gridPos)
        if not isinstance(modern_panel["gridPos"], dict):
            return None
    return modern_panel


def _fill_words(element: Panel, element_object: Any, names: Sequence[str]) -> None:
    """Put the words of an object in place of the marks."""
    for name in names:
        if element.get(name) == MARK:
            word = getattr(element_object, name)
            element[name] = word if word.isascii() else validate_text(word)
