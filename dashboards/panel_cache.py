"""Panels of grafanalib in the form that Grafana stores, converted once for all that look alike.

The panels of two services differ in their words, queries and places. The rest of a panel, its look,
is the same over and over: field options, legend, thresholds. It is converted, checked and
modernised once, and kept as JSON, so that every document gets data of its own.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from tailboard.dashboards.passes.check import check_panel, check_panel_fields
from tailboard.dashboards.passes.modernize.panel import (
    drop_query_defaults,
    modernize_own_fields,
    modernize_panel,
)
from tailboard.dashboards.passes.read import convert_panel, convert_value, write_json_data
from tailboard.dashboards.schema import CORE_PANEL_TYPES, ModernPanel

Panel = dict[str, Any]

OWN_FIELDS = frozenset({"datasource", "description", "gridPos", "id", "targets", "title"})
"""The fields that are not part of the look."""

LOOK_TYPES = CORE_PANEL_TYPES - {"row"}
"""The types whose panels are modernised field by field, so that a look can be without the rest."""

MAX_LOOKS = 1024
MAX_LOOK_SIZE = 8192
"""Bytes of a look that is kept: a larger one holds a text of its own, which no other panel has."""

_looks: dict[bytes, bytes] = {}
"""The modern look by the look that grafanalib writes."""


def read_panel(panel: object) -> Panel:
    """A panel as the read pass converts it; one of grafanalib mostly as a `ModernPanel`.

    What is wrong with a panel is left to the passes, which say where.
    """
    if hasattr(panel, "to_json_data"):
        try:
            modern_panel = _build_modern_panel(write_json_data(panel))
        except Exception:  # a panel may hold anything, which may raise anything
            modern_panel = None
        if modern_panel is not None:
            return modern_panel
    return convert_panel(panel)


def _build_modern_panel(json_data: Any) -> ModernPanel | None:
    if not isinstance(json_data, dict) or json_data.get("type") not in LOOK_TYPES:
        return None
    look = _find_look({name: json_data[name] for name in json_data if name not in OWN_FIELDS})
    if not look:
        return None
    panel = ModernPanel(orjson.loads(look))
    own_fields = {name: json_data[name] for name in OWN_FIELDS if name in json_data}
    if isinstance(own_fields.get("targets"), list):
        own_fields["targets"] = [_read_query(query) for query in own_fields["targets"]]
    own_panel: Panel = {"type": panel["type"], **convert_value(own_fields)}
    check_panel_fields(own_panel)
    modernize_own_fields(own_panel)
    panel.update(own_panel)
    return panel


def _read_query(query: Any) -> Panel:
    json_data = query if isinstance(query, Mapping) else write_json_data(query)
    return drop_query_defaults(json_data)


def _find_look(json_data: Panel) -> bytes:
    """The modern look as JSON; empty for one that is not kept or needs the panel's own fields."""
    import pickle  # here, since JSON has no looks

    key = pickle.dumps(json_data)
    if len(key) > MAX_LOOK_SIZE:
        return b""
    if key not in _looks:
        if len(_looks) >= MAX_LOOKS:
            _looks.clear()
        _looks[key] = _build_look(json_data)
    return _looks[key]


def _build_look(json_data: Panel) -> bytes:
    look: Panel = convert_value(json_data)
    if "alert" in look or "panels" in look or "styles" in look:
        return b""
    check_panel(look)
    return orjson.dumps(modernize_panel(look, has_grafanalib_defaults=True))
