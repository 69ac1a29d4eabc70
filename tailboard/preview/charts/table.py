"""A table with units, coloured cells and bars in cells."""

from typing import Any

from tailboard.dashboards.schema_v2.values import list_objects, read_object, read_text
from tailboard.preview.data.field_config import (
    compute_share,
    find_limits,
    format_field_value,
    read_limit,
)
from tailboard.preview.data.frame import Field, Frame
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.data.transformations import sort_frame
from tailboard.preview.data.units import format_value
from tailboard.preview.drawing import Cell, Column, Drawing, Size, Table

KINDS = ("table", "table-old")

MAX_ROWS = 200
"""The rows that are drawn at most."""

GAUGE_TYPES = frozenset({"gauge", "basic", "gradient-gauge", "lcd-gauge"})


def draw(panel: PanelData, size: Size) -> Drawing:
    """The first frame as a table; series become rows of times."""
    frame = _choose_frame(panel)
    sort_entry = next(iter(list_objects(read_object(panel.json.get("options")).get("sortBy"))), {})
    sorted_name, is_descending = (
        read_text(sort_entry.get("displayName")),
        sort_entry.get("desc") is True,
    )
    if sorted_name:
        frame = sort_frame(frame, sorted_name, is_descending=is_descending)
    fields = [column for column in frame.fields if not _is_hidden(column)]
    row_count = min(frame.length, MAX_ROWS)
    titles = [column.title for column in fields]
    table = Table(
        tuple(
            Column(column.title, "left" if column.kind == "string" else "right")
            for column in fields
        ),
        tuple(tuple(_build_cell(column, row) for column in fields) for row in range(row_count)),
        (titles.index(sorted_name), is_descending) if sorted_name in titles else None,
    )
    left_out = frame.length - row_count
    notes = [f"{left_out:,} more rows are not drawn"] if left_out > 0 else []
    if len(panel.frames) > 1:
        notes.append(f"the first of {len(panel.frames):,} tables; Grafana lets the reader choose")
    return Drawing(table=table, notes=tuple(notes))


def _choose_frame(panel: PanelData) -> Frame:
    return panel.frames[0] if panel.frames else Frame(())


def _is_hidden(column: Field) -> bool:
    hidden = column.custom.get("hidden") is True
    return hidden or read_object(column.custom.get("hideFrom")).get("viz") is True


def _build_cell(column: Field, row: int) -> Cell:
    value: Any = column.values[row]
    if column.kind == "time" and isinstance(value, int | float):
        return Cell(format_value(value * 1000, "dateTimeAsIso"))
    display = format_field_value(value, column)
    options = read_object(column.custom.get("cellOptions"))
    cell_type = read_text(options.get("type")) or read_text(column.custom.get("displayMode"))
    if cell_type == "color-text":
        return Cell(display.text, color=display.color)
    if cell_type in {"color-background", "color-background-solid"}:
        return Cell(display.text, background=display.color)
    if cell_type in GAUGE_TYPES and display.number is not None:
        if (
            read_limit(column.config, "max") is None
            and find_limits(column)[0] == find_limits(column)[1]
        ):
            return Cell(display.text, color=display.color, share=1.0)
        return Cell(display.text, color=display.color, share=compute_share(display.number, column))
    return Cell(display.text)
