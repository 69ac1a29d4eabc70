"""A document of schema v2 as one of schema v1: tabs become rows, an auto grid gets positions.

Unlike Grafana's own conversion it puts the panels of a row below the heading of the row, and keeps
what the layout does not place out of it.
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from tailboard.dashboards.schema_v2.annotations import build_v1_annotation, list_annotations
from tailboard.dashboards.schema_v2.layout import (
    AUTO_GRID,
    Section,
    list_own_items,
    list_own_sections,
    list_sections,
    list_unplaced_elements,
)
from tailboard.dashboards.schema_v2.panel import build_panel
from tailboard.dashboards.schema_v2.positions import separate_positions
from tailboard.dashboards.schema_v2.time_settings import build_v1_time_fields
from tailboard.dashboards.schema_v2.values import (
    list_objects,
    read_number,
    read_object,
    read_spec,
    read_text,
)
from tailboard.dashboards.schema_v2.variables import build_v1_variable, find_variable_name
from tailboard.panels.grid import GRID_COLUMNS

JsonObject = Mapping[str, Any]
Document = dict[str, Any]
Panel = dict[str, Any]

SCHEMA_VERSION = 42
PIXELS_PER_GRID_ROW = 30 + 8
AUTO_GRID_COLUMNS = 3
AUTO_GRID_HEIGHTS = {"short": 5, "standard": 9, "tall": 14}
"""The heights of Grafana's auto grid in rows of the grid, as Grafana converts them."""

DEFAULT_SIZE = (12, 8)
CURSOR_SYNC_NAMES = ("Off", "Crosshair", "Tooltip")
COMMON_FIELDS = ("description", "editable", "liveNow", "preload", "revision", "tags", "title")


def flatten_document(document: JsonObject) -> Document:
    """The document of schema v1 with what it can hold; `list_losses` lists the rest."""
    return {
        **_flatten_fields(document),
        "panels": [*_flatten_layout(document, document.get("layout"), 0)[0]],
    }


def build_view(document: JsonObject) -> Document:
    """The document as one of schema v1, to read all of its queries.

    Other than a flat document it also has the panels that no layout places, below the others.
    """
    view = flatten_document(document)
    bottom = _find_bottom(view["panels"])
    elements = read_object(document.get("elements"))
    width, height = DEFAULT_SIZE
    for name in list_unplaced_elements(document):
        position = {"h": height, "w": width, "x": 0, "y": bottom}
        view["panels"].append({**build_panel(read_object(elements[name])), "gridPos": position})
        bottom += height
    return view


def _flatten_fields(document: JsonObject) -> Document:
    cursor_sync = document.get("cursorSync")
    fields: Document = {
        **{name: document[name] for name in COMMON_FIELDS if document.get(name) is not None},
        **build_v1_time_fields(read_object(document.get("timeSettings"))),
        "annotations": {
            "list": [build_v1_annotation(entry) for entry in list_annotations(document)]
        },
        "graphTooltip": CURSOR_SYNC_NAMES.index(cursor_sync)
        if cursor_sync in CURSOR_SYNC_NAMES
        else 0,
        "links": list_objects(document.get("links")),
        "schemaVersion": SCHEMA_VERSION,
        "templating": {"list": [build_v1_variable(entry) for entry in list_variables(document)]},
    }
    if "uid" in document:
        fields["uid"] = document["uid"]
    return fields


def list_variables(document: JsonObject) -> Iterator[JsonObject]:
    """The variables of a document, and those of its sections whose names are not taken."""
    used_names = set()
    for variables in (
        list_objects(document.get("variables")),
        *(section.variables for section in list_sections(document.get("layout"))),
    ):
        for variable in variables:
            name = find_variable_name(variable)
            if name not in used_names:
                used_names.add(name)
                yield variable


