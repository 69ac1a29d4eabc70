"""Lines, areas, bars or points over time, with a legend and thresholds."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tailboard.dashboards.schema_v2.values import JsonObject, read_object, read_text
from tailboard.preview.charts.axes import (
    Spec,
    build_annotation_layers,
    build_base_spec,
    build_time_axis,
    build_value_axis,
    clean_value,
    clean_values,
    list_finite,
    to_milliseconds,
)
from tailboard.preview.charts.legend import build_legend
from tailboard.preview.data.field_config import (
    find_series_color,
    format_number_of_field,
    list_threshold_steps,
    read_decimals,
    read_limit,
    read_unit,
)
from tailboard.preview.data.frame import Field
from tailboard.preview.data.panel_data import MAX_DRAWN_SERIES, PanelData, select_largest
from tailboard.preview.data.ticks import Ticks, build_ticks
from tailboard.preview.data.units import format_bound
from tailboard.preview.drawing import Drawing, Size

KINDS = ("timeseries", "graph", "trend")

INTERPOLATIONS = {"smooth": "monotone", "stepBefore": "step-before", "stepAfter": "step-after"}
SHARE_UNIT = "percentunit"
"""The unit of an axis of shares, in which lines are drawn that are stacked in percent."""

MIN_CHART_HEIGHT = 60
PIXELS_PER_TICK = 34
MAX_POWERS = 6
"""The labels of a logarithmic axis at most, but for its first."""


@dataclass(frozen=True)
class Line:
    """One series: its times and values, its colour and the axis that it is on."""

    number: int
    name: str
    times: tuple[float, ...]
    column: Field
    color: str
    axis: tuple[str, str]
    """The side of its axis and its unit: lines that agree in both share an axis."""

    begins: tuple[float | None, ...] = ()
    ends: tuple[float | None, ...] = ()
    """Where it begins and ends at each time, if it is stacked."""

    @property
    def stack(self) -> str:
        """The group that it is stacked in; empty where it is not."""
        stacking = read_object(self.column.custom.get("stacking"))
        is_stacked = stacking.get("mode") in {"normal", "percent"}
        return (read_text(stacking.get("group")) or "A") if is_stacked else ""

    @property
    def is_share(self) -> bool:
        """Whether it is drawn as its share of the stack."""
        return _is_share(self.column)

    @property
    def values(self) -> list[float | None]:
        """The values as they are drawn."""
        values = clean_values(self.column.values)
        if self.column.custom.get("transform") == "negative-Y":
            return [None if value is None else -value for value in values]
        return values

    @property
    def heights(self) -> Sequence[float | None]:
        """Where it is drawn: its values, or the ends of its parts of a stack."""
        return self.ends if self.stack else self.values


def draw(panel: PanelData, size: Size) -> Drawing:
    """A chart of every series of every frame."""
    frames = select_largest([frame for frame in panel.frames if frame.times], MAX_DRAWN_SERIES)
    lines = list(_list_lines(panel, frames))
    left_out = sum(len(frame.numbers) for frame in panel.frames) - len(lines)
    visible_lines = [line for line in lines if not _is_hidden(line, "viz")]
    legend = build_legend(
        panel.json,
        [(line.name, line.color, line.column) for line in lines if not _is_hidden(line, "legend")],
        size,
    )
    height = size.height - (legend.size if legend and not legend.is_right else 0)
    spec = _build_spec(panel, _stack_lines(visible_lines), max(height, MIN_CHART_HEIGHT))
    notes = (
        (f"{left_out:,} more series are not drawn; these are the largest",) if left_out > 0 else ()
    )
    return Drawing(spec, legend, hover="time", notes=notes)


def _list_lines(panel: PanelData, frames: Sequence[object]) -> Iterator[Line]:
    number = 0
    for frame in panel.frames:
        is_kept = frame in frames
        for column in frame.numbers if frame.times else ():
            if is_kept:
                side = "right" if column.custom.get("axisPlacement") == "right" else "left"
                yield Line(
                    number,
                    column.title,
                    frame.times,
                    column,
                    find_series_color(column, number),
                    (side, SHARE_UNIT if _is_share(column) else read_unit(column)),
                )
            number += 1


def _is_share(column: Field) -> bool:
    return read_object(column.custom.get("stacking")).get("mode") == "percent"


def _is_hidden(line: Line, name: str) -> bool:
    return read_object(line.column.custom.get("hideFrom")).get(name) is True


def _build_spec(panel: PanelData, lines: Sequence[Line], height: int) -> Spec:
    axes = list(dict.fromkeys(line.axis for line in lines)) or [("left", "")]
    axes.sort(key=lambda axis: axis[0] == "right")
    layers = []
    for number, axis in enumerate(axes):
        axis_lines = [line for line in lines if line.axis == axis]
        ticks = _build_axis_ticks(axis_lines, axis[1], height)
        layers.append(_build_axis_layer(panel, axis_lines, axis, ticks, number))
    # The rules share the x scale alone; with one axis they have that of the lines too.
    spec: Spec = {
        **build_base_spec(height),
        "datasets": {
            "series": [
                {
                    "id": line.number,
                    "name": line.name,
                    "color": line.color,
                    "axis": axes.index(line.axis),
                    "t": [to_milliseconds(time) for time in line.times],
                    "v": line.values,
                    **({"begin": line.begins, "end": line.ends} if line.stack else {}),
                    "text": [
                        format_number_of_field(value, line.column) for value in line.column.values
                    ],
                }
                for line in lines
            ]
        },
        "layer": [*build_annotation_layers(panel), *layers],
    }
    if len(axes) > 1:
        spec["resolve"] = {"scale": {"y": "independent"}}
    return spec


def _build_axis_ticks(lines: Sequence[Line], unit: str, height: int) -> Ticks:
    """The axis of some lines: with the fixed limits of the options, else round ones."""
    numbers = [number for line in lines for number in list_finite(line.heights)]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if any(line.is_share for line in lines):
        low, high = min(low, 0.0), 1.0
    config = lines[0].column.config if lines else {}
    custom = lines[0].column.custom if lines else {}
    fixed_low = _find_option(lines, "min")
    fixed_high = _find_option(lines, "max")
    soft_low, soft_high = read_limit(custom, "axisSoftMin"), read_limit(custom, "axisSoftMax")
    low = low if soft_low is None else min(low, soft_low)
    high = high if soft_high is None else max(high, soft_high)
    if low == high and fixed_low is None and soft_low is None:
        low = min(low, 0.0)
    decimals = read_decimals(lines[0].column) if lines and "decimals" in config else None
    return build_ticks(
        low if fixed_low is None else fixed_low,
        high if fixed_high is None else fixed_high,
        unit,
        decimals,
        count=max(height // PIXELS_PER_TICK, 2),
        is_low_fixed=fixed_low is not None,
        is_high_fixed=fixed_high is not None,
    )


def _find_option(lines: Sequence[Line], name: str) -> float | None:
    limits = [read_limit(line.column.config, name) for line in lines]
    numbers = [limit for limit in limits if limit is not None]
    if not numbers or len(numbers) < len(limits):
        return None
    return min(numbers) if name == "min" else max(numbers)


def _stack_lines(lines: Sequence[Line]) -> list[Line]:
    """The lines, and where each stacked one begins and ends; below zero they go downwards.

    Those of a stack in percent are shares of all that is at a time.
    """
    totals: dict[tuple[object, ...], float] = {}
    for line in lines:
        for time, value in zip(line.times, line.values, strict=True) if line.stack else ():
            place = (line.stack, line.axis, time)
            totals[place] = totals.get(place, 0.0) + abs(value or 0.0)
    sums: dict[tuple[object, ...], float] = {}
    stacked_lines = []
    for line in lines:
        parts: list[tuple[float | None, float | None]] = []
        for time, value in zip(line.times, line.values, strict=True) if line.stack else ():
            if value is None:
                parts.append((None, None))
                continue
            place = (line.stack, line.axis, time)
            whole = (totals[place] or 1.0) if line.is_share else 1.0
            begin = sums.get((*place, value < 0), 0.0)
            end = sums[(*place, value < 0)] = begin + value
            parts.append((clean_value(begin / whole), clean_value(end / whole)))
        begins, ends = tuple(part[0] for part in parts), tuple(part[1] for part in parts)
        stacked_lines.append(replace(line, begins=begins, ends=ends))
    return stacked_lines


def _build_axis_layer(
    panel: PanelData, lines: Sequence[Line], axis: tuple[str, str], ticks: Ticks, number: int
) -> Spec:
    """The lines of one axis and their thresholds."""
    side = axis[0]
    custom: JsonObject = lines[0].column.custom if lines else {}
    value_axis = build_value_axis(ticks, orient=side, grid=number == 0)
    scale = read_object(custom.get("scaleDistribution"))
    if scale.get("type") == "log" and ticks.high > 0:
        base = read_limit(scale, "log") or 10.0
        value_axis = _build_log_axis(lines, base if base > 1 else 10.0, side, number)
    label = read_text(custom.get("axisLabel"))
    y: Spec = {"type": "quantitative", "title": label or None, **value_axis}
    x = build_time_axis(panel)
    layers = [
        *_build_threshold_layers(lines, ticks, y),
        *_build_line_layers(lines, x, y),
    ]
    if not lines:
        layers = [{"data": {"values": []}, "mark": "line", "encoding": {"x": x, "y": y}}]
    return {"layer": layers}


def _build_log_axis(lines: Sequence[Line], base: float, side: str, number: int) -> Spec:
    """A logarithmic axis between powers of its base, of which some have labels."""
    positive = [value for line in lines for value in list_finite(line.values) if value > 0]
    first = math.floor(math.log(min(positive, default=1.0), base) + 1e-9)
    last = max(math.ceil(math.log(max(positive, default=1.0), base) - 1e-9), first + 1)
    every = math.ceil((last - first) / MAX_POWERS)
    unit, decimals = read_unit(lines[0].column), read_decimals(lines[0].column)
    values = tuple(base**power for power in range(first, last + 1, every))
    labels = tuple(format_bound(value, unit, decimals) for value in values)
    axis = build_value_axis(
        Ticks(base**first, base**last, values, labels), orient=side, grid=number == 0
    )
    return {**axis, "scale": {"type": "log", "base": base, "domain": [base**first, base**last]}}


def _build_line_layers(lines: Sequence[Line], x: Spec, y: Spec) -> Iterator[Spec]:
    """One layer for the lines that are drawn alike."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        groups.setdefault(_describe_look(line), []).append(line)
    for group in groups.values():
        yield from _build_look_layers(group, x, y)


