"""Axes that several charts share, and the annotations across a time axis."""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from tailboard.preview.data.clean_text import clean_text
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.data.ticks import Ticks

Spec = dict[str, Any]

DAY = 86_400.0


def to_milliseconds(seconds: float) -> int:
    """A time as Vega writes it."""
    return round(seconds * 1000)


def build_base_spec(height: int) -> Spec:
    """A chart as wide as its frame."""
    return {
        "width": "container",
        "height": max(height, 20),
        "autosize": {"type": "fit", "contains": "padding"},
    }


def build_grid_axis(field: str, count: int, *, is_reversed: bool = False, **channel: Any) -> Spec:
    """A channel of numbered cells side by side, without an axis; reversed, 0 is at its end."""
    domain = [count - 0.5, -0.5] if is_reversed else [-0.5, count - 0.5]
    return {
        "field": field,
        "type": "quantitative",
        "axis": None,
        **channel,
        "scale": {"domain": domain, "nice": False, "zero": False},
    }


def build_time_axis(panel: PanelData) -> Spec:
    """The x channel of a chart over the panel's time range."""
    return {
        "field": "t",
        "type": "temporal",
        "title": None,
        "scale": {
            # Vega-Lite writes a `domain` of times so that Vega does not understand it.
            "domainMin": {"expr": str(to_milliseconds(panel.start))},
            "domainMax": {"expr": str(to_milliseconds(panel.end))},
            "type": "utc" if panel.is_utc else "time",
            "nice": False,
        },
        "axis": {
            "format": choose_time_format(panel.end - panel.start),
            "grid": False,
            "labelOverlap": True,
            "labelFlush": True,
            "tickCount": {"expr": "max(2, min(12, round(width / 90)))"},
        },
    }


def choose_time_format(seconds: float) -> str:
    """How times of a range are written."""
    if seconds <= 300:
        return "%H:%M:%S"
    if seconds <= 1.5 * DAY:
        return "%H:%M"
    if seconds <= 14 * DAY:
        return "%m-%d %H:%M"
    return "%m-%d" if seconds <= 400 * DAY else "%Y-%m"


def build_value_axis(ticks: Ticks, **axis: Any) -> Spec:
    """The scale and the axis of values, whose labels are written out."""
    values = list(ticks.values)
    return {
        "scale": {"domain": [ticks.low, ticks.high], "nice": False, "zero": False},
        "axis": {
            "values": values,
            "labelExpr": build_label_expression(ticks.labels, values),
            "labelLimit": 120,
            **axis,
        },
    }


def build_label_expression(labels: Sequence[str], values: Sequence[float] | None = None) -> str:
    """An expression for the label of a value: of its number, or of its place among `values`."""
    texts = json.dumps([clean_text(label) for label in labels])
    if values is None:
        return f"{texts}[datum.value]"
    return f"{texts}[indexof({json.dumps(list(values))}, datum.value)]"


def build_annotation_layers(panel: PanelData) -> list[Spec]:
    """Dashed lines where something happened, and a band until it ended."""
    if not panel.annotations:
        return []
    values = [
        {
            "t": to_milliseconds(max(annotation.start, panel.start)),
            "end": to_milliseconds(min(annotation.end, panel.end)),
            "color": annotation.color,
        }
        for annotation in panel.annotations
    ]
    lines: Spec = {
        "data": {"values": values},
        "mark": {"type": "rule", "strokeDash": [3, 3], "strokeWidth": 1, "opacity": 0.8},
        "encoding": {
            "x": {"field": "t", "type": "temporal"},
            "color": {"field": "color", "type": "nominal", "scale": None},
        },
    }
    bands: Spec = {
        "data": {"values": [value for value in values if value["end"] != value["t"]]},
        "mark": {"type": "rect", "opacity": 0.05},
        "encoding": {
            "x": {"field": "t", "type": "temporal"},
            "x2": {"field": "end"},
            "color": {"field": "color", "type": "nominal", "scale": None},
        },
    }
    return [bands, lines] if bands["data"]["values"] else [lines]


def list_finite(values: Iterable[float | None]) -> list[float]:
    """The values that are finite numbers."""
    return [value for value in values if value is not None and math.isfinite(value)]


def clean_value(value: float | None) -> float | None:
    """A value for a chart: JSON has neither NaN nor infinities."""
    return value if value is not None and math.isfinite(value) else None


def clean_values(values: Sequence[float | None]) -> list[float | None]:
    """The same of several."""
    return [clean_value(value) for value in values]
