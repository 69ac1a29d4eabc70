"""What a definition builds beside what Grafana stores, compared as `plan` compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.convert.canonical import list_panels, sort_panels
from tailboard.convert.source import Source
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.document import Document, list_row_layouts
from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.layout import GRID
from tailboard.dashboards.schema_v2.panel import ELEMENT_PREFIX
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.values import read_number
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.panel_ids import replace_panel_ids
from tailboard.publish.grafana.documents.schema_v2.normalize import normalize_document
from tailboard.publish.grafana.documents.schema_v2.sections import (
    LayoutSection,
    list_layout_sections,
    match_sections,
)

Matches = Mapping[LayoutSection, LayoutSection]
Place = tuple[int, int, int, int]
"""The column, the line, the width and the height of a panel in its row or tab."""

PLACE_FIELDS = ("x", "y", "width", "height")


@dataclass(frozen=True)
class Sections:
    """The rows and tabs that a definition builds, and those that Grafana holds.

    `matches` has the built section of each stored one; `row_sections` the built section of each
    row of the definition, None for one without panels.
    """

    built: Sequence[LayoutSection]
    stored: Sequence[LayoutSection]
    matches: Matches
    row_sections: Sequence[LayoutSection | None]

    def find_stored(self, row_index: int) -> LayoutSection | None:
        """The stored section of a row of the definition."""
        row_section = self.row_sections[row_index]
        return next((new for new, old in self.matches.items() if old is row_section), None)

    def list_rows_within(self, built: LayoutSection) -> list[int]:
        """The rows of the definition in a built section, or in one of those within it."""
        return [
            row_index
            for row_index, section in enumerate(self.row_sections)
            if section is not None and built in _list_ancestors(section)
        ]

    def list_row_order(self) -> list["int | LayoutSection"] | None:
        """The rows in Grafana: that of the definition, or the section of a new one.

        None where rows stand in tabs or in other rows.
        """
        leaves = [section for section in self.stored if section.parent is not None]
        if any(section.parent and section.parent.parent for section in leaves):
            return None
        order: list[int | LayoutSection] = []
        for section in leaves:
            built = self.matches.get(section)
            rows = [index for index, row in enumerate(self.row_sections) if row is built and row]
            if len(rows) > 1:
                return None
            order.append(rows[0] if rows else section)
        return order

    def has_same_kinds(self) -> bool:
        """Whether each stored row or tab is one in the definition, and the other way round."""
        has_all = len(self.matches) == len(self.built) == len(self.stored)
        return has_all and all(
            new.kind == old.kind and (new.parent is None or self.matches[new.parent] is old.parent)
            for new, old in self.matches.items()
        )


def read_stored(content: Mapping[str, Any], source: Source) -> Document:
    """The document in the schema that Grafana stores."""
    is_v2 = is_v2_document(unwrap_dashboard(content))
    return build_document(content) if is_v2 else source.document


def build_comparable(
    dashboard: Dashboard, document: Document, stored: Document, ids: Mapping[int, int]
) -> Document:
    """The built document as Grafana would store it, with the ids that its panels have there.

    It is in the schema of the stored one, and in schema v1 in reading order. The ids that a
    definition gives follow from titles: they say nothing about an edit.
    """
    if is_v2_document(stored):
        document = convert_document(document, list_row_layouts(dashboard))
    else:
        document = {**document, "panels": sort_panels(document["panels"])}
    return replace_panel_ids(document, {new: old for new, old in ids.items() if new != old})


def list_differences(old: Document, new: Document) -> list[str]:
    """What is otherwise in a new document, in the words of `plan`."""
    return describe_differences(old, new)


def compare_sections(
    dashboard: Dashboard,
    document: Document,
    source: Source,
    stored: Document,
    row_ids: Sequence[Sequence[int]],
    ids: Mapping[int, int],
) -> Sections:
    """The rows and tabs of both; those of schema v1 as schema v2 has them."""
    new_document = stored if is_v2_document(stored) else convert_document(source.document)
    old_document = build_comparable(dashboard, document, new_document, ids)
    built, sections = (
        list_layout_sections(normalize_document(part)["layout"])
        for part in (old_document, new_document)
    )
    section_by_id = {
        panel_id: section for section in built for panel_id in list_section_ids(section)
    }
    row_sections = [
        next((section_by_id[panel_id] for panel_id in ids if panel_id in section_by_id), None)
        for ids in row_ids
    ]
    return Sections(built, sections, match_sections(built, sections), row_sections)


def list_section_ids(section: LayoutSection) -> list[int]:
    """The ids of the panels in a row or tab alone, in reading order."""
    return [panel_id for name in section.items if (panel_id := _find_panel_id(name)) is not None]


def list_places(section: LayoutSection) -> dict[int, Place]:
    """The place of each panel by its id; nothing where Grafana places the panels itself."""
    if section.layout.get("kind") != GRID:
        return {}
    places: dict[int, Place] = {}
    for name, item in section.items.items():
        panel_id = _find_panel_id(name)
        if panel_id is not None:
            x, y, width, height = (int(read_number(item.get(field), 0)) for field in PLACE_FIELDS)
            places[panel_id] = x, y, width, height
    return places


def _find_panel_id(name: str) -> int | None:
    """The id of the panel of an element; None where the element's name does not have it."""
    digits = name.removeprefix(ELEMENT_PREFIX)
    return int(digits) if digits.isdecimal() else None


def list_heading_ids(dashboard: Dashboard, document: Document) -> list[int | None]:
    """The id of the heading of each row in schema v1; None for a row without one."""
    ids = iter([panel["id"] for panel in list_panels(document["panels"]) if panel["type"] == "row"])
    return [next(ids, None) if row.has_heading else None for row in dashboard.rows]


def _list_ancestors(section: LayoutSection) -> list[LayoutSection]:
    line = [section]
    while line[-1].parent:
        line.append(line[-1].parent)
    return line
