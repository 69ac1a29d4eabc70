"""Refuse a document of schema v2 in which a list, an object or a string is something else.

Only what every version of the schema has is checked, and nothing of what plugins define.
"""

import re
from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema_v2.layout import list_layouts
from tailboard.dashboards.schema_v2.resource import API_GROUP
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.panels.lazy_pattern import declare_pattern

Document = Mapping[str, Any]

FIELD_TYPES: Mapping[str, type] = {
    "annotations": list,
    "elements": dict,
    "layout": dict,
    "links": list,
    "tags": list,
    "timeSettings": dict,
    "variables": list,
}
"""The fields of a document and their types; a field may be missing or null."""

API_VERSION = declare_pattern(rf"{re.escape(API_GROUP)}/v([2-9]|[1-9]\d+)((alpha|beta)\d+)?")
TYPE_NAMES: Mapping[type, str] = {dict: "an object", list: "a list", str: "a string"}
TIP = "bring it home with `tailboard pull UID` again, or look at what was changed by hand."


def check_v2_document(document: Document) -> None:
    """Raise `DefinitionError` for the first value of the wrong shape."""
    api_version = document.get("apiVersion")
    if api_version and not API_VERSION.fullmatch(str(api_version)):
        raise DefinitionError(
            f"apiVersion is {api_version!r:.60}, which is not one of dashboards of schema v2",
            tip=f'write "{API_GROUP}/v2beta1", or what the server says.',
        )
    for name, kind in FIELD_TYPES.items():
        if document.get(name) is not None:
            _check_type(document[name], kind, name)
    for name in ("annotations", "variables"):
        for entry in document.get(name) or []:
            _check_kind(entry, f"{name}[]")
    for name, element in (document.get("elements") or {}).items():
        with locate_errors(f"element {name!r}"):
            _check_kind(element, "it")
    for layout in list_layouts(document["layout"]) if document.get("layout") else ():
        with locate_errors("layout"):
            _check_kind(layout, "it")


def _check_kind(value: object, path: str) -> None:
    """Refuse what is no `{"kind": ..., "spec": {...}}`, of which the schema is made."""
    _check_type(value, dict, path)
    if isinstance(value, dict):
        _check_type(value.get("kind"), str, f"kind of {path}")
        _check_type(value.get("spec"), dict, f"spec of {path}")


def _check_type(value: object, kind: type, path: str) -> None:
    if not isinstance(value, kind):
        raise DefinitionError(f"{path} is {value!r:.60}, not {TYPE_NAMES[kind]}", tip=TIP)
