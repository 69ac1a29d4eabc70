"""The legend below or beside a chart."""

from collections.abc import Mapping, Sequence

from tailboard.dashboards.schema_v2.values import JsonObject, read_object, read_text
from tailboard.preview.data.field_config import format_number_of_field
from tailboard.preview.data.frame import Field
from tailboard.preview.data.reducers import TITLES, reduce_values
from tailboard.preview.drawing import (
    LEGEND_HEADER,
    LEGEND_ROW,
    Legend,
    LegendEntry,
    Size,
)

MAX_SHARE = 0.38
"""The share of a panel's height that its legend takes at most."""

RIGHT_WIDTH = 220
MAX_STATES = 40
"""The states that a legend names at most."""

PIXELS_PER_CHARACTER = 7
SWATCH_WIDTH = 34


def build_legend(
    panel: JsonObject, series: Sequence[tuple[str, str, Field]], size: Size
) -> Legend | None:
    """The legend that the options ask for; None where they hide it."""
    options = read_object(read_object(panel.get("options")).get("legend"))
    mode = _read_mode(options)
    if mode == "hidden" or not series:
        return None
    listed = options.get("calcs")
    calculations = (
        [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    )
    entries = tuple(
        LegendEntry(
            color,
            name,
            tuple(
                format_number_of_field(reduce_values(column.values, calculation), column)
                for calculation in calculations
            ),
        )
        for name, color, column in series
    )
    columns = tuple(TITLES.get(name, name) for name in calculations)
    is_right = options.get("placement") == "right"
    if is_right:
        return Legend(entries, columns, True, min(RIGHT_WIDTH + 60 * len(columns), size.width // 2))
    if columns or mode == "table":
        full_height = LEGEND_HEADER + LEGEND_ROW * len(entries)
    else:
        full_height = LEGEND_ROW * _count_lines(entries, size.width)
    limit = max(round(size.height * MAX_SHARE), LEGEND_HEADER + LEGEND_ROW)
    return Legend(entries, columns, size=min(full_height, limit) + 4)


def build_state_legend(panel: JsonObject, colors: Mapping[str, str], size: Size) -> Legend | None:
    """The legend of coloured states, by their texts."""
    options = read_object(read_object(panel.get("options")).get("legend"))
    if _read_mode(options) == "hidden" or not colors:
        return None
    entries = tuple(LegendEntry(color, text) for text, color in colors.items())[:MAX_STATES]
    if options.get("placement") == "right":
        return Legend(entries, is_right=True, size=min(RIGHT_WIDTH, size.width // 3))
    return Legend(entries, size=LEGEND_ROW * min(_count_lines(entries, size.width), 2) + 4)


def _read_mode(options: JsonObject) -> str:
    """How a legend is shown: `list`, `table` or `hidden`."""
    mode = read_text(options.get("displayMode")) or "list"
    return "hidden" if options.get("showLegend") is False else mode


def _count_lines(entries: Sequence[LegendEntry], width: int) -> int:
    """How many lines the names take side by side."""
    lines, free_width = 1, width
    for entry in entries:
        entry_width = SWATCH_WIDTH + PIXELS_PER_CHARACTER * len(entry.name)
        if entry_width > free_width and free_width < width:
            lines, free_width = lines + 1, width
        free_width -= entry_width
    return lines