def _flatten_layout(
    document: JsonObject, layout: object, top: int, path: tuple[Section, ...] = ()
) -> tuple[list[Panel], int]:
    """The panels of a layout from `top` on, and the first line below them."""
    panels = place_items(document, layout, top)
    bottom = max(top, _find_bottom(panels))
    for section in list_own_sections(layout, path):
        section_panels, bottom = _flatten_section(document, section, bottom)
        panels += section_panels
    return panels, bottom


def _flatten_section(document: JsonObject, section: Section, top: int) -> tuple[list[Panel], int]:
    """A section as a row; the sections in it follow as rows of their own."""
    path = (*section.path, section)
    if not section.has_heading:
        return _flatten_layout(document, section.layout, top, path)
    heading: Panel = {
        "collapsed": False,
        "gridPos": {"h": 1, "w": GRID_COLUMNS, "x": 0, "y": top},
        "panels": [],
        "title": section.title,
        "type": "row",
        **({"repeat": section.repeat} if section.repeat else {}),
    }
    panels, bottom = _flatten_layout(document, section.layout, top + 1, path)
    if section.is_closed and not list_own_sections(section.layout):
        return [{**heading, "collapsed": True, "panels": panels}], top + 1
    return [heading, *panels], bottom


def place_items(document: JsonObject, layout: object, top: int) -> list[Panel]:
    """The panels that a layout itself places, from the line `top` on."""
    elements = read_object(document.get("elements"))
    items = [item for item in list_own_items(layout) if item.element in elements]
    is_auto_grid = read_object(layout).get("kind") == AUTO_GRID
    positions = (
        _list_auto_positions(read_spec(layout), len(items))
        if is_auto_grid
        else separate_positions([_read_position(item.spec) for item in items])
    )
    panels = []
    for item, position in zip(items, positions, strict=True):
        panel = build_panel(read_object(elements[item.element]))
        panel["gridPos"] = {**position, "y": position["y"] + top}
        if repeat := read_text(item.repeat.get("value")):
            panel |= _build_repeat(
                repeat, item.repeat, read_spec(layout), is_auto_grid=is_auto_grid
            )
        panels.append(panel)
    return panels


def _build_repeat(
    variable: str, options: JsonObject, grid: JsonObject, *, is_auto_grid: bool
) -> Panel:
    columns = _count_columns(grid) if is_auto_grid else options.get("maxPerRow")
    return {
        "repeat": variable,
        "repeatDirection": read_text(options.get("direction")) or "h",
        **({"maxPerRow": columns} if columns else {}),
    }


def _read_position(item_spec: JsonObject) -> dict[str, int]:
    """The position of an item on the grid, moved onto the grid where it lies beside it."""
    default_width, default_height = DEFAULT_SIZE
    width = min(max(read_number(item_spec.get("width"), default_width), 1), GRID_COLUMNS)
    x = min(max(read_number(item_spec.get("x"), 0), 0), GRID_COLUMNS - width)
    height = max(read_number(item_spec.get("height"), default_height), 1)
    return {"h": height, "w": width, "x": x, "y": max(read_number(item_spec.get("y"), 0), 0)}


def _list_auto_positions(grid: JsonObject, count: int) -> list[dict[str, int]]:
    """The positions of an auto grid's panels on a wide screen."""
    columns, height = _count_columns(grid), _find_auto_height(grid)
    width = GRID_COLUMNS // columns
    return [
        {"h": height, "w": width, "x": index % columns * width, "y": index // columns * height}
        for index in range(count)
    ]


def _count_columns(grid: JsonObject) -> int:
    columns = read_number(grid.get("maxColumnCount"), AUTO_GRID_COLUMNS)
    return min(max(columns, 1), GRID_COLUMNS)


def _find_auto_height(grid: JsonObject) -> int:
    if grid.get("rowHeightMode") == "custom" and (pixels := read_number(grid.get("rowHeight"), 0)):
        return max(ceil(pixels / PIXELS_PER_GRID_ROW), 1)
    return AUTO_GRID_HEIGHTS.get(str(grid.get("rowHeightMode")), AUTO_GRID_HEIGHTS["standard"])


def _find_bottom(panels: list[Panel]) -> int:
    return max((panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels), default=0)
