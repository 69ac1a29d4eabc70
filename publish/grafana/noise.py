"""What a server or a browser adds to a document or writes otherwise, and nobody means.

Seen on Grafana 12.4: numbers as Go writes them, nulls left out, defaults, ids and versions; and
when somebody saves, the browser writes what each panel and variable does where nothing is said.
"""

import hashlib
import math
from collections.abc import Callable
from typing import Any

from tailboard.publish.grafana.beyond import as_bytes, beyond
from tailboard.publish.grafana.panel_meaning import panel_meaning

Document = dict[str, Any]

FORM = 1
"""The number of this normal form: raised with whatever changes the checksum of any document."""

ADDED = ("gnetId", "id", "iteration", "slug", "uid", "version")
DEFAULTS: Document = {
    "description": "",
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "links": [],
    "liveNow": False,
    "preload": False,
    "tags": [],
    "timepicker": {},
    "timezone": "",
    "weekStart": "",
}
"""What a document means that does not say it."""

BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
ANNOTATION: Document = {"hide": False}
VARIABLES: dict[str, Document] = {
    "adhoc": {"baseFilters": []},
    "constant": {"hide": 2, "skipUrlSync": True},
    "custom": {"valuesFormat": "csv"},
    "datasource": {"refresh": 1},
    "interval": {"refresh": 2},
    "query": {"regexApplyTo": "value"},
}
"""What each kind of variable does where nothing is said."""

PANEL_ADDED = ("pluginVersion",)
ROW_ADDED = ("datasource", "targets")
"""What migrating an old document gives a row too, which asks for nothing."""

EXACT = 2**53
"""Up to here a number with a fraction is exact, so that both ways to write it are one number."""


def normal(document: Document) -> Document:
    """The document as it is meant: two that mean the same are equal."""
    made: Document = _plain(document)
    for name in ADDED:
        made.pop(name, None)
    made = {name: it for name, it in made.items() if DEFAULTS.get(name) != it}
    made["annotations"] = {"list": _each(_annotation, listed(made, "annotations"))}
    made["templating"] = {"list": _each(_variable, listed(made, "templating"))}
    made["panels"] = _each(_panel, made.get("panels"))
    return made


def meaning(document: Document) -> bytes:
    """What a document means, in bytes: equal where two mean the same."""
    return as_bytes(normal(document))


def checksum(document: Document) -> str:
    """A digest of what a document means."""
    return hashlib.sha256(meaning(document)).hexdigest()[:32]


def listed(document: Document, name: str) -> Any:
    """What stands in `list` of a part, as `templating` and `annotations` have one."""
    holder = document.get(name)
    return holder.get("list") if isinstance(holder, dict) else None


def without_added(panel: Any) -> Any:
    """A panel, and those within it, without what a server adds."""
    if not isinstance(panel, dict):
        return panel
    added = PANEL_ADDED + ROW_ADDED * (panel.get("type") == "row")
    kept = {name: it for name, it in panel.items() if name not in added}
    if isinstance(inner := kept.get("panels"), list):
        kept["panels"] = [without_added(it) for it in inner]
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(it) for name, it in value.items() if it is not None}
    if isinstance(value, list):
        return [_plain(it) for it in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return value


def _number(value: int | float) -> int | float | str:
    """A number as Go reads it; one that it cannot hold is as good as its text."""
    try:
        exact = float(value)
    except OverflowError:
        return str(value)
    if abs(exact) < EXACT and exact.is_integer():
        return int(exact)
    return exact if math.isfinite(exact) else str(exact)


def _each(one: Callable[[Any], Any], items: Any) -> list[Any]:
    """What is meant by each item of a list; a list that is none has no items."""
    return [it for it in map(one, items) if it] if isinstance(items, list) else []


def _annotation(annotation: Any) -> Any:
    if annotation == BUILT_IN or not isinstance(annotation, dict):
        return None if annotation == BUILT_IN else annotation
    return beyond(annotation, ANNOTATION)


def _variable(variable: Any) -> Any:
    """A variable without the values that it had for somebody."""
    if not isinstance(variable, dict):
        return variable
    kept = {name: it for name, it in variable.items() if name not in {"current", "options"}}
    current = variable.get("current")
    if isinstance(current, dict):
        current = {name: it for name, it in current.items() if name != "selected"}
        current = current if any(current.values()) else None
    kept = beyond(kept, VARIABLES.get(str(variable.get("type")), {}))
    return {**kept, "current": current} if current else kept


def _panel(panel: Any) -> Any:
    if not isinstance(panel, dict):
        return panel
    kept: Document = without_added(panel)
    if isinstance(shared := kept.get("libraryPanel"), dict):
        kept["libraryPanel"] = {name: it for name, it in shared.items() if name != "meta"}
    kept = panel_meaning(kept)
    inner = _each(_panel, kept.pop("panels", None))
    return {**kept, "panels": inner} if inner else kept