def _describe_look(line: Line) -> tuple[object, ...]:
    custom = line.column.custom
    return (
        read_text(custom.get("drawStyle")) or "line",
        read_limit(custom, "lineWidth"),
        read_limit(custom, "fillOpacity") or 0.0,
        read_text(custom.get("lineInterpolation")),
        read_text(read_object(custom.get("lineStyle")).get("fill")),
        read_text(custom.get("showPoints")),
        custom.get("spanNulls") is True,
        line.stack,
        line.axis,
    )


def _build_look_layers(lines: Sequence[Line], x: Spec, y: Spec) -> Iterator[Spec]:
    style, width, opacity, interpolation, dash, points, spans_nulls, stack, _ = _describe_look(
        lines[0]
    )
    numbers = [line.number for line in lines]
    data: Spec = {"name": "series"}
    selection = [
        {"filter": {"field": "id", "oneOf": numbers}},
        {"flatten": ["t", "v", "begin", "end"] if stack else ["t", "v"]},
        *([{"filter": "isValid(datum.v)"}] if spans_nulls or style != "line" else []),
    ]
    color = {"field": "color", "type": "nominal", "scale": None}
    encoding: Spec = {
        "x": x,
        "y": {"field": "end" if stack else "v", "stack": None, **y},
        "color": color,
        "detail": {"field": "id"},
    }
    area_encoding = {**encoding, "y2": {"field": "begin"}} if stack else encoding
    line_width = 1.5 if width is None else width
    base = {"clip": True, "interpolate": INTERPOLATIONS.get(str(interpolation), "linear")}
    dashes = {"strokeDash": [6, 4] if dash == "dash" else [2, 4]} if dash in {"dash", "dot"} else {}
    if style == "bars":
        mark = {"type": "bar", "clip": True, "opacity": max(float(str(opacity)), 60) / 100}
        count = max((len(line.times) for line in lines), default=1)
        mark["width"] = {"expr": f"max(1, 0.8 * width / {max(count, 1)})"}
        yield {"data": data, "transform": selection, "mark": mark, "encoding": area_encoding}
        return
    if style == "points":
        mark = {"type": "point", "filled": True, "size": 14, "opacity": 1, "clip": True}
        yield {"data": data, "transform": selection, "mark": mark, "encoding": encoding}
        return
    if opacity:
        area = {
            **base,
            "type": "area",
            "opacity": 1,
            "fillOpacity": float(str(opacity)) / 100,
        }
        yield {"data": data, "transform": selection, "mark": area, "encoding": area_encoding}
    if line_width:
        line = {**base, **dashes, "type": "line", "strokeWidth": line_width}
        yield {"data": data, "transform": selection, "mark": line, "encoding": encoding}
    isolated = [*_list_isolated_points(lines)] if points != "always" else None
    if isolated is None or isolated:
        mark = {"type": "point", "filled": True, "size": 16, "opacity": 1, "clip": True}
        layer: Spec = {"data": data, "transform": selection, "mark": mark, "encoding": encoding}
        if isolated:
            layer = {**layer, "data": {"values": isolated}, "transform": []}
        yield layer


