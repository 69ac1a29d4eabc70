"""How many observations fell into which bucket, over time."""

import math
from collections.abc import Iterator, Sequence

from tailboard.dashboards.schema_v2.values import JsonObject, read_object, read_text
from tailboard.preview.charts.axes import (
    Spec,
    build_annotation_layers,
    build_base_spec,
    build_label_expression,
    build_time_axis,
    list_finite,
    to_milliseconds,
)
from tailboard.preview.colors import find_color
from tailboard.preview.data.frame import Frame
from tailboard.preview.data.panel_data import PanelData, read_bound
from tailboard.preview.data.units import format_bound, format_value
from tailboard.preview.drawing import Drawing, Size

KINDS = ("heatmap",)

SCHEMES = {
    "Spectral": "spectral",
    "RdYlGn": "redyellowgreen",
    "RdYlBu": "redyellowblue",
    "Turbo": "turbo",
    "Viridis": "viridis",
    "Magma": "magma",
    "Inferno": "inferno",
    "Plasma": "plasma",
    "YlOrRd": "yelloworangered",
    "YlGnBu": "yellowgreenblue",
}
"""Schemes of several hues, by Grafana's names."""

HUES = {
    "Oranges": "orange",
    "Blues": "blue",
    "Greens": "green",
    "Greys": "gray",
    "Purples": "purple",
    "Reds": "red",
}
"""Schemes of one hue, which fade into the panel's own colour: dark or light."""

MIN_OPACITY = 0.1
MAX_ROWS = 60
MAX_COLUMNS = 240
PIXELS_PER_LABEL = 16
DATA_LIMIT = 1e-9


def draw(panel: PanelData, size: Size) -> Drawing:
    """Cells, one row for each bucket, the lowest below."""
    options = read_object(panel.json.get("options"))
    unit = read_text(read_object(options.get("yAxis")).get("unit"))
    value_options = read_object(options.get("cellValues"))
    value_unit = read_text(value_options.get("unit")) or "short"
    decimals = value_options.get("decimals")
    decimals = decimals if isinstance(decimals, int) and not isinstance(decimals, bool) else None
    rows = _list_rows(panel)
    left_out = len(rows) - MAX_ROWS
    rows = rows[:MAX_ROWS]
    labels = [_format_bound(name, unit) for name, _, _ in rows]
    cells = list(_list_cells(rows, labels, options, value_unit, decimals))
    spec = _build_spec(panel, cells, labels, options, size)
    notes = (f"{left_out:,} more buckets are not drawn",) if left_out > 0 else ()
    return Drawing(spec, hover="mark", notes=notes)


Row = tuple[str, tuple[float, ...], tuple[float | None, ...]]


def _list_rows(panel: PanelData) -> list[Row]:
    """The name, times and counts of each bucket; of values that are no buckets, counted here."""
    histograms = _list_histogram_rows(panel)
    if histograms:
        return histograms
    options = read_object(panel.json.get("options"))
    frames = [frame for frame in panel.frames if frame.times and frame.numbers]
    if options.get("calculate") is True:
        return _count_values(frames)
    return [
        (column.labels.get("le") or column.title, frame.times, column.values)
        for frame in frames
        for column in frame.numbers
    ]


def _list_histogram_rows(panel: PanelData) -> list[Row]:
    """The buckets of native histograms, all series together."""
    counts: dict[tuple[float, float], dict[float, float]] = {}
    times: set[float] = set()
    for series in panel.histograms:
        for time, buckets in series.histograms:
            times.add(time)
            for low, high, count in buckets:
                by_time = counts.setdefault((low, high), {})
                by_time[time] = by_time.get(time, 0.0) + count
    sorted_times = tuple(sorted(times))
    return [
        (f"{high:.4g}", sorted_times, tuple(by_time.get(time, 0.0) for time in sorted_times))
        for (_, high), by_time in sorted(counts.items())
    ]


