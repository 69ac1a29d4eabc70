"""The panels of a document with their places: sections that are rows or tabs, nested at will."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tailboard.dashboards.schema_v2.flatten import build_view, place_items
from tailboard.dashboards.schema_v2.layout import Section as LayoutSection
from tailboard.dashboards.schema_v2.layout import list_own_sections
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.values import (
    JsonObject,
    list_objects,
    read_number,
    read_object,
    read_text,
)
from tailboard.panels.grid import GRID_COLUMNS
from tailboard.queries.subject import list_top_level_panels

DEFAULT_WIDTH, DEFAULT_HEIGHT = 12, 8
MAX_HEIGHT = 100
"""The grid rows of a panel that are drawn at most."""


MAX_REPEATS = 20
"""How often a panel is repeated at most."""

ListValues = Callable[[str], list[str]]
"""Gives the values of a variable by its name."""


@dataclass(frozen=True)
class PanelPlace:
    """A panel of schema v1 with its place on the grid of its section."""

    json: JsonObject
    x: int
    y: int
    width: int
    height: int
    scope: Mapping[str, str] = field(default_factory=dict)
    """The values of the variables for which the panel, or its row, is repeated."""

    @property
    def element_name(self) -> str:
        """Grafana's name of the panel in a layout, after its id; the pages name it."""
        return f"panel-{self.json.get('id')}"

    @property
    def title(self) -> str:
        """The title; empty where there is none."""
        return read_text(self.json.get("title"))

    @property
    def kind(self) -> str:
        """Grafana's name of the panel's kind."""
        return read_text(self.json.get("type")) or "timeseries"


@dataclass(frozen=True)
class Section:
    """Panels below one heading; `kind` is empty for those below none."""

    title: str = ""
    kind: Literal["", "row", "tab"] = ""
    is_collapsed: bool = False
    panels: tuple[PanelPlace, ...] = ()
    sections: tuple["Section", ...] = ()
    repeat: str = ""
    scope: Mapping[str, str] = field(default_factory=dict)

    def list_panels(self) -> Iterator[PanelPlace]:
        """Its panels and those of the sections in it, in reading order."""
        yield from self.panels
        for section in self.sections:
            yield from section.list_panels()

    @property
    def height(self) -> int:
        """The grid rows that its own panels take."""
        return max((panel.y + panel.height for panel in self.panels), default=0)


@dataclass(frozen=True)
class DashboardView:
    """A document in the form of schema v1, and its sections."""

    json: JsonObject
    root: Section

    @property
    def title(self) -> str:
        """The title, or the uid where there is none."""
        return read_text(self.json.get("title")) or self.uid or "dashboard"

    @property
    def uid(self) -> str:
        """The uid; empty where there is none."""
        return read_text(self.json.get("uid"))


def read_dashboard(document: JsonObject) -> DashboardView:
    """A document of either schema."""
    if is_v2_document(document):
        view = build_view(document)
        return DashboardView(view, _read_layout(document, document.get("layout"), ()))
    view = dict(document)
    return DashboardView(view, _read_panels(document))


def _read_panels(document: JsonObject) -> Section:
    """The sections of schema v1: a row holds the panels after it, or those within it."""
    loose: list[PanelPlace] = []
    sections: list[Section] = []
    rows = [
        {**row, "panels": list_objects(row.get("panels"))}
        for row in list_objects(document.get("rows"))
    ]
    entries = {"panels": list_objects(document.get("panels")), "rows": rows}
    panels = sorted(list_top_level_panels(entries), key=lambda panel: _read_position(panel)[1::-1])
    for panel in panels:
        if panel.get("type") == "row":
            sections.append(
                Section(
                    read_text(panel.get("title")),
                    "row",
                    is_collapsed=panel.get("collapsed") is True,
                    panels=tuple(map(_build_place, list_objects(panel.get("panels")))),
                    repeat=read_text(panel.get("repeat")),
                )
            )
        elif sections:
            place = _build_place(panel)
            sections[-1] = replace(sections[-1], panels=(*sections[-1].panels, place))
        else:
            loose.append(_build_place(panel))
    return Section(
        panels=_move_up(tuple(loose)),
        sections=tuple(replace(section, panels=_move_up(section.panels)) for section in sections),
    )


