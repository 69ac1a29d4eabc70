"""A document of schema v1 as one of schema v2, with the tabs that its rows may name.

The fields are those that Grafana 12.4 writes itself for a document of schema v1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.dashboards.schema_v2.annotations import build_annotation
from tailboard.dashboards.schema_v2.flatten import AUTO_GRID_HEIGHTS, CURSOR_SYNC_NAMES
from tailboard.dashboards.schema_v2.layout import AUTO_GRID, GRID, ROWS, TABS
from tailboard.dashboards.schema_v2.panel import build_element, format_element_name
from tailboard.dashboards.schema_v2.resource import WRITTEN_VERSION, format_api_version
from tailboard.dashboards.schema_v2.row_layout import RowLayout
from tailboard.dashboards.schema_v2.time_settings import build_time_settings
from tailboard.dashboards.schema_v2.values import list_objects, read_number, read_object, read_text
from tailboard.dashboards.schema_v2.variables import build_variable
from tailboard.panels.grid import GRID_COLUMNS

JsonObject = Mapping[str, Any]
Document = dict[str, Any]
Panel = Mapping[str, Any]

MAX_AUTO_COLUMNS = 6
AUTO_COLUMN_WIDTHS = {"narrow": 6, "standard": 12, "wide": GRID_COLUMNS}
"""The widest panels on the grid for which a column of an auto grid is at least so wide."""

LINK_TEXTS = ("icon", "title", "tooltip", "type")
LINK_FLAGS = ("asDropdown", "includeVars", "keepTime", "targetBlank")
DATA_CONDITION = {
    "kind": "ConditionalRenderingGroup",
    "spec": {
        "condition": "and",
        "items": [{"kind": "ConditionalRenderingData", "spec": {"value": True}}],
        "visibility": "show",
    },
}
"""Shows a panel only while its queries return data; Grafana has this condition for panels alone."""


@dataclass(frozen=True)
class RowGroup:
    """The row panel of a document of schema v1 with its panels; None for those above all rows."""

    heading: Panel | None
    panels: Sequence[Panel]
    layout: RowLayout


def convert_document(
    document: JsonObject, rows: Sequence[RowLayout] = (), version: str = WRITTEN_VERSION
) -> Document:
    """The document of schema v2 with what a document of schema v1 says.

    `rows` are those of its row panels that have a heading, in their order; without them, or with
    another number of them, each row becomes a row. `version` is one of `WRITABLE_VERSIONS`.
    """
    groups = _group_panels(list_objects(document.get("panels")), rows)
    variables = list_objects(read_object(document.get("templating")).get("list"))
    annotations = list_objects(read_object(document.get("annotations")).get("list"))
    panels = [panel for group in groups for panel in group.panels]
    converted: Document = {
        "annotations": [build_annotation(annotation) for annotation in annotations],
        "apiVersion": format_api_version(version),
        "cursorSync": _find_cursor_sync(document),
        "editable": document.get("editable") is not False,
        "elements": {
            format_element_name(panel.get("id")): build_element(panel, version) for panel in panels
        },
        "layout": _build_layout(groups),
        "links": [_build_link(link) for link in list_objects(document.get("links"))],
        "liveNow": document.get("liveNow") is True,
        "preload": document.get("preload") is True,
        "tags": list(document.get("tags") or []),
        "timeSettings": build_time_settings(document),
        "title": read_text(document.get("title")),
        "variables": [kind for kind in map(build_variable, variables) if kind is not None],
    }
    for name in ("description", "revision", "uid"):
        if document.get(name):
            converted[name] = document[name]
    return converted


def _find_cursor_sync(document: JsonObject) -> str:
    number = read_number(document.get("graphTooltip"), 0)
    return CURSOR_SYNC_NAMES[number if 0 <= number < len(CURSOR_SYNC_NAMES) else 0]


def _group_panels(panels: Sequence[Panel], rows: Sequence[RowLayout]) -> list[RowGroup]:
    """Each row panel with the panels below it or in it; panels above all rows come first."""
    headings = [panel for panel in panels if panel.get("type") == "row"]
    layouts = (
        rows
        if len(rows) == len(headings)
        else [
            RowLayout(read_text(heading.get("title")), collapsed=heading.get("collapsed") is True)
            for heading in headings
        ]
    )
    first_heading = panels.index(headings[0]) if headings else len(panels)
    groups = [RowGroup(None, panels[:first_heading], RowLayout(""))] if first_heading else []
    for index, (heading, layout) in enumerate(zip(headings, layouts, strict=True)):
        start = next(number for number, panel in enumerate(panels) if panel is heading)
        end = (
            next(number for number, panel in enumerate(panels) if panel is headings[index + 1])
            if index + 1 < len(headings)
            else len(panels)
        )
        row_panels = [*list_objects(heading.get("panels")), *panels[start + 1 : end]]
        groups.append(RowGroup(heading, row_panels, layout))
    return groups


def _build_layout(groups: Sequence[RowGroup]) -> Document:
    """A grid without rows; else rows, tabs, or rows with the tabs below them."""
    untabbed_groups = [group for group in groups if not group.layout.tab]
    tabs = list(_build_tabs([group for group in groups if group.layout.tab]))
    tabs_layout: Document = {"kind": TABS, "spec": {"tabs": tabs}}
    if not tabs:
        is_plain = all(group.heading is None for group in groups)
        if is_plain:
            return _build_grid(groups[0] if groups else RowGroup(None, (), RowLayout("")))
        return _build_rows_layout(untabbed_groups)
    if not untabbed_groups:
        return tabs_layout
    rows_layout = _build_rows_layout(untabbed_groups)
    row_spec = {"collapse": False, "hideHeader": True, "layout": tabs_layout, "title": ""}
    rows_layout["spec"]["rows"].append({"kind": "RowsLayoutRow", "spec": row_spec})
    return rows_layout


def _build_tabs(groups: Sequence[RowGroup]) -> Iterator[Document]:
    """A tab for each name, in the order in which the names first occur."""
    names = dict.fromkeys(group.layout.tab for group in groups)
    for name in names:
        tab_groups = [group for group in groups if group.layout.tab == name]
        is_plain = len(tab_groups) == 1 and not tab_groups[0].layout.title
        layout = _build_grid(tab_groups[0]) if is_plain else _build_rows_layout(tab_groups)
        spec: Document = {"layout": layout, "title": name}
        if is_plain and (repeat := _find_repeat(tab_groups[0])):
            spec["repeat"] = repeat
        yield {"kind": "TabsLayoutTab", "spec": spec}


def _build_rows_layout(groups: Sequence[RowGroup]) -> Document:
    return {"kind": ROWS, "spec": {"rows": [_build_row(group) for group in groups]}}


def _build_row(group: RowGroup) -> Document:
    layout = group.layout
    spec: Document = {
        "collapse": layout.collapsed,
        "layout": _build_grid(group),
        "title": layout.title,
    }
    has_own_place = group.heading is None or layout.tab or layout.auto_grid or layout.hide_empty
    if has_own_place and not layout.title and not layout.collapsed:  # closed, it would be gone
        spec["hideHeader"] = True
    if repeat := _find_repeat(group):
        spec["repeat"] = repeat
    return {"kind": "RowsLayoutRow", "spec": spec}


def _find_repeat(group: RowGroup) -> Document | None:
    variable = read_text(read_object(group.heading).get("repeat"))
    return {"mode": "variable", "value": variable} if variable else None


def _build_grid(group: RowGroup) -> Document:
    if group.layout.auto_grid or group.layout.hide_empty:
        return _build_auto_grid(group)
    heading_position = read_object(read_object(group.heading).get("gridPos"))
    top = read_number(heading_position.get("y"), -1) + 1
    items = [_build_item(panel, top) for panel in group.panels]
    return {"kind": GRID, "spec": {"items": items}}


def _build_item(panel: Panel, top: int) -> Document:
    position = read_object(panel.get("gridPos"))
    spec: Document = {
        "element": _build_reference(panel),
        "height": read_number(position.get("h"), 0),
        "width": read_number(position.get("w"), 0),
        "x": read_number(position.get("x"), 0),
        "y": read_number(position.get("y"), top) - top,
    }
    if repeat := read_text(panel.get("repeat")):
        spec["repeat"] = {"mode": "variable", "value": repeat}
        if direction := read_text(panel.get("repeatDirection")):
            spec["repeat"]["direction"] = direction
        if columns := read_number(panel.get("maxPerRow"), 0):
            spec["repeat"]["maxPerRow"] = columns
    return {"kind": "GridLayoutItem", "spec": spec}


def _build_auto_grid(group: RowGroup) -> Document:
    """An auto grid whose columns and heights are about those that the panels have on the grid."""
    from statistics import median  # here, since it brings fractions and decimals

    positions = [read_object(panel.get("gridPos")) for panel in group.panels]
    width = median([read_number(position.get("w"), GRID_COLUMNS) for position in positions] or [1])
    height = max((read_number(position.get("h"), 0) for position in positions), default=0)
    height_modes = [mode for mode, size in AUTO_GRID_HEIGHTS.items() if height <= size]
    width_modes = [mode for mode, size in AUTO_COLUMN_WIDTHS.items() if width <= size]
    return {
        "kind": AUTO_GRID,
        "spec": {
            "columnWidthMode": width_modes[0] if width_modes else "wide",
            "fillScreen": False,
            "items": [_build_auto_item(panel, group.layout) for panel in group.panels],
            "maxColumnCount": min(max(round(GRID_COLUMNS / width), 1), MAX_AUTO_COLUMNS),
            "rowHeightMode": height_modes[0] if height_modes else "tall",
        },
    }


def _build_auto_item(panel: Panel, layout: RowLayout) -> Document:
    spec: Document = {"element": _build_reference(panel)}
    if repeat := read_text(panel.get("repeat")):
        spec["repeat"] = {"mode": "variable", "value": repeat}
    if layout.hide_empty:
        spec["conditionalRendering"] = DATA_CONDITION
    return {"kind": "AutoGridLayoutItem", "spec": spec}


def _build_reference(panel: Panel) -> Document:
    return {"kind": "ElementReference", "name": format_element_name(panel.get("id"))}


def _build_link(link: JsonObject) -> Document:
    converted: Document = {
        **{name: read_text(link.get(name)) for name in LINK_TEXTS},
        **{name: link.get(name) is True for name in LINK_FLAGS},
        "tags": list(link.get("tags") or []),
    }
    for name in ("placement", "url"):
        if name in link:
            converted[name] = link[name]
    return converted
