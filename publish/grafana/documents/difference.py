"""What changes from one document to another, in words that the readers of a dashboard know."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.values import list_objects
from tailboard.publish.grafana.documents.field_difference import (
    ItemKey,
    build_key,
    compare_by_name,
    compare_fields,
    is_same,
)
from tailboard.publish.grafana.documents.marker import strip_marker
from tailboard.publish.grafana.documents.normalize import find_list, normalize_document
from tailboard.publish.grafana.documents.schema_v2.difference import describe_v2_differences

Document = Mapping[str, Any]

OTHER_CHANGE = "something else changed"


def describe_differences(old_document: Document, new_document: Document) -> list[str]:
    """Each change in a phrase, none where both mean the same.

    Where one is of schema v2, both are compared in that.
    """
    documents = [strip_marker(dict(document)) for document in (old_document, new_document)]
    if any(map(is_v2_document, documents)):
        old_v2, new_v2 = (
            document if is_v2_document(document) else convert_document(document)
            for document in documents
        )
        return describe_v2_differences(old_v2, new_v2)
    old, new = map(normalize_document, documents)
    if is_same(old, new):
        return []
    changes = [*compare_fields(old, new, excluded_fields={"annotations", "panels", "templating"})]
    changes += _compare_panels(old, new)
    changes += compare_by_name(
        "variable", find_list(old, "templating"), find_list(new, "templating")
    )
    changes += compare_by_name(
        "annotation", find_list(old, "annotations"), find_list(new, "annotations")
    )
    return changes or [OTHER_CHANGE]


def _compare_panels(old: Document, new: Document) -> Iterator[str]:
    """The changes of each panel; a changed layout is one change for all of them."""
    old_panels, new_panels = (
        dict(_flatten_panels(old["panels"])),
        dict(_flatten_panels(new["panels"])),
    )
    for key, (panel, _) in new_panels.items():
        if key not in old_panels:
            yield f"{_format_panel_name(panel)} added"
        elif changes := list(
            compare_fields(old_panels[key][0], panel, excluded_fields={"gridPos", "panels"})
        ):
            yield f"{_format_panel_name(panel)}: {', '.join(changes)}"
    yield from (
        f"{_format_panel_name(panel)} removed"
        for key, (panel, _) in old_panels.items()
        if key not in new_panels
    )
    if not is_same(_build_layout(old_panels, new_panels), _build_layout(new_panels, old_panels)):
        yield "layout changed"


def _flatten_panels(panels: Any) -> Iterator[tuple[ItemKey, tuple[Document, ItemKey | None]]]:
    """Panels with the row that they are in, those of closed rows as well.

    Each is known by its id, or by its title where it has none.
    """
    counts: Counter[str] = Counter()

    def walk_panels(
        panels: Any, row: ItemKey | None
    ) -> Iterator[tuple[ItemKey, tuple[Document, ItemKey | None]]]:
        for panel in list_objects(panels):
            id_field = "id" if "id" in panel else "title"
            key = build_key(f"{id_field} {panel.get(id_field)!r}", counts)
            yield key, (panel, row)
            yield from walk_panels(panel.get("panels"), key)

    return walk_panels(panels, None)


def _build_layout(panels: Mapping[ItemKey, Any], other_panels: Mapping[ItemKey, Any]) -> list[Any]:
    """Order, place and row of the panels that both have."""
    return [
        (key, panel.get("gridPos"), row)
        for key, (panel, row) in panels.items()
        if key in other_panels
    ]


def _format_panel_name(panel: Mapping[str, Any]) -> str:
    kind = "row" if panel.get("type") == "row" else "panel"
    return f"{kind} {str(panel.get('title') or panel.get('id', ''))!r}"