def _read_layout(document: JsonObject, layout: object, path: tuple[LayoutSection, ...]) -> Section:
    """The sections of schema v2."""
    panels = tuple(map(_build_place, place_items(document, layout, 0)))
    sections = []
    for section in list_own_sections(layout, path):
        inner = _read_layout(document, section.layout, (*path, section))
        sections.append(
            replace(
                inner,
                title=section.title if section.has_heading else "",
                kind=section.kind if section.has_heading else "",
                is_collapsed=section.is_closed,
                repeat=section.repeat,
            )
        )
    return Section(panels=_move_up(panels), sections=tuple(sections))


def _build_place(panel: JsonObject) -> PanelPlace:
    x, y, width, height = _read_position(panel)
    return PanelPlace(panel, x, y, width, height)


def _read_position(panel: JsonObject) -> tuple[int, int, int, int]:
    """Column, line, width and height on the grid, moved onto it where they lie beside it."""
    position = read_object(panel.get("gridPos"))
    width = min(max(read_number(position.get("w"), DEFAULT_WIDTH), 1), GRID_COLUMNS)
    x = min(max(read_number(position.get("x"), 0), 0), GRID_COLUMNS - width)
    height = min(max(read_number(position.get("h"), DEFAULT_HEIGHT), 1), MAX_HEIGHT)
    return x, max(read_number(position.get("y"), 0), 0), width, height


def _move_up(panels: tuple[PanelPlace, ...]) -> tuple[PanelPlace, ...]:
    """The panels each as high up as those above it allow, in reading order, as Grafana does."""
    bottoms = [0] * GRID_COLUMNS
    moved = []
    for panel in sorted(panels, key=lambda panel: (panel.y, panel.x)):
        columns = slice(panel.x, panel.x + panel.width)
        y = max(bottoms[columns])
        bottoms[columns] = [y + panel.height] * panel.width
        moved.append(replace(panel, y=y))
    return tuple(moved)


def expand_repeats(root: Section, list_values: ListValues) -> Section:
    """The sections with every repeated panel and row once for each value of its variable."""
    sections: list[Section] = []
    for section in root.sections:
        values = list_values(section.repeat) if section.repeat else []
        for value in values or [""]:
            scope = {section.repeat: value} if section.repeat and value else {}
            copy = _add_scope(section, scope)
            sections.append(expand_repeats(copy, list_values))
    panels: list[PanelPlace] = []
    for panel in root.panels:
        panels += _repeat_panel(panel, list_values, sum(other.height for other in panels))
    return replace(root, panels=_move_up(tuple(panels)), sections=tuple(sections))


def _add_scope(section: Section, scope: Mapping[str, str]) -> Section:
    return replace(
        section,
        scope={**section.scope, **scope},
        panels=tuple(replace(panel, scope={**panel.scope, **scope}) for panel in section.panels),
        sections=tuple(_add_scope(inner, scope) for inner in section.sections),
    )


def _repeat_panel(panel: PanelPlace, list_values: ListValues, offset: int) -> list[PanelPlace]:
    """A panel for each value of its variable, side by side or one below another.

    `offset` moves what follows below the copies that earlier panels got.
    """
    variable = read_text(panel.json.get("repeat"))
    values = list_values(variable)[:MAX_REPEATS] if variable else []
    if not values or variable in panel.scope:
        return [replace(panel, y=panel.y + offset)]
    if panel.json.get("repeatDirection") == "v":
        return [
            replace(
                panel,
                y=panel.y + offset + number * panel.height,
                scope={**panel.scope, variable: value},
            )
            for number, value in enumerate(values)
        ]
    columns = min(len(values), max(read_number(panel.json.get("maxPerRow"), 4), 1), GRID_COLUMNS)
    width = GRID_COLUMNS // columns
    return [
        replace(
            panel,
            x=number % columns * width,
            y=panel.y + offset + number // columns * panel.height,
            width=width,
            scope={**panel.scope, variable: value},
        )
        for number, value in enumerate(values)
    ]
