"""The rows and tabs of two layouts, each of the newer beside the one of the older that it was.

A section has no id: it is known by its title, whatever it became, and else by its panels.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tailboard.dashboards.schema_v2.layout import SECTION_LISTS
from tailboard.dashboards.schema_v2.values import list_objects, read_object, read_text

Document = Mapping[str, Any]

DASHBOARD = "dashboard"
"""The kind of the section around all others: the layout itself."""


@dataclass(frozen=True, eq=False)
class LayoutSection:
    """A row, a tab or the whole layout, in normal form.

    `items` are the places in it alone, by element; `position` is its number in reading order.
    """

    kind: str
    fields: Document
    layout: Document
    position: int
    parent: "LayoutSection | None" = None
    items: Mapping[str, Document] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its title, empty where it has none."""
        return str(self.fields.get("title", ""))

    @property
    def repeat(self) -> str:
        """The variable for whose values it is repeated; empty if it is not."""
        return read_text(read_object(self.fields.get("repeat")).get("value"))

    @property
    def name(self) -> str:
        """In words which it is: row 'Routes'."""
        if self.kind == DASHBOARD:
            return "the dashboard"
        return f"{self.kind} {self.title!r}" if self.title else f"a {self.kind} without a title"


def list_layout_sections(layout: Document) -> list[LayoutSection]:
    """The layout itself, then its rows and tabs in reading order, each before those in it."""
    sections: list[LayoutSection] = []

    def add_section(
        kind: str, fields: Document, own_layout: Document, parent: LayoutSection | None
    ) -> None:
        items = {_find_element(item): item for item in list_objects(own_layout.get("items"))}
        section = LayoutSection(kind, fields, own_layout, len(sections), parent, items)
        sections.append(section)
        list_name, inner_kind = SECTION_LISTS.get(str(own_layout.get("kind")), ("", ""))
        for entry in own_layout.get(list_name, []) if list_name else []:
            inner_fields = {name: value for name, value in entry.items() if name != "layout"}
            add_section(inner_kind, inner_fields, entry["layout"], section)

    add_section(DASHBOARD, {}, layout, None)
    return sections


def match_sections(
    old_sections: list[LayoutSection], new_sections: list[LayoutSection]
) -> dict[LayoutSection, LayoutSection]:
    """The older section of each newer one that is not new."""
    matches = {new_sections[0]: old_sections[0]}
    for find_key in (_find_full_key, _find_kind_key, _find_title_key, _find_elements_key):
        _match_by_key(
            matches,
            [section for section in old_sections if section not in matches.values()],
            [section for section in new_sections if section not in matches],
            find_key,
            (old_sections, new_sections),
        )
    return matches


def list_elements_within(section: LayoutSection, sections: list[LayoutSection]) -> Iterator[str]:
    """The elements in a section and in those within it."""
    for other in sections:
        if section in _list_ancestors(other):
            yield from other.items


def _match_by_key(
    matches: dict[LayoutSection, LayoutSection],
    old_sections: list[LayoutSection],
    new_sections: list[LayoutSection],
    find_key: Callable[[LayoutSection, list[LayoutSection]], Hashable | None],
    all_sections: tuple[list[LayoutSection], list[LayoutSection]],
) -> None:
    """Match the sections of one key in reading order."""
    old_by_key: dict[Hashable, list[LayoutSection]] = {}
    for section in old_sections:
        old_by_key.setdefault(find_key(section, all_sections[0]), []).append(section)
    for section in new_sections:
        key = find_key(section, all_sections[1])
        if key is not None and old_by_key.get(key):
            matches[section] = old_by_key[key].pop(0)


def _find_full_key(section: LayoutSection, _: list[LayoutSection]) -> Hashable | None:
    if not section.title:
        return None
    return tuple((other.kind, other.title) for other in _list_ancestors(section))


def _find_kind_key(section: LayoutSection, _: list[LayoutSection]) -> Hashable | None:
    return (section.kind, section.title) if section.title else None


def _find_title_key(section: LayoutSection, _: list[LayoutSection]) -> Hashable | None:
    return section.title or None


def _find_elements_key(section: LayoutSection, sections: list[LayoutSection]) -> Hashable | None:
    return frozenset(list_elements_within(section, sections)) or None


def _list_ancestors(section: LayoutSection) -> list[LayoutSection]:
    """The section itself and those around it, from the inside out."""
    line = [section]
    while line[-1].parent:
        line.append(line[-1].parent)
    return line


def _find_element(item: Document) -> str:
    element = item.get("element")
    return str(element.get("name", "")) if isinstance(element, Mapping) else ""
