"""A dial for each number, with a ring in the colours of the thresholds."""

import math
from collections.abc import Sequence

from tailboard.dashboards.schema_v2.values import read_object
from tailboard.preview.charts.axes import Spec, build_base_spec, build_grid_axis, clean_value
from tailboard.preview.charts.stat import (
    MAX_VALUES,
    ReducedValue,
    build_missing_value,
    list_reduced_values,
)
from tailboard.preview.colors import NEUTRAL_COLOR, TRACK
from tailboard.preview.data.field_config import (
    compute_share,
    find_limits,
    is_percentage_mode,
    list_threshold_steps,
)
from tailboard.preview.data.frame import Field
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.drawing import Drawing, Size

KINDS = ("gauge",)

SWEEP = math.radians(240)
"""How far the dial goes around."""


def draw(panel: PanelData, size: Size) -> Drawing:
    """Dials side by side."""
    options = read_object(panel.json.get("options"))
    values = list_reduced_values(panel)
    left_out = len(values) - MAX_VALUES
    values = values[:MAX_VALUES] or [build_missing_value(panel)]
    dials = [_build_dial(index, value, len(values)) for index, value in enumerate(values)]
    ring: list[Spec] = []
    if options.get("showThresholdMarkers") is not False:
        for index, value in enumerate(values):
            ring += _list_ring(index, value.column)
    spec = {
        **build_base_spec(size.height),
        # Dials reach beyond their middle: to fit their height would make them smaller and smaller.
        "autosize": {"type": "fit-x", "contains": "padding"},
        "datasets": {"dials": dials, "ring": ring},
        "layer": _build_layers(dials),
    }
    notes = (f"{left_out:,} more values are not drawn",) if left_out > 0 else ()
    return Drawing(spec, notes=notes, hover="mark")


def _build_dial(index: int, value: ReducedValue, count: int) -> Spec:
    """One dial of several: its texts, its colour, and the angles between which it is filled."""
    number = value.display.number
    share = 0.0 if number is None else compute_share(number, value.column)
    return {
        "column": index,
        "name": value.name if count > 1 else "",
        "label": value.name,
        "text": value.display.text,
        "value": clean_value(number),
        "color": value.display.color,
        "start": -SWEEP / 2,
        "end": -SWEEP / 2 + SWEEP * share,
        "full": SWEEP / 2,
    }


def _build_layers(dials: Sequence[Spec]) -> list[Spec]:
    """The tracks, the dials on them, the rings around them, the numbers and the names."""
    count = len(dials)
    x = build_grid_axis("column", count, stack=None)
    y: Spec = {"value": {"expr": "height * 0.56"}}
    radius = f"max(12, min(width / {count} * 0.46, height * 0.52))"
    color: Spec = {"field": "color", "type": "nominal", "scale": None}
    tooltip = [{"field": "label", "title": "name"}, {"field": "text", "title": "value"}]
    longest = max(len(str(dial["text"])) for dial in dials) or 1

    def build_arc(
        data: str, start: str, end: str, inner: float, outer: float, **more: Spec
    ) -> Spec:
        mark: Spec = {
            "type": "arc",
            "innerRadius": {"expr": f"{radius} * {inner}"},
            "outerRadius": {"expr": f"{radius} * {outer}"},
            **more.get("mark", {}),
        }
        encoding = {
            "x": x,
            "y": y,
            "theta": {"field": start, "type": "quantitative", "scale": None, "stack": None},
            "theta2": {"field": end},
            **more.get("encoding", {}),
        }
        return {"data": {"name": data}, "mark": mark, "encoding": encoding}

    return [
        build_arc("dials", "start", "full", 0.68, 0.9, mark=dict(TRACK)),
        build_arc(
            "dials", "start", "end", 0.68, 0.9, encoding={"color": color, "tooltip": tooltip}
        ),
        build_arc("ring", "start", "end", 0.94, 1.0, encoding={"color": color}),
        {
            "data": {"name": "dials"},
            "mark": {
                "type": "text",
                "baseline": "middle",
                "fontWeight": 600,
                "fontSize": {"expr": f"max(10, min({radius} * 1.2 / {longest * 0.6:.2f}, 36))"},
            },
            "encoding": {"x": x, "y": y, "text": {"field": "text"}, "color": color},
        },
        {
            "data": {"name": "dials"},
            "mark": {
                "type": "text",
                "baseline": "bottom",
                "color": NEUTRAL_COLOR,
                "fontSize": 12,
                "limit": {"expr": f"width / {count} - 8"},
            },
            "encoding": {"x": x, "y": {"value": {"expr": "height - 2"}}, "text": {"field": "name"}},
        },
    ]


def _list_ring(index: int, column: Field) -> list[Spec]:
    """The thresholds as parts of a ring."""
    low, high = find_limits(column)
    steps = list_threshold_steps(column.config)
    is_percentage = is_percentage_mode(column)
    places = [
        (limit / 100 if is_percentage else (limit - low) / (high - low) if high > low else 0.0)
        if math.isfinite(limit)
        else 0.0
        for limit, _ in steps
    ]
    ends = [*places[1:], 1.0] if places else []
    return [
        {
            "column": index,
            "start": -SWEEP / 2 + SWEEP * min(max(start, 0.0), 1.0),
            "end": -SWEEP / 2 + SWEEP * min(max(end, 0.0), 1.0),
            "color": color,
        }
        for start, end, (_, color) in zip(places, ends, steps, strict=True)
        if min(end, 1.0) > max(start, 0.0)
    ]
