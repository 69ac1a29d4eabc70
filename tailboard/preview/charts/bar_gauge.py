"""A bar for each number, with its name and value."""

from tailboard.dashboards.schema_v2.values import read_object
from tailboard.preview.charts.axes import Spec, build_base_spec, build_grid_axis, clean_value
from tailboard.preview.charts.stat import MAX_VALUES, build_missing_value, list_reduced_values
from tailboard.preview.colors import NEUTRAL_COLOR, TRACK
from tailboard.preview.data.field_config import compute_share
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.drawing import Drawing, Size

KINDS = ("bargauge",)

PIXELS_PER_CHARACTER = 7
NAME_SHARE = 0.42
"""The share of the width that names take at most."""


def draw(panel: PanelData, size: Size) -> Drawing:
    """Bars from left to right; upright where the options say vertical."""
    options = read_object(panel.json.get("options"))
    values = list_reduced_values(panel)
    left_out = len(values) - MAX_VALUES
    values = values[:MAX_VALUES] or [build_missing_value(panel)]
    bars = [
        {
            "row": index,
            "name": value.name,
            "text": value.display.text,
            "value": clean_value(value.display.number),
            "share": 0.0
            if value.display.number is None
            else compute_share(value.display.number, value.column),
            "color": value.display.color,
        }
        for index, value in enumerate(values)
    ]
    spec = (
        _build_upright_spec(bars, size)
        if options.get("orientation") == "vertical"
        else _build_spec(bars, size)
    )
    notes = (f"{left_out:,} more values are not drawn",) if left_out > 0 else ()
    return Drawing(spec, notes=notes, hover="mark")


def _build_spec(bars: list[Spec], size: Size) -> Spec:
    count = len(bars)
    longest_name = max((len(str(bar["name"])) for bar in bars), default=0)
    longest_text = max((len(str(bar["text"])) for bar in bars), default=0)
    name_width = min(longest_name * PIXELS_PER_CHARACTER + 12, round(size.width * NAME_SHARE))
    text_width = longest_text * 7.5 + 14
    scale: Spec = {"range": [name_width, {"expr": f"max({name_width} + 20, width - {text_width})"}]}
    x = {
        "field": "share",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, 1], "nice": False, **scale},
    }
    y = build_grid_axis("row", count, is_reversed=True)
    thickness = {"expr": f"max(3, min(height / {count} * 0.62, 26))"}
    color: Spec = {"field": "color", "type": "nominal", "scale": None}
    tooltip = [{"field": "name"}, {"field": "text", "title": "value"}]
    font = {"expr": f"max(8, min(12, height / {count} * 0.8))"}
    track: Spec = {"type": "bar", **TRACK, "cornerRadius": 2, "size": thickness}
    bar: Spec = {"type": "bar", "cornerRadius": 2, "size": thickness}
    layers: list[Spec] = [
        {
            "mark": {**track, "orient": "horizontal"},
            "encoding": {"x": {**x, "field": None, "datum": 1}, "y": y},
        },
        {
            "mark": {**bar, "orient": "horizontal"},
            "encoding": {"x": x, "y": y, "color": color, "tooltip": tooltip},
        },
        {
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "fontSize": font,
                "limit": name_width - 8,
            },
            "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "name"}},
        },
        {
            "mark": {
                "type": "text",
                "align": "right",
                "baseline": "middle",
                "fontSize": font,
                "fontWeight": 600,
            },
            "encoding": {
                "x": {"value": {"expr": "width - 2"}},
                "y": y,
                "text": {"field": "text"},
                "color": color,
            },
        },
    ]
    del layers[0]["encoding"]["x"]["field"]
    return {
        **build_base_spec(size.height),
        "datasets": {"bars": bars},
        "data": {"name": "bars"},
        "layer": layers,
    }


def _build_upright_spec(bars: list[Spec], size: Size) -> Spec:
    count = len(bars)
    x = build_grid_axis("row", count)
    y: Spec = {
        "field": "share",
        "type": "quantitative",
        "axis": None,
        "stack": None,
        "scale": {"domain": [0, 1], "nice": False, "range": [{"expr": "height - 20"}, 22]},
    }
    track_y: Spec = {name: value for name, value in y.items() if name != "field"}
    width = {"expr": f"max(4, width / {count} * 0.7)"}
    color: Spec = {"field": "color", "type": "nominal", "scale": None}
    limit = {"expr": f"width / {count} - 4"}
    tooltip = [{"field": "name"}, {"field": "text", "title": "value"}]
    return {
        **build_base_spec(size.height),
        "datasets": {"bars": bars},
        "data": {"name": "bars"},
        "layer": [
            {
                "mark": {"type": "bar", **TRACK, "cornerRadius": 2, "size": width},
                "encoding": {"x": x, "y": {**track_y, "datum": 1}},
            },
            {
                "mark": {"type": "bar", "cornerRadius": 2, "size": width},
                "encoding": {"x": x, "y": y, "color": color, "tooltip": tooltip},
            },
            {
                "mark": {"type": "text", "baseline": "top", "fontWeight": 600, "limit": limit},
                "encoding": {"x": x, "y": {"value": 2}, "text": {"field": "text"}, "color": color},
            },
            {
                "mark": {
                    "type": "text",
                    "baseline": "bottom",
                    "limit": limit,
                    "color": NEUTRAL_COLOR,
                },
                "encoding": {
                    "x": x,
                    "y": {"value": {"expr": "height - 2"}},
                    "text": {"field": "name"},
                },
            },
        ],
    }
