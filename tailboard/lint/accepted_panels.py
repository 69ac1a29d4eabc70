"""Panels that build takes, known again in other documents but for their words and their place.

The panels of two services differ in titles, expressions and legends. The rest of a panel, its look,
decides whether build refuses it, and is the same over and over.
"""

import marshal
from collections.abc import Iterable
from typing import Any

from tailboard.dashboards.schema import GRAFANALIB_SCHEMA
from tailboard.queries.subject import JsonDict, JsonMapping

PLACE_FIELDS = ("gridPos", "height", "id", "span", "title")
"""What of a panel is not in its look: where it lies, and how messages call it."""

QUERY_WORDS = ("expr", "legendFormat")
STAND_IN_TYPE = "tailboard-accepted"
"""The type of what stands in a document for an accepted panel: no panel of Grafana's own."""

MARSHAL_VERSION = 2
"""The last version that encodes equal values alike, whatever objects they are."""

MAX_LOOKS = 1024
MAX_LOOK_SIZE = 8192
"""Bytes of a look that is kept."""

_accepted_looks: set[bytes] = set()


def accept_looks(looks: Iterable[bytes]) -> None:
    """Remember the looks of a document in which build refuses nothing."""
    if len(_accepted_looks) >= MAX_LOOKS:
        _accepted_looks.clear()
    _accepted_looks.update(look for look in looks if 0 < len(look) <= MAX_LOOK_SIZE)


def replace_accepted_panels(document: JsonMapping) -> tuple[JsonDict, list[bytes]]:
    """The document with stand-ins, which have a place alone, for accepted panels; other looks."""
    looks: list[bytes] = []
    panels = document.get("panels")
    # What grafanalib wrote is read in another way, without its nulls and defaults.
    is_grafanalib = document.get("schemaVersion", GRAFANALIB_SCHEMA) == GRAFANALIB_SCHEMA
    if is_grafanalib or not isinstance(panels, list):
        return dict(document), looks
    return {**document, "panels": [_replace_panel(panel, looks) for panel in panels]}, looks


def _replace_panel(panel: Any, looks: list[bytes]) -> Any:
    if not isinstance(panel, dict):
        return panel
    if panel.get("type") == "row":
        children = panel.get("panels")
        if not isinstance(children, list):
            return panel
        return {**panel, "panels": [_replace_panel(child, looks) for child in children]}
    look = _encode_look(panel)
    if look in _accepted_looks:
        place = {name: panel[name] for name in PLACE_FIELDS if name in panel}
        return {**place, "type": STAND_IN_TYPE}
    looks.append(look)
    return panel


def _encode_look(panel: JsonDict) -> bytes:
    """The look of a panel, the same for equal ones; empty where it says too little."""
    look, queries = panel.copy(), panel.get("targets", [])
    for name in PLACE_FIELDS:
        look.pop(name, None)
    words = [look.pop("description", "")]
    try:
        queries = [query.copy() for query in queries]
        words += [query.pop(name, "") for query in queries for name in QUERY_WORDS]
        look["targets"] = queries
        return marshal.dumps(look, MARSHAL_VERSION) if "".join(words).isascii() else b""
    except (AttributeError, TypeError, ValueError):  # it has another shape than a panel
        return b""
