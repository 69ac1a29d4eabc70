"""What changes from one document of schema v2 to another, in words that its readers know."""

from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.dashboards.schema_v2.values import list_objects, read_object, read_spec
from tailboard.publish.grafana.documents.field_difference import (
    compare_by_name,
    compare_fields,
    is_same,
)
from tailboard.publish.grafana.documents.schema_v2.normalize import normalize_document
from tailboard.publish.grafana.documents.schema_v2.sections import (
    DASHBOARD,
    LayoutSection,
    list_elements_within,
    list_layout_sections,
    match_sections,
)
from tailboard.publish.plural import format_count

Document = Mapping[str, Any]
Matches = Mapping[LayoutSection, LayoutSection]

OTHER_CHANGE = "something else changed"
PART_FIELDS = frozenset({"annotations", "elements", "layout", "timeSettings", "variables"})
"""The fields of a document that are compared part by part."""

GRID_NAMES = {"AutoGridLayout": "auto grid", "GridLayout": "a grid of placed panels"}
POSITION_FIELDS = ("x", "y", "width", "height")
SECTION_PHRASES: Mapping[str, tuple[str, str]] = {
    "collapse": ("{} closed", "{} opened"),
    "fillScreen": ("{} fills the screen", "{} no longer fills the screen"),
    "hideHeader": ("heading of {} hidden", "heading of {} shown"),
}
"""What becomes of a section where a field of it becomes true, and where false."""


def describe_v2_differences(old_document: Document, new_document: Document) -> list[str]:
    """Each change in a phrase, none where both mean the same; neither has our mark."""
    old, new = normalize_document(old_document), normalize_document(new_document)
    if is_same(old, new):
        return []
    changes = [
        *compare_fields(old, new, set(PART_FIELDS)),
        *_compare_time_settings(old["timeSettings"], new["timeSettings"]),
        *_compare_layouts(old, new),
        *_compare_elements(old, new),
        *compare_by_name("variable", old["variables"], new["variables"]),
        *compare_by_name("annotation", old["annotations"], new["annotations"]),
    ]
    return changes or [OTHER_CHANGE]


def _compare_time_settings(old: Document, new: Document) -> Iterator[str]:
    old_range, new_range = ((settings.get("from"), settings.get("to")) for settings in (old, new))
    if old_range != new_range:
        yield f"time range {_format_range(old)} -> {_format_range(new)}"
    yield from compare_fields(old, new, {"from", "to"})


def _format_range(settings: Document) -> str:
    return f"{settings.get('from', 'now-6h')} to {settings.get('to', 'now')}"


def _compare_elements(old: Document, new: Document) -> Iterator[str]:
    """The changes of each panel itself, by the title that it had."""
    old_elements, new_elements = old["elements"], new["elements"]
    new_sections = list_layout_sections(new["layout"])
    for name, element in new_elements.items():
        if name not in old_elements:
            yield f"{_format_element(element, name)} added{_describe_place(name, new_sections)}"
        elif changes := list(
            compare_fields(
                _build_panel_view(old_elements[name]), _build_panel_view(element), {"id"}
            )
        ):
            yield f"{_format_element(old_elements[name], name)}: {', '.join(changes)}"
    yield from (
        f"{_format_element(element, name)} removed"
        for name, element in old_elements.items()
        if name not in new_elements
    )


def _build_panel_view(element: Document) -> dict[str, Any]:
    """An element with its queries as schema v1 has them, whose fields have names in words."""
    targets = []
    for query in list_objects(element.get("queries")):
        data_query = read_object(query.get("query"))
        source = {"group": data_query.get("group"), **read_object(data_query.get("datasource"))}
        other_fields = {name: value for name, value in query.items() if name != "query"}
        targets.append({**read_spec(query.get("query")), **other_fields, "data source": source})
    return {**element, "targets": targets} | ({"queries": None} if targets else {})


def _format_element(element: Document, name: str) -> str:
    return f"panel {str(element.get('title') or element.get('id') or name)!r}"


def _describe_place(name: str, sections: list[LayoutSection]) -> str:
    section = _find_section_of(name, sections)
    return f" in {section.name}" if section and section.kind != DASHBOARD else ""


def _find_section_of(name: str, sections: list[LayoutSection]) -> LayoutSection | None:
    return next((section for section in sections if name in section.items), None)


def _compare_layouts(old: Document, new: Document) -> Iterator[str]:
    """The changes of rows and tabs, then those of the places of panels."""
    old_sections = list_layout_sections(old["layout"])
    new_sections = list_layout_sections(new["layout"])
    matches = match_sections(old_sections, new_sections)
    for section in new_sections:
        if section in matches:
            yield from _compare_sections(matches[section], section, matches)
        else:
            count = len(set(list_elements_within(section, new_sections)))
            content = f" with {format_count(count, 'panel')}" if count else ""
            yield f"{section.name} added{_describe_parent(section)}{content}"
    yield from (
        f"{section.name} removed" for section in old_sections if section not in matches.values()
    )
    yield from _compare_order(matches)
    yield from _compare_places(old, new, old_sections, new_sections, matches)


def _describe_parent(section: LayoutSection) -> str:
    parent = section.parent
    return f" in {parent.name}" if parent and parent.kind != DASHBOARD else ""


