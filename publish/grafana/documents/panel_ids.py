"""Panels that are the same in two documents but for their ids, which follow their titles."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.panel import format_element_name
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.values import list_objects, read_object, read_spec
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.marker import strip_marker
from tailboard.publish.grafana.documents.normalize import normalize_document, serialize_json
from tailboard.publish.grafana.documents.schema_v2.normalize import normalize_element

Document = Mapping[str, Any]
PanelIds = Mapping[int, int]

PANEL_LINK = re.compile(r"(viewPanel=(?:panel-)?)(\d+)")
UNIDENTIFYING_FIELDS = ("gridPos", "id", "panels")


def describe_id_changes(old_document: Document, new_document: Document) -> list[str]:
    """The panels with another id, each in a phrase, where nothing else of two documents differs.

    Links to these panels differ with them. Nothing where more than that differs.
    """
    old, new = (strip_marker(dict(document)) for document in (old_document, new_document))
    if is_v2_document(old) != is_v2_document(new):
        old, new = (
            document if is_v2_document(document) else convert_document(document)
            for document in (old, new)
        )
    ids = _match_ids(old, new)
    if not ids or describe_differences(old, replace_panel_ids(new, ids)):
        return []
    titles = {panel_id: title for panel_id, title, _ in _list_panels(new)}
    return [
        f"panel {str(titles[new_id])!r}: id {old_id} -> {new_id}" for new_id, old_id in ids.items()
    ]


def replace_panel_ids(document: Document, ids: PanelIds) -> dict[str, Any]:
    """The document whose panels have other ids, by those that they have, as do links to them."""
    names = {format_element_name(old): format_element_name(new) for old, new in ids.items()}
    replaced = _replace_in_value(document, ids, names)
    if is_v2_document(document):
        replaced["elements"] = {
            names.get(name, name): element for name, element in replaced["elements"].items()
        }
    return dict(replaced)


def _replace_in_value(value: Any, ids: PanelIds, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_replace_in_value(item, ids, names) for item in value]
    if isinstance(value, str):
        return PANEL_LINK.sub(lambda link: _replace_in_link(link, ids), value)
    if not isinstance(value, Mapping):
        return value
    replaced = {key: _replace_in_value(item, ids, names) for key, item in value.items()}
    for name in ("id", "panelId"):
        if isinstance(value.get(name), int):
            replaced[name] = ids.get(value[name], value[name])
    if value.get("kind") == "ElementReference":
        replaced["name"] = names.get(str(value.get("name")), value.get("name"))
    return replaced


def _replace_in_link(link: re.Match[str], ids: PanelIds) -> str:
    return f"{link[1]}{ids.get(int(link[2]), int(link[2]))}"


def _match_ids(old: Document, new: Document) -> dict[int, int]:
    """The older id of each newer panel whose id the older document lacks, by their content."""
    old_panels = {panel_id: content for panel_id, _, content in _list_panels(old)}
    new_panels = {panel_id: content for panel_id, _, content in _list_panels(new)}
    free_ids: dict[bytes, list[int]] = {}
    for panel_id, content in old_panels.items():
        if panel_id not in new_panels:
            free_ids.setdefault(content, []).append(panel_id)
    return {
        panel_id: free_ids[content].pop(0)
        for panel_id, content in new_panels.items()
        if panel_id not in old_panels and free_ids.get(content)
    }


def _list_panels(document: Document) -> Iterator[tuple[int, object, bytes]]:
    """The id, the title and the rest of each panel, without its place."""
    if not is_v2_document(document):
        yield from _list_v1_panels(normalize_document(dict(document))["panels"])
        return
    for element in read_object(document.get("elements")).values():
        panel_id = read_spec(element).get("id")
        if isinstance(panel_id, int):
            content = normalize_element(element)
            yield panel_id, content.get("title", ""), _serialize_content(content)


def _list_v1_panels(panels: Any) -> Iterator[tuple[int, object, bytes]]:
    for panel in list_objects(panels):
        if isinstance(panel.get("id"), int):
            yield panel["id"], panel.get("title", ""), _serialize_content(panel)
        yield from _list_v1_panels(panel.get("panels"))


def _serialize_content(panel: Document) -> bytes:
    """What a panel is known by beside its id and its place."""
    return serialize_json(
        {name: value for name, value in panel.items() if name not in UNIDENTIFYING_FIELDS}
    )