def _count_values(frames: Sequence[Frame]) -> list[Row]:
    """How many series had a value in each of twelve ranges, at each time."""
    numbers = [
        value
        for frame in frames
        for column in frame.numbers
        for value in list_finite(column.values)
    ]
    if not numbers:
        return []
    low, high, count = min(numbers), max(numbers), 12
    span = high / 2 - low / 2 or 0.5  # halves keep it finite
    times = frames[0].times
    rows = [[0.0] * len(times) for _ in range(count)]
    for frame in frames:
        for column in frame.numbers:
            for index, value in enumerate(column.values[: len(times)]):
                if value is not None and math.isfinite(value):
                    share = (value / 2 - low / 2) / span
                    rows[min(int(share * count), count - 1)][index] += 1
    return [
        (f"{low + 2 * (span * (row + 1) / count):.4g}", times, tuple(values))
        for row, values in enumerate(rows)
    ]


def _format_bound(name: str, unit: str) -> str:
    bound = read_bound(name)
    if bound is None:
        return name
    return "+Inf" if math.isinf(bound) else format_bound(bound, unit)


def _list_cells(
    rows: Sequence[Row],
    labels: Sequence[str],
    options: JsonObject,
    unit: str,
    decimals: int | None,
) -> Iterator[Spec]:
    """The cells that hold something, some columns together where there are very many."""
    filter_values = read_object(options.get("filterValues"))
    limit = filter_values.get("le", DATA_LIMIT)
    limit = float(limit) if isinstance(limit, int | float) else DATA_LIMIT
    for number, (_, times, values) in enumerate(rows):
        every = max(-(-len(times) // MAX_COLUMNS), 1)
        step = (times[1] - times[0]) * every if len(times) > 1 else 60.0
        for start in range(0, len(times), every):
            counts = list_finite(values[start : start + every])
            count = sum(counts) / len(counts) if counts else 0.0
            if count <= limit or not math.isfinite(count):
                continue
            yield {
                "t": to_milliseconds(times[start]),
                "end": to_milliseconds(times[start] + step),
                "row": number,
                "bucket": labels[number],
                "v": count,
                "text": format_value(count, unit, decimals),
            }


def _build_spec(
    panel: PanelData, cells: list[Spec], labels: list[str], options: JsonObject, size: Size
) -> Spec:
    count = max(len(labels), 1)
    color_options = read_object(options.get("color"))
    scheme = read_text(color_options.get("scheme"))
    exponent = color_options.get("exponent")
    exponent = float(exponent) if isinstance(exponent, int | float) and 0 < exponent <= 2 else 0.5
    every = max(math.ceil(count * PIXELS_PER_LABEL / max(size.height - 30, 1)), 1)
    shown = [number for number in range(count) if number % every == 0]
    is_reversed = read_object(options.get("yAxis")).get("reverse") is True
    domain = [count - 0.5, -0.5] if is_reversed else [-0.5, count - 0.5]
    names = [labels[number] if labels else "" for number in shown]
    layer: Spec = {
        "data": {"name": "cells"},
        "transform": [
            {"calculate": "datum.row - 0.5", "as": "low"},
            {"calculate": "datum.row + 0.5", "as": "high"},
        ],
        "mark": {"type": "rect", "clip": True, "strokeWidth": 0},
        "encoding": {
            "x": build_time_axis(panel),
            "x2": {"field": "end"},
            "y": {
                "field": "low",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": domain, "nice": False, "zero": False},
                "axis": {
                    "values": shown,
                    "labelExpr": build_label_expression(names, shown),
                    "grid": False,
                },
            },
            "y2": {"field": "high"},
            **_build_color(scheme, exponent),
            "tooltip": [
                {"field": "t", "title": "time"},
                {"field": "bucket", "title": "up to"},
                {"field": "text", "title": "value"},
            ],
        },
    }
    return {
        **build_base_spec(size.height),
        "datasets": {"cells": cells},
        "layer": [layer, *build_annotation_layers(panel)],
    }


def _build_color(scheme: str, exponent: float) -> Spec:
    """The channels that show how large a value is."""
    scale = {"type": "pow", "exponent": exponent, "zero": True}
    channel = {"field": "v", "type": "quantitative"}
    if scheme in SCHEMES:
        return {"color": {**channel, "scale": {**scale, "scheme": SCHEMES[scheme]}}}
    return {
        "color": {"value": find_color(HUES.get(scheme, "orange"))},
        "opacity": {**channel, "scale": {**scale, "range": [MIN_OPACITY, 1]}},
    }