def _compare_sections(old: LayoutSection, new: LayoutSection, matches: Matches) -> Iterator[str]:
    """What became of one row or tab, but for its panels."""
    if old.kind != new.kind and old.title == new.title:
        yield f"{new.name} in place of a {old.kind}"
    elif old.kind != new.kind:
        yield f"{new.name} in place of {old.name}"
    elif old.title != new.title:
        yield f"{old.name} renamed to {new.title!r}"
    old_parent = matches.get(new.parent) if new.parent else None
    if new.parent and old_parent is not old.parent:
        yield f"{new.name} moved to {new.parent.name}"
    yield from _compare_conditions(old.fields, new.fields, new.name)
    for name, phrases in SECTION_PHRASES.items():
        if old.fields.get(name) != new.fields.get(name):
            yield phrases[0 if new.fields.get(name) else 1].format(new.name)
    yield from _compare_section_variables(old, new)
    excluded_fields = {"conditionalRendering", "title", "variables", *SECTION_PHRASES}
    for name in sorted({*old.fields, *new.fields} - excluded_fields):
        if not is_same(old.fields.get(name), new.fields.get(name)):
            yield f"{name} of {new.name} changed"
    yield from _compare_grids(old, new)


def _compare_conditions(old: Document, new: Document, holder: str) -> Iterator[str]:
    """The changes of the conditions on which a section or a panel is shown."""
    old_group, new_group = old.get("conditionalRendering"), new.get("conditionalRendering")
    if is_same(old_group, new_group):
        return
    old_conditions = list_objects(read_spec(old_group).get("items"))
    new_conditions = list_objects(read_spec(new_group).get("items"))
    added_count = sum(condition not in old_conditions for condition in new_conditions)
    removed_count = sum(condition not in new_conditions for condition in old_conditions)
    if added_count and not removed_count:
        yield f"{_format_conditions(added_count)} added to {holder}"
    elif removed_count and not added_count:
        yield f"{_format_conditions(removed_count)} removed from {holder}"
    else:
        yield f"conditions of {holder} changed"


def _format_conditions(count: int) -> str:
    return "condition" if count == 1 else f"{count} conditions"


def _compare_section_variables(old: LayoutSection, new: LayoutSection) -> Iterator[str]:
    old_variables, new_variables = old.fields.get("variables"), new.fields.get("variables")
    for phrase in compare_by_name("variable", old_variables, new_variables):
        if phrase.endswith(" added"):
            yield f"{phrase} to {new.name}"
        elif phrase.endswith(" removed"):
            yield f"{phrase} from {new.name}"
        else:
            yield f"{new.name}: {phrase}"


def _compare_grids(old: LayoutSection, new: LayoutSection) -> Iterator[str]:
    """The change of how the panels of a section are placed."""
    place = "" if new.kind == DASHBOARD else f" in {new.name}"
    old_kind, new_kind = str(old.layout.get("kind")), str(new.layout.get("kind"))
    if old_kind != new_kind:
        if old_kind in GRID_NAMES and new_kind in GRID_NAMES:
            yield f"{GRID_NAMES[new_kind]} in place of {GRID_NAMES[old_kind]}{place}"
        return
    if new_kind in GRID_NAMES:
        options = [
            {name: value for name, value in layout.items() if name not in {"items", "kind"}}
            for layout in (old.layout, new.layout)
        ]
        if changes := list(compare_fields(options[0], options[1], set())):
            yield f"auto grid{place}: {', '.join(changes)}"


def _compare_order(matches: Matches) -> Iterator[str]:
    """Whether rows or tabs that stayed within one section stand in another order."""
    siblings: dict[LayoutSection, list[LayoutSection]] = {}
    for new, old in matches.items():
        if new.parent and matches.get(new.parent) is old.parent:
            siblings.setdefault(new.parent, []).append(new)
    for sections in siblings.values():
        ordered = sorted(sections, key=lambda section: section.position)
        old_positions = [matches[section].position for section in ordered]
        if old_positions != sorted(old_positions):
            yield f"order of {ordered[0].kind}s changed{_describe_parent(ordered[0])}"


def _compare_places(
    old: Document,
    new: Document,
    old_sections: list[LayoutSection],
    new_sections: list[LayoutSection],
    matches: Matches,
) -> Iterator[str]:
    """The changes of where panels are; a new section stands for the panels that came with it."""
    changed_sections: dict[LayoutSection, None] = {}
    for name in old["elements"]:
        if name not in new["elements"]:
            continue
        panel = _format_element(old["elements"][name], name)
        old_section = _find_section_of(name, old_sections)
        new_section = _find_section_of(name, new_sections)
        if new_section is None or old_section is None:
            if old_section or new_section:
                yield f"{panel} {'taken out of' if old_section else 'put into'} the layout"
            continue
        old_item, new_item = old_section.items[name], new_section.items[name]
        yield from _compare_conditions(old_item, new_item, panel)
        if not is_same(old_item.get("repeat"), new_item.get("repeat")):
            yield f"repetition of {panel} changed"
        if new_section not in matches:
            continue
        if matches[new_section] is not old_section:
            yield f"{panel} moved to {new_section.name}"
        elif _has_other_place(old_section, new_section, name):
            changed_sections[new_section] = None
    for section in changed_sections:
        place = "" if section.kind == DASHBOARD else f" of {section.name}"
        yield f"layout{place} changed"


def _has_other_place(old: LayoutSection, new: LayoutSection, name: str) -> bool:
    """Whether a panel of a section is elsewhere in it, placed in the same way."""
    if old.layout.get("kind") != new.layout.get("kind"):
        return False
    if new.layout.get("kind") == "GridLayout":
        return any(
            old.items[name].get(field) != new.items[name].get(field) for field in POSITION_FIELDS
        )
    old_order = [element for element in old.items if element in new.items]
    return old_order != [element for element in new.items if element in old.items]
