"""Shares of a whole."""

import math

from tailboard.dashboards.schema_v2.values import read_object
from tailboard.preview.charts.axes import Spec, build_base_spec
from tailboard.preview.charts.stat import MAX_VALUES, list_reduced_values
from tailboard.preview.colors import choose_palette_color
from tailboard.preview.data.field_config import find_series_color
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.data.units import format_value
from tailboard.preview.drawing import Drawing, Legend, LegendEntry, Size

KINDS = ("piechart", "grafana-piechart-panel")


def draw(panel: PanelData, size: Size) -> Drawing:
    """A pie or a ring, with a legend that has the numbers."""
    options = read_object(panel.json.get("options"))
    values = [
        value for value in list_reduced_values(panel) if 0 < (value.display.number or 0) < math.inf
    ]
    if options.get("sort") != "none":
        is_rising = options.get("sort") == "asc"
        values.sort(key=lambda value: value.display.number or 0.0, reverse=not is_rising)
    left_out = len(values) - MAX_VALUES
    values = values[:MAX_VALUES]
    total = sum(value.display.number or 0.0 for value in values) or 1.0
    slices = []
    for index, value in enumerate(values):
        number = value.display.number or 0.0
        color = (
            find_series_color(value.column, index)
            if value.column.config.get("color")
            else choose_palette_color(index)
        )
        slices.append(
            {
                "id": index,
                "name": value.name,
                "text": value.display.text,
                "share": format_value(number / total, "percentunit", 1),
                "v": number,
                "color": color,
            }
        )
    legend = Legend(
        tuple(
            LegendEntry(
                str(part["color"]), str(part["name"]), (str(part["text"]), str(part["share"]))
            )
            for part in slices
        ),
        ("Value", "Share"),
        is_right=True,
        size=min(size.width // 2, 300),
    )
    inner = "min(width, height) * 0.26" if options.get("pieType") == "donut" else "0"
    spec: Spec = {
        **build_base_spec(size.height),
        "datasets": {"slices": slices},
        "data": {"name": "slices"},
        "mark": {
            "type": "arc",
            "innerRadius": {"expr": inner},
            "outerRadius": {"expr": "min(width, height) * 0.46"},
            "padAngle": 0.008,
        },
        "encoding": {
            "theta": {"field": "v", "type": "quantitative", "stack": True},
            "order": {"field": "id"},
            "color": {"field": "color", "type": "nominal", "scale": None},
            "tooltip": [{"field": "name"}, {"field": "text", "title": "value"}, {"field": "share"}],
        },
    }
    notes = (f"{left_out:,} more values are not drawn",) if left_out > 0 else ()
    return Drawing(spec, legend, hover="mark", notes=notes)
