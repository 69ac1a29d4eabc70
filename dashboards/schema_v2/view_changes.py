"""Changes of the view in schema v1, made in the document of schema v2 that it shows.

Only what changed is written: fields that the view does not have stay unchanged.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tailboard.dashboards.schema_v2.annotations import build_annotation
from tailboard.dashboards.schema_v2.layout import list_placed_items, list_unplaced_elements
from tailboard.dashboards.schema_v2.panel import build_element
from tailboard.dashboards.schema_v2.resource import find_version
from tailboard.dashboards.schema_v2.time_settings import build_time_settings
from tailboard.dashboards.schema_v2.values import list_objects, read_object
from tailboard.dashboards.schema_v2.variables import build_variable, find_variable_name

JsonObject = Mapping[str, Any]
Document = dict[str, Any]

OLD_VERSION = "v2alpha1"
"""The version whose panels and queries are written otherwise; its documents stay unchanged."""


def apply_view_changes(document: Document, view: JsonObject, changed_view: JsonObject) -> Document:
    """The document with what changed in its view: panels, variables, annotations and settings.

    The document itself is not changed. A panel that was added or removed is not looked at.
    """
    if find_version(document) == OLD_VERSION:
        return document
    changed_document = dict(document)
    if elements := _change_elements(document, view, changed_view):
        changed_document["elements"] = {**document["elements"], **elements}
    if view.get("templating") != changed_view.get("templating"):
        changed_document["variables"] = _change_variables(document, view, changed_view)
    if view.get("annotations") != changed_view.get("annotations"):
        changed_document["annotations"] = _apply_difference(
            document.get("annotations"), _build_annotations(view), _build_annotations(changed_view)
        )
    settings, changed_settings = build_time_settings(view), build_time_settings(changed_view)
    if settings != changed_settings:
        changed_document["timeSettings"] = _apply_difference(
            document.get("timeSettings"), settings, changed_settings
        )
    if view.get("editable") != changed_view.get("editable"):
        changed_document["editable"] = changed_view.get("editable") is not False
    return changed_document


def _change_elements(
    document: Document, view: JsonObject, changed_view: JsonObject
) -> dict[str, Any]:
    """The elements of the panels that changed; none where panels came or went."""
    names = [
        *(item.element for item in list_placed_items(document)),
        *list_unplaced_elements(document),
    ]
    version = find_version(document)
    panels, changed_panels = list(_list_panels(view)), list(_list_panels(changed_view))
    if not len(names) == len(panels) == len(changed_panels):
        return {}
    return {
        name: _apply_difference(
            document["elements"][name],
            build_element(panel, version),
            build_element(changed_panel, version),
        )
        for name, panel, changed_panel in zip(names, panels, changed_panels, strict=True)
        if panel != changed_panel
    }


def _list_panels(holder: JsonObject) -> Iterator[JsonObject]:
    """The panels of a view in reading order, but for rows."""
    for panel in list_objects(holder.get("panels")):
        if panel.get("type") == "row":
            yield from _list_panels(panel)
        else:
            yield panel


def _change_variables(
    document: Document, view: JsonObject, changed_view: JsonObject
) -> Sequence[Any]:
    """The document's own variables in their changed form, and those that are new."""
    variables = {
        find_variable_name(variable): variable
        for variable in list_objects(document.get("variables"))
    }
    view_variables = {entry.get("name"): entry for entry in _list_variables(view)}
    changed_variables = []
    for changed_variable in _list_variables(changed_view):
        name = str(changed_variable.get("name"))
        kind = build_variable(changed_variable)
        if name in variables:
            previous_kind = build_variable(view_variables.get(name) or {})
            changed_variables.append(_apply_difference(variables[name], previous_kind, kind))
        elif name not in view_variables and kind is not None:
            changed_variables.append(kind)
    return changed_variables


def _build_annotations(view: JsonObject) -> list[Any]:
    entries = list_objects(read_object(view.get("annotations")).get("list"))
    return [build_annotation(entry) for entry in entries]


def _list_variables(view: JsonObject) -> list[JsonObject]:
    return list_objects(read_object(view.get("templating")).get("list"))


def _apply_difference(value: Any, before: Any, after: Any) -> Any:
    """The value with what differs between two others, at every depth."""
    if before == after:
        return value
    if isinstance(value, dict) and isinstance(before, dict) and isinstance(after, dict):
        kept_fields = {
            name: field for name, field in value.items() if name in after or name not in before
        }
        return kept_fields | {
            name: _apply_difference(value.get(name), before.get(name), field)
            for name, field in after.items()
            if before.get(name) != field
        }
    lists = (value, before, after)
    if all(isinstance(entry, list) for entry in lists) and len({*map(len, lists)}) == 1:
        return [_apply_difference(*entries) for entries in zip(*lists, strict=True)]
    return after
