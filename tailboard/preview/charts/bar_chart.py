"""Bars for the rows of a table: names along one axis, a bar for each column of numbers."""

from tailboard.dashboards.schema_v2.values import read_object, read_text
from tailboard.preview.charts.axes import (
    Spec,
    build_base_spec,
    build_label_expression,
    build_value_axis,
    list_finite,
)
from tailboard.preview.charts.legend import build_legend
from tailboard.preview.data.field_config import find_series_color, format_number_of_field, read_unit
from tailboard.preview.data.frame import Frame
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.data.ticks import build_ticks
from tailboard.preview.data.units import format_value
from tailboard.preview.drawing import Drawing, Size

KINDS = ("barchart",)

MAX_BARS = 60


def draw(panel: PanelData, size: Size) -> Drawing:
    """Groups of bars, or stacks of them."""
    options = read_object(panel.json.get("options"))
    frame = panel.frames[0] if panel.frames else Frame(())
    names = _list_names(frame, read_text(options.get("xField")))
    rows = min(frame.length, MAX_BARS)
    series = [
        (column.title, find_series_color(column, index), column)
        for index, column in enumerate(frame.numbers)
    ]
    legend = build_legend(panel.json, series, size)
    height = size.height - (legend.size if legend and not legend.is_right else 0)
    is_stacked = options.get("stacking") in {"normal", "percent"}
    bars = [
        {
            "group": row,
            "name": names[row],
            "series": title,
            "id": number,
            "v": column.values[row],
            "text": format_number_of_field(column.values[row], column),
            "color": color,
        }
        for number, (title, color, column) in enumerate(series)
        for row in range(rows)
        if list_finite([column.values[row]])
    ]
    spec = _build_spec(bars, names[:rows], frame, height, is_stacked=is_stacked)
    left_out = frame.length - rows
    notes = (f"{left_out:,} more bars are not drawn",) if left_out > 0 else ()
    return Drawing(spec, legend, hover="mark", notes=notes)


def _list_names(frame: Frame, field_name: str) -> list[str]:
    columns = [
        *(column for column in frame.fields if column.title == field_name),
        *(column for column in frame.fields if column.kind == "string"),
        *(column for column in frame.fields if column.kind == "time"),
    ]
    if not columns:
        return [str(number + 1) for number in range(frame.length)]
    column = columns[0]
    if column.kind == "time":
        return [format_value(value * 1000, "dateTimeAsIso") for value in column.values]
    return [str(value) for value in column.values]


def _build_spec(
    bars: list[Spec], names: list[str], frame: Frame, height: int, *, is_stacked: bool
) -> Spec:
    sums: dict[int, float] = {}
    for bar in bars:
        sums[bar["group"]] = sums.get(bar["group"], 0.0) + bar["v"]
    numbers = list(sums.values()) if is_stacked else [bar["v"] for bar in bars]
    unit = read_unit(frame.numbers[0]) if frame.numbers else ""
    ticks = build_ticks(
        min([0.0, *numbers]), max([0.0, *numbers]), unit, count=max(height // 34, 2)
    )
    encoding: Spec = {
        "x": {
            "field": "group",
            "type": "ordinal",
            "title": None,
            "axis": {
                "labelExpr": build_label_expression(names),
                "labelOverlap": True,
                "labelLimit": 120,
                "labelAngle": 0,
                "grid": False,
            },
        },
        "y": {
            "field": "v",
            "type": "quantitative",
            "title": None,
            "stack": "zero" if is_stacked else None,
            **build_value_axis(ticks),
        },
        "color": {"field": "color", "type": "nominal", "scale": None},
        "order": {"field": "id"},
        "tooltip": [{"field": "name"}, {"field": "series"}, {"field": "text", "title": "value"}],
    }
    if not is_stacked:
        encoding["xOffset"] = {"field": "id", "type": "ordinal"}
    return {
        **build_base_spec(height),
        "datasets": {"bars": bars},
        "data": {"name": "bars"},
        "mark": {"type": "bar"},
        "encoding": encoding,
    }
