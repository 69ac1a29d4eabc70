"""Rows of coloured cells over time, which state timelines and status histories share."""

from collections.abc import Iterator, Sequence
from typing import Any

from tailboard.dashboards.schema_v2.values import read_object, read_text
from tailboard.preview.charts.axes import (
    Spec,
    build_annotation_layers,
    build_base_spec,
    build_label_expression,
    build_time_axis,
    clean_value,
    to_milliseconds,
)
from tailboard.preview.charts.legend import build_state_legend
from tailboard.preview.data.field_config import (
    DisplayValue,
    compute_share,
    format_field_value,
    is_percentage_mode,
    list_threshold_ranges,
)
from tailboard.preview.data.frame import Field
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.drawing import Drawing, Size

MAX_ROWS = 40
MAX_ROW_HEIGHT = 48
DEFAULT_SHARE = 0.9
"""How much of its place a cell takes where the panel does not say."""

NAME_SHARE = 0.3


def draw_states(panel: PanelData, size: Size, *, is_joined: bool) -> Drawing:
    """A row for each series; equal neighbours are one bar where `is_joined`."""
    series = [
        (column, frame.times)
        for frame in panel.frames
        for column in frame.fields
        if column.kind != "time" and frame.times
    ]
    left_out = len(series) - MAX_ROWS
    series = series[:MAX_ROWS]
    is_merged = is_joined and read_object(panel.json.get("options")).get("mergeValues") is not False
    cells = [
        cell
        for row, (column, times) in enumerate(series)
        for cell in _list_cells(row, column, times, panel.end, is_merged=is_merged)
    ]
    names = [column.title for column, _ in series]
    entries = _list_states(cells, [column for column, _ in series])
    legend = build_state_legend(panel.json, entries, size)
    height = size.height - (legend.size if legend and not legend.is_right else 0)
    spec = _build_spec(panel, cells, names, Size(size.width, height), is_joined=is_joined)
    notes = (f"{left_out:,} more series are not drawn",) if left_out > 0 else ()
    return Drawing(spec, legend, hover="mark", notes=notes)


def _list_states(cells: Sequence[Spec], columns: Sequence[Field]) -> dict[str, str]:
    """The colours of the texts that a legend has: of all thresholds, or of what occurs."""
    if not columns:
        return {}
    mode = _read_color_mode(columns[0])
    if mode.startswith("continuous"):
        return {}
    ranges = list_threshold_ranges(columns[0])
    if mode == "thresholds" and len(ranges) > 1:
        return {text: color for _, text, color in ranges}
    return {str(cell["text"]): str(cell["color"]) for cell in cells if cell["text"]}


def _read_color_mode(column: Field) -> str:
    return read_text(read_object(column.config.get("color")).get("mode")) or "thresholds"


def _format_state(value: Any, column: Field, row: int, *, is_merged: bool) -> DisplayValue:
    """A value as text; where values are merged by thresholds, the range that it lies in."""
    if is_merged and column.kind == "number" and _read_color_mode(column) == "thresholds":
        place = 100 * compute_share(value, column) if is_percentage_mode(column) else value
        for limit, text, color in reversed(list_threshold_ranges(column)):
            if place >= limit:
                return DisplayValue(text, color, float(value))
    return format_field_value(value, column, row)


def _list_cells(
    row: int, column: Field, times: Sequence[float], end: float, *, is_merged: bool
) -> Iterator[Spec]:
    step = times[1] - times[0] if len(times) > 1 else max(end - times[0], 1.0)
    current: Spec | None = None
    for time, value in zip(times, column.values, strict=True):
        if value is None:
            if current:
                yield current
            current = None
            continue
        display = _format_state(value, column, row, is_merged=is_merged)
        cell = {
            "row": row,
            "t": to_milliseconds(time),
            "end": to_milliseconds(time + step),
            "name": column.title,
            "v": clean_value(display.number),
            "text": display.text,
            "color": display.color,
        }
        if (
            is_merged
            and current
            and (current["text"], current["color"]) == (cell["text"], cell["color"])
        ):
            current["end"] = cell["end"]
            continue
        if current:
            yield current
        current = cell
    if current:
        yield current


def _build_spec(
    panel: PanelData, cells: list[Spec], names: list[str], size: Size, *, is_joined: bool
) -> Spec:
    options = read_object(panel.json.get("options"))
    x = build_time_axis(panel)
    y = _build_row_axis(names, size, height_share=_read_share(options.get("rowHeight")))
    color: Spec = {"field": "color", "type": "nominal", "scale": None}
    width_share = 1.0 if is_joined else _read_share(options.get("colWidth"))
    gap = f"(datum.end - datum.t) * {round(1 - width_share, 3)}"
    mark: Spec = {
        "type": "rect",
        "clip": True,
        "cornerRadius": 1 if is_joined else 0,
        "opacity": 0.9,
    }
    layers: list[Spec] = [
        {
            "mark": mark,
            "transform": [{"calculate": f"datum.end - {gap}", "as": "stop"}],
            "encoding": {
                "x": {**x},
                "x2": {"field": "stop"},
                "y": y,
                "color": color,
                "tooltip": [
                    {"field": "t", "title": "time"},
                    {"field": "name"},
                    {"field": "text", "title": "value"},
                ],
            },
        }
    ]
    if read_text(options.get("showValue")) in {"always", "auto"}:
        layers.append(_build_text_layer(panel, x, y))
    return {
        **build_base_spec(size.height),
        "datasets": {"cells": cells},
        "data": {"name": "cells"},
        "layer": [*layers, *build_annotation_layers(panel)],
    }


def _read_share(option: object) -> float:
    """How much of a cell's place it takes, from a tenth to all of it."""
    share = float(option) if isinstance(option, int | float) else DEFAULT_SHARE
    return min(max(share, 0.1), 1.0)


def _build_row_axis(names: list[str], size: Size, *, height_share: float) -> Spec:
    """The axis with a row for each name."""
    count = max(len(names), 1)
    return {
        "field": "row",
        "type": "ordinal",
        "title": None,
        "sort": None,
        "scale": {
            "type": "band",
            "domain": list(range(count)),
            "paddingInner": round(1 - height_share, 3),
            "paddingOuter": 0.05,
            "rangeMax": {"expr": f"min(height, {count * MAX_ROW_HEIGHT})"},
        },
        "axis": {
            "labelExpr": build_label_expression(names),
            "labelLimit": round(size.width * NAME_SHARE),
            "grid": False,
        },
    }


def _build_text_layer(panel: PanelData, x: Spec, y: Spec) -> Spec:
    """The texts of the cells that have room for them."""
    milliseconds = max(to_milliseconds(panel.end - panel.start), 1)
    has_room = f"(datum.end - datum.t) * width / {milliseconds} > 6.5 * length(datum.text)"
    return {
        "transform": [{"filter": has_room}],
        "mark": {"type": "text", "align": "left", "dx": 4, "color": "#ffffff", "fontSize": 11},
        "encoding": {"x": x, "y": y, "text": {"field": "text"}},
    }
