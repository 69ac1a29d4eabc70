"""What the server does to a document, and what it refuses in it."""

import re
import unicodedata
from copy import deepcopy
from typing import Any

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.flatten import flatten_document
from tailboard.dashboards.schema_v2.resource import build_spec, is_v2_document

V2_VERSION = "v2beta1"
SCHEMA = 42
BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
DEFAULTS: dict[str, Any] = {
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "links": [],
    "panels": [],
    "schemaVersion": SCHEMA,
    "tags": [],
    "templating": {"list": []},
    "time": {"from": "now-6h", "to": "now"},
    "timepicker": {},
    "timezone": "",
    "title": "No Title",
    "weekStart": "",
}
IDENTITY = frozenset({"uid", "id", "version"})
UID = re.compile(r"[a-zA-Z0-9_-]+")
TRANSLITERATIONS = str.maketrans(
    {"&": "and", "@": "at", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
)
SHORT_REFRESH = re.compile(r"([1-4]s|\d+ms)")


def strip_identity(spec: dict[str, Any]) -> dict[str, Any]:
    """The document without what says which dashboard it is."""
    fields = {key: deepcopy(value) for key, value in spec.items() if key not in IDENTITY}
    return {**fields, "id": None} if spec.get("id", 0) is None else fields


def convert_to_v1(spec: dict[str, Any]) -> dict[str, Any]:
    """The document as v1beta1 shows and stores it: with defaults, without nulls in panels.

    Older schemas are not migrated here, for no test needs that.
    """
    if is_v2_document(spec):
        spec = flatten_document(spec)
    spec = deepcopy(DEFAULTS) | strip_identity(spec)
    spec.pop("id", None)
    annotations = spec.setdefault("annotations", {})
    listed = annotations.setdefault("list", [])
    if not any(item.get("builtIn") for item in listed):
        listed.insert(0, deepcopy(BUILT_IN))
    spec["panels"] = _drop_nulls(spec["panels"])
    spec["schemaVersion"] = SCHEMA
    return spec


def convert_to_v2(spec: dict[str, Any]) -> dict[str, Any]:
    """The document as v2beta1 shows it.

    The recordings show that our own conversion of what they hold is that of the server.
    """
    return deepcopy(spec) if is_v2_document(spec) else build_spec(convert_document(spec))


def convert_to_version(spec: dict[str, Any], version: str) -> dict[str, Any]:
    """The document as a version of /apis shows and stores it."""
    if version == V2_VERSION:
        return convert_to_v2(spec)
    if version == "v1beta1" or is_v2_document(spec):
        return convert_to_v1(spec)
    return strip_identity(spec)


def find_problem(uid: str, spec: dict[str, Any]) -> str | None:
    """What both APIs refuse with 400, in their words."""
    if len(uid) > 40:
        return "uid too long, max 40 characters"
    if uid and not UID.fullmatch(uid):
        return "uid contains illegal characters"
    if any(len(tag) > 50 for tag in spec.get("tags", [])):
        return "dashboard tag too long, max 50 characters"
    if SHORT_REFRESH.fullmatch(str(spec.get("refresh", ""))):
        return "Dashboard refresh interval is too low"
    return None


def build_slug(title: str) -> str:
    """How a title looks in an address."""
    spelled = unicodedata.normalize("NFKD", title.lower().translate(TRANSLITERATIONS))
    plain = spelled.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _drop_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _drop_nulls(child) for key, child in value.items() if child is not None}
    if isinstance(value, list):
        return [_drop_nulls(child) for child in value]
    return value
