"""A layout of schema v2: rows and tabs, nested at will, and the items that place elements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tailboard.dashboards.schema_v2.values import list_objects, read_object, read_spec, read_text
from tailboard.panels.record import record

JsonObject = Mapping[str, Any]

GRID, AUTO_GRID, ROWS, TABS = "GridLayout", "AutoGridLayout", "RowsLayout", "TabsLayout"

SECTION_LISTS: Mapping[str, tuple[str, Literal["row", "tab"]]] = {
    ROWS: ("rows", "row"),
    TABS: ("tabs", "tab"),
}
"""The field of a layout that lists its sections, and what each of them is."""


@dataclass(frozen=True, eq=False)
class Section:
    """A row or a tab, and the sections around it from the outermost on."""

    kind: Literal["row", "tab"]
    spec: JsonObject
    path: tuple["Section", ...] = ()

    @property
    def title(self) -> str:
        """Its title; empty where it has none."""
        return read_text(self.spec.get("title"))

    @property
    def layout(self) -> JsonObject:
        """The layout in it."""
        return read_object(self.spec.get("layout"))

    @property
    def has_heading(self) -> bool:
        """Whether readers see it: a row may hide its heading."""
        return not (self.kind == "row" and self.spec.get("hideHeader") is True)

    @property
    def is_closed(self) -> bool:
        """Whether it is a row that is closed at first."""
        return self.kind == "row" and self.spec.get("collapse") is True

    @property
    def repeat(self) -> str:
        """The variable for whose values it is repeated; empty if it is not."""
        return read_text(read_object(self.spec.get("repeat")).get("value"))

    @property
    def variables(self) -> list[JsonObject]:
        """The variables of this section alone."""
        return list_objects(self.spec.get("variables"))

    @property
    def conditions(self) -> list[JsonObject]:
        """The conditions under which it is shown or hidden."""
        return list_conditions(self.spec)

    def describe(self) -> str:
        """In words where it is: "tab 'Routes' of row 'Service'"."""
        name = f"{self.kind} {self.title!r}" if self.title else f"a {self.kind} without a title"
        return f"{name} of {self.path[-1].describe()}" if self.path else name


@record
class LayoutItem:
    """The place of one element: in an auto grid, or at a position of a grid."""

    element: str
    spec: JsonObject
    path: tuple[Section, ...]
    layout: JsonObject

    @property
    def tab(self) -> Section | None:
        """The outermost tab around it; None outside of all tabs."""
        return next((section for section in self.path if section.kind == "tab"), None)

    @property
    def repeat(self) -> JsonObject:
        """The options of its repetition; empty if it is not repeated."""
        return read_object(self.spec.get("repeat"))

    @property
    def conditions(self) -> list[JsonObject]:
        """The conditions under which it is shown or hidden."""
        return list_conditions(self.spec)

    def describe_place(self) -> str:
        """In words which section it is in; empty outside of all sections."""
        return self.path[-1].describe() if self.path else ""


def list_sections(layout: object, path: tuple[Section, ...] = ()) -> Iterator[Section]:
    """Every row and tab of a layout in reading order, each before those in it."""
    for section in list_own_sections(layout, path):
        yield section
        yield from list_sections(section.layout, (*path, section))


def list_own_sections(layout: object, path: tuple[Section, ...] = ()) -> list[Section]:
    """The rows or tabs of a layout itself, without those within them."""
    name, kind = SECTION_LISTS.get(str(read_object(layout).get("kind")), ("", "row"))
    entries = list_objects(read_spec(layout).get(name)) if name else []
    return [Section(kind, read_spec(entry), path) for entry in entries]


def list_items(layout: object, path: tuple[Section, ...] = ()) -> Iterator[LayoutItem]:
    """Every place of an element in a layout, in reading order."""
    yield from list_own_items(layout, path)
    for section in list_own_sections(layout, path):
        yield from list_items(section.layout, (*path, section))


def list_own_items(layout: object, path: tuple[Section, ...] = ()) -> list[LayoutItem]:
    """The places in a layout itself, without those in its sections."""
    if read_object(layout).get("kind") not in (GRID, AUTO_GRID):
        return []
    item_specs = map(read_spec, list_objects(read_spec(layout).get("items")))
    return [
        LayoutItem(
            read_text(read_object(spec.get("element")).get("name")),
            spec,
            path,
            read_object(layout),
        )
        for spec in item_specs
    ]


def list_layouts(layout: object) -> Iterator[JsonObject]:
    """The layout itself and every layout in its sections."""
    yield read_object(layout)
    for section in list_sections(layout):
        yield section.layout


def list_conditions(spec: JsonObject) -> list[JsonObject]:
    """The conditions of a section or an item."""
    return list_objects(read_spec(spec.get("conditionalRendering")).get("items"))


def list_placed_items(document: JsonObject) -> list[LayoutItem]:
    """The items of a document whose element is there: what Grafana draws, in reading order."""
    elements = read_object(document.get("elements"))
    return [item for item in list_items(document.get("layout")) if item.element in elements]


def list_missing_elements(document: JsonObject) -> list[LayoutItem]:
    """The items of a layout whose element the document does not have."""
    elements = read_object(document.get("elements"))
    return [item for item in list_items(document.get("layout")) if item.element not in elements]


def list_unplaced_elements(document: JsonObject) -> Sequence[str]:
    """The names of the elements that no layout places: Grafana does not draw them."""
    placed_names = {item.element for item in list_items(document.get("layout"))}
    return [name for name in read_object(document.get("elements")) if name not in placed_names]