def _list_isolated_points(lines: Sequence[Line]) -> Iterator[Spec]:
    """Points without a neighbour, which no line shows."""
    for line in lines:
        values = line.heights
        for index, value in enumerate(values):
            before = values[index - 1] if index else None
            after = values[index + 1] if index + 1 < len(values) else None
            if value is not None and before is None and after is None:
                yield {
                    "id": line.number,
                    "color": line.color,
                    "t": to_milliseconds(line.times[index]),
                    "end" if line.stack else "v": value,
                }


def _build_threshold_layers(lines: Sequence[Line], ticks: Ticks, y: Spec) -> Iterator[Spec]:
    """Lines or bands at the thresholds, where the options ask for them."""
    if not lines:
        return
    column = lines[0].column
    style = read_text(read_object(column.custom.get("thresholdsStyle")).get("mode"))
    steps = list_threshold_steps(column.config)
    if style in {"", "off", "series"} or not steps:
        return
    if read_object(column.config.get("thresholds")).get("mode") == "percentage":
        span = ticks.high - ticks.low
        steps = [(ticks.low + span * limit / 100, color) for limit, color in steps]
    color = {"field": "color", "type": "nominal", "scale": None}
    if "area" in style:
        ends = [limit for limit, _ in steps[1:]] + [ticks.high]
        bands = [
            {"low": max(limit, ticks.low), "high": min(end, ticks.high), "color": band_color}
            for (limit, band_color), end in zip(steps, ends, strict=True)
            if min(end, ticks.high) > max(limit, ticks.low)
        ]
        yield {
            "data": {"values": bands},
            "mark": {"type": "rect", "opacity": 0.08},
            "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}, "color": color},
        }
    if style != "area":
        marks = [
            {"limit": limit, "color": step_color}
            for limit, step_color in steps
            if ticks.low <= limit <= ticks.high
        ]
        mark = {"type": "rule", "strokeWidth": 1, "opacity": 0.75, "clip": True}
        if "dash" in style:
            mark["strokeDash"] = [6, 4]
        yield {
            "data": {"values": marks},
            "mark": mark,
            "encoding": {"y": {"field": "limit", **y}, "color": color},
        }
