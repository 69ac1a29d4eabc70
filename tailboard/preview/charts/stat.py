"""Large numbers, coloured by their thresholds, over a faint line of their past."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tailboard.dashboards.schema_v2.values import JsonObject, read_object, read_text
from tailboard.preview.charts.axes import (
    Spec,
    build_base_spec,
    build_grid_axis,
    clean_value,
    clean_values,
    list_finite,
    to_milliseconds,
)
from tailboard.preview.colors import NEUTRAL_COLOR
from tailboard.preview.data.field_config import (
    DisplayValue,
    compile_pattern,
    compute_share,
    find_limits,
    format_field_value,
)
from tailboard.preview.data.frame import Field, Frame
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.data.reducers import reduce_values
from tailboard.preview.drawing import Drawing, Size

KINDS = ("stat", "singlestat")

MAX_VALUES = 30
"""The numbers that one panel shows at most."""

MIN_CELL_WIDTH = 70
HEIGHT_SHARE, NAMED_HEIGHT_SHARE = 0.46, 0.36
"""The size of letters, of the height of a cell; where its name is below them."""

MIN_LENGTH = 4
"""The characters that a cell is wide enough for, where its text is shorter."""


@dataclass(frozen=True)
class ReducedValue:
    """A series as one number: its name, what is shown, its past."""

    name: str
    display: DisplayValue
    column: Field
    times: tuple[float, ...] = ()


def draw(panel: PanelData, size: Size) -> Drawing:
    """One cell for each number, side by side or one below another."""
    options = read_object(panel.json.get("options"))
    values = list_reduced_values(panel)
    left_out = len(values) - MAX_VALUES
    values = values[:MAX_VALUES] or [build_missing_value(panel)]
    notes = (f"{left_out:,} more values are not drawn",) if left_out > 0 else ()
    return Drawing(_build_spec(options, values, size), notes=notes, hover="mark")


def list_reduced_values(panel: PanelData) -> list[ReducedValue]:
    """Every series of a panel as one number, or every value where the options say so."""
    return [*_list_values(panel.frames, read_object(panel.json.get("options")))]


def build_missing_value(panel: PanelData) -> ReducedValue:
    """What a panel shows without any series: the text for no value."""
    defaults = read_object(read_object(panel.json.get("fieldConfig")).get("defaults"))
    column = Field("", "number", (), config=defaults)
    text = read_text(defaults.get("noValue")) or "No data"
    color = format_field_value(None, column).color
    return ReducedValue("", DisplayValue(text, color), column)


def _list_values(frames: tuple[Frame, ...], options: JsonObject) -> Iterator[ReducedValue]:
    reduce_options = read_object(options.get("reduceOptions"))
    listed = reduce_options.get("calcs")
    calculations = [
        name for name in (listed if isinstance(listed, list) else []) if isinstance(name, str)
    ] or ["lastNotNull"]
    pattern = compile_pattern(read_text(reduce_options.get("fields")) or ".*")
    number = 0
    for frame in frames:
        for column in frame.numbers:
            if pattern and not pattern.search(column.title):
                continue
            if reduce_options.get("values") is True:
                for row, value in enumerate(column.values):
                    name = _name_row(frame, row) or column.title
                    yield ReducedValue(name, format_field_value(value, column, number), column)
                    number += 1
                continue
            for calculation in calculations:
                value = reduce_values(column.values, calculation)
                display = format_field_value(value, column, number)
                if not display.text:
                    display = DisplayValue("No data", display.color)
                yield ReducedValue(column.title, display, column, frame.times)
                number += 1


def _name_row(frame: Frame, row: int) -> str:
    texts = [str(column.values[row]) for column in frame.fields if column.kind == "string"]
    return " ".join(text for text in texts if text)


def _choose_columns(options: JsonObject, count: int, longest: int, size: Size) -> int:
    """How many cells stand side by side: as many as give the largest letters."""
    match options.get("orientation"):
        case "horizontal":
            return 1
        case "vertical" if size.width / count >= MIN_CELL_WIDTH:
            return count
        case _:
            return max(
                range(1, count + 1),
                key=lambda columns: min(
                    size.width / columns / _measure_text(longest),
                    size.height / math.ceil(count / columns) * NAMED_HEIGHT_SHARE,
                ),
            )


def _measure_text(length: int) -> float:
    """How wide a text of so many characters is with its margins, of its font size."""
    return length * 0.62 + 0.6


def _build_spec(options: JsonObject, values: list[ReducedValue], size: Size) -> Spec:
    count = len(values)
    longest = max(len(value.display.text) for value in values)
    columns = _choose_columns(options, count, max(longest, MIN_LENGTH), size)
    rows = math.ceil(count / columns)
    text_mode = read_text(options.get("textMode")) or "auto"
    has_name = text_mode in {"name", "value_and_name"} or (text_mode == "auto" and count > 1)
    is_background = str(options.get("colorMode", "")).startswith("background")
    cells = [
        {
            "column": index % columns,
            "row": index // columns,
            "name": value.name if has_name else "",
            "label": value.name,
            "text": "" if text_mode in {"name", "none"} else value.display.text,
            "value": clean_value(value.display.number),
            "color": value.display.color,
        }
        for index, value in enumerate(values)
    ]
    longest = max((len(str(cell["text"])) for cell in cells), default=1) or 1
    cell_width, cell_height = f"width / {columns}", f"height / {rows}"
    height_share = NAMED_HEIGHT_SHARE if has_name else HEIGHT_SHARE
    length = _measure_text(longest)
    font = f"max(11, min({cell_height} * {height_share}, {cell_width} / {length:.2f}, 56))"
    name_font = f"max(10, min({cell_height} * 0.16, 16))"
    x = build_grid_axis("column", columns)
    y = build_grid_axis("row", rows, is_reversed=True)
    color = {"field": "color", "type": "nominal", "scale": None}
    tooltip = [{"field": "label", "title": "name"}, {"field": "text", "title": "value"}]
    layers: list[Spec] = []

    def build_cell_layer(mark: Spec, **encoding: Any) -> Spec:
        return {
            "data": {"name": "cells"},
            "mark": mark,
            "encoding": {"x": x, "y": y, **encoding},
        }

    if is_background:
        mark = {
            "type": "rect",
            "cornerRadius": 3,
            "width": {"expr": f"{cell_width} - 4"},
            "height": {"expr": f"{cell_height} - 4"},
        }
        layers.append(build_cell_layer(mark, color=color, tooltip=tooltip))
    elif options.get("graphMode") != "none":
        layers += _build_sparkline(values, columns, rows)
    text_color: Spec = {"color": {"value": "#ffffff"}} if is_background else {}
    if not is_background and options.get("colorMode") != "none":
        text_color = {"color": color}
    text_mark = {
        "type": "text",
        "baseline": "middle",
        "dy": {"expr": f"{cell_height} * {0.02 if has_name else -0.05}"},
        "fontSize": {"expr": font},
        "fontWeight": 600,
    }
    layers.append(
        build_cell_layer(text_mark, text={"field": "text"}, tooltip=tooltip, **text_color)
    )
    if has_name:
        name_mark = {
            "type": "text",
            "baseline": "middle",
            "dy": {"expr": f"-{cell_height} * 0.33"},
            "fontSize": {"expr": name_font},
            "limit": {"expr": f"{cell_width} - 10"},
            "color": "#ffffff" if is_background else NEUTRAL_COLOR,
        }
        layers.append(build_cell_layer(name_mark, text={"field": "name"}))
    return {**build_base_spec(size.height), "datasets": {"cells": cells}, "layer": layers}


def _build_sparkline(values: list[ReducedValue], columns: int, rows: int) -> Iterator[Spec]:
    """The past of each number, in the lower third of its cell."""
    lines = []
    for index, value in enumerate(values):
        numbers = list_finite(clean_values(value.column.values))
        if len(numbers) < 2 or len(value.times) < 2:
            continue
        low, high = find_limits(value.column)
        start, end = value.times[0], value.times[-1]
        points = clean_values(value.column.values)
        lines.append(
            {
                "name": index,
                "color": value.display.color,
                "base": index // columns + 0.5,
                "t": [to_milliseconds(time) for time in value.times],
                "v": points,
                "x": [
                    round(index % columns - 0.48 + 0.96 * (time - start) / (end - start), 5)
                    for time in value.times
                ],
                "y": [
                    None
                    if point is None
                    else round(
                        index // columns
                        + 0.48
                        - (0.24 * compute_share(point, value.column) if high > low else 0.06),
                        5,
                    )
                    for point in points
                ],
            }
        )
    if not lines:
        return
    x = build_grid_axis("x", columns)
    y = build_grid_axis("y", rows, is_reversed=True, stack=None)
    color = {"field": "color", "type": "nominal", "scale": None}
    shared = {
        "data": {"values": lines},
        "transform": [{"flatten": ["x", "y"]}],
    }
    detail = {"field": "name"}
    yield {
        **shared,
        "mark": {"type": "area", "opacity": 0.14},
        "encoding": {"x": x, "y": y, "y2": {"field": "base"}, "color": color, "detail": detail},
    }
    yield {
        **shared,
        "mark": {"type": "line", "strokeWidth": 1.2, "opacity": 0.55},
        "encoding": {"x": x, "y": y, "color": color, "detail": detail},
    }
