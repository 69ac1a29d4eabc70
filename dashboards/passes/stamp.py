"""Pass 6: give a document the fields that every published document has."""

from copy import copy
from typing import Any

from tailboard.dashboards.uid import derive_uid, validate_uid

TAG = "tailboard"
"""The tag of every document, by which searches in Grafana and links find them."""

DEFAULTS: dict[str, Any] = {
    "editable": True,
    "graphTooltip": 0,
    "time": {"from": "now-1h", "to": "now"},
    "timezone": "browser",
}


def stamp_document(document: dict[str, Any]) -> None:
    """Set the uid and our tag; the time range, the time zone and the like where there are none."""
    title = document["title"]
    document["uid"] = validate_uid(document.get("uid") or derive_uid(title), title)
    document["tags"] = sorted({*(document.get("tags") or []), TAG})
    for name, value in DEFAULTS.items():
        document.setdefault(name, copy(value))
