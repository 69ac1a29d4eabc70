"""What a server or a browser adds to a document or writes otherwise, and nobody means.

Seen on Grafana 12.4: numbers as Go writes them, nulls left out, defaults, ids and versions; and
when somebody saves, the browser writes what each panel and variable does where nothing is said.
"""

import hashlib
import math
from collections.abc import Callable
from typing import Any

from tailboard.publish.grafana.default_values import serialize_json, strip_defaults
from tailboard.publish.grafana.normalize_panel import strip_panel_defaults

Document = dict[str, Any]

NORMAL_FORM_VERSION = 1
"""The number of this normal form: raised with whatever changes the checksum of any document."""

SERVER_FIELDS = ("gnetId", "id", "iteration", "slug", "uid", "version")
DOCUMENT_DEFAULTS: Document = {
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

BUILT_IN_ANNOTATION = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
ANNOTATION_DEFAULTS: Document = {"hide": False}
VARIABLE_DEFAULTS: dict[str, Document] = {
    "adhoc": {"baseFilters": []},
    "constant": {"hide": 2, "skipUrlSync": True},
    "custom": {"valuesFormat": "csv"},
    "datasource": {"refresh": 1},
    "interval": {"refresh": 2},
    "query": {"regexApplyTo": "value"},
}
"""What each kind of variable does where nothing is said."""

PANEL_SERVER_FIELDS = ("pluginVersion",)
ROW_SERVER_FIELDS = ("datasource", "targets")
"""What migrating an old document gives a row too, which asks for nothing."""

MAX_EXACT_NUMBER = 2**53
"""Up to here a number with a fraction is exact, so that both ways to write it are one number."""


def normalize_document(document: Document) -> Document:
    """The normal form of a document: two of the same meaning are equal."""
    content: Document = _normalize_value(document)
    for name in SERVER_FIELDS:
        content.pop(name, None)
    content = {
        name: value for name, value in content.items() if DOCUMENT_DEFAULTS.get(name) != value
    }
    content["annotations"] = {
        "list": _normalize_items(_normalize_annotation, find_list(content, "annotations"))
    }
    content["templating"] = {
        "list": _normalize_items(_normalize_variable, find_list(content, "templating"))
    }
    content["panels"] = _normalize_items(_normalize_panel, content.get("panels"))
    return content


def serialize_normal_form(document: Document) -> bytes:
    """What a document means, in bytes: equal where two mean the same."""
    return serialize_json(normalize_document(document))


def compute_checksum(document: Document) -> str:
    """A digest of what a document means."""
    return hashlib.sha256(serialize_normal_form(document)).hexdigest()[:32]


def find_list(document: Document, name: str) -> Any:
    """What stands in `list` of a part, as `templating` and `annotations` have one."""
    holder = document.get(name)
    return holder.get("list") if isinstance(holder, dict) else None


def strip_server_fields(panel: Any) -> Any:
    """A panel, and those within it, without what a server adds."""
    if not isinstance(panel, dict):
        return panel
    server_fields = PANEL_SERVER_FIELDS + ROW_SERVER_FIELDS * (panel.get("type") == "row")
    content = {name: value for name, value in panel.items() if name not in server_fields}
    if isinstance(inner_panels := content.get("panels"), list):
        content["panels"] = [strip_server_fields(inner_panel) for inner_panel in inner_panels]
    return content


def _normalize_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _normalize_value(entry) for name, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_normalize_value(entry) for entry in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _normalize_number(value)
    return value


def _normalize_number(value: int | float) -> int | float | str:
    """A number as Go reads it; one that it cannot hold is as good as its text."""
    try:
        number = float(value)
    except OverflowError:
        return str(value)
    if abs(number) < MAX_EXACT_NUMBER and number.is_integer():
        return int(number)
    return number if math.isfinite(number) else str(number)


def _normalize_items(normalize_item: Callable[[Any], Any], items: Any) -> list[Any]:
    """What is meant by each item of a list; a list that is none has no items."""
    return [item for item in map(normalize_item, items) if item] if isinstance(items, list) else []


def _normalize_annotation(annotation: Any) -> Any:
    if annotation == BUILT_IN_ANNOTATION or not isinstance(annotation, dict):
        return None if annotation == BUILT_IN_ANNOTATION else annotation
    return strip_defaults(annotation, ANNOTATION_DEFAULTS)


def _normalize_variable(variable: Any) -> Any:
    """A variable without the values that it had for somebody."""
    if not isinstance(variable, dict):
        return variable
    content = {
        name: entry for name, entry in variable.items() if name not in {"current", "options"}
    }
    current = variable.get("current")
    if isinstance(current, dict):
        current = {name: entry for name, entry in current.items() if name != "selected"}
        current = current if any(current.values()) else None
    content = strip_defaults(content, VARIABLE_DEFAULTS.get(str(variable.get("type")), {}))
    return {**content, "current": current} if current else content


def _normalize_panel(panel: Any) -> Any:
    if not isinstance(panel, dict):
        return panel
    content: Document = strip_server_fields(panel)
    if isinstance(library_panel := content.get("libraryPanel"), dict):
        content["libraryPanel"] = {
            name: value for name, value in library_panel.items() if name != "meta"
        }
    content = strip_panel_defaults(content)
    inner_panels = _normalize_items(_normalize_panel, content.pop("panels", None))
    return {**content, "panels": inner_panels} if inner_panels else content
