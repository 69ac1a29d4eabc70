"""Pictures of a dashboard or of one panel, as SVG and PNG, without a browser."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.preview.colors import FONT, SURFACES, Theme, build_chart_config
from tailboard.preview.dashboard_drawing import (
    NOTE_HEIGHT,
    PADDING,
    TITLE_HEIGHT,
    DashboardDrawing,
    PanelDrawing,
    SectionDrawing,
)
from tailboard.preview.data.clean_text import clean_text, clean_texts
from tailboard.preview.data.panel_queries import GRID_GAP, GRID_ROW, PAGE_WIDTH
from tailboard.preview.drawing import LEGEND_HEADER, LEGEND_ROW, Legend, Table
from tailboard.preview.pages.markdown import list_text_lines
from tailboard.preview.pages.page import format_time_range, render_template
from tailboard.publish.plural import format_count

MARGIN = 16
TOP_HEIGHT, BANNER_HEIGHT, HEADING_HEIGHT, FOOTER_HEIGHT = 44, 34, 34, 22
FOOTER = (
    "Drawn by tailboard preview from the dashboard’s document. Grafana may draw it differently."
)
EXAMPLE_BANNER = (
    "EXAMPLE DATA — every value is made up from the shape of its query; nothing was measured."
)
TABLE_ROW, TABLE_TEXT = 30, 12
BAR_WIDTH = 90
CHARACTER_WIDTH = 0.57
"""How wide a character is, of its font size."""

LINE_HEIGHT = 1.45
TAG = re.compile(r"<[^<>]+>")
IDENTIFIER = re.compile(r'(\bid="|url\(#|href="#)')
"""What names a part of a chart, or refers to one, within a tag."""


@dataclass(frozen=True)
class Shape:
    """A rectangle, a text or a chart at a place of the picture."""

    kind: str
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    fill: str = ""
    stroke: str = ""
    radius: float = 0.0
    text: str = ""
    size: float = 12.0
    weight: int = 400
    anchor: str = "start"
    svg: str = ""
    opacity: float = 1.0


class Canvas:
    """Shapes in the order in which they are drawn, in the colours of a theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme: Theme = theme
        self.surface = SURFACES[theme]
        self.shapes: list[Shape] = []
        self._chart_count = 0

    def add_box(self, x: float, y: float, width: float, height: float) -> None:
        """The frame of a panel."""
        fill, stroke = self.surface["panel"], self.surface["border"]
        self.shapes.append(Shape("rect", x + 0.5, y + 0.5, width - 1, height - 1, fill, stroke, 5))

    def add_rect(
        self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0.0
    ) -> None:
        """A filled rectangle."""
        self.shapes.append(Shape("rect", x, y, max(width, 0), max(height, 0), fill, radius=radius))

    def add_text(
        self,
        x: float,
        y: float,
        text: str,
        width: float = 0.0,
        *,
        color: str = "text",
        size: float = 12.0,
        weight: int = 400,
        anchor: str = "start",
    ) -> None:
        """A text whose middle line is at `y`, cut off where it is wider than `width`."""
        text = clean_text(text)
        if width:
            text = fit_text(text, width, size * (1.04 if weight > 500 else 1.0))
        if text:
            fill = self.surface.get(color, color)
            self.shapes.append(
                Shape("text", x, y, fill=fill, text=text, size=size, weight=weight, anchor=anchor)
            )

    def add_chart(self, x: float, y: float, width: float, spec: dict[str, Any]) -> None:
        """A chart, drawn by Vega."""
        import vl_convert

        svg = vl_convert.vegalite_to_svg(
            {**_use_utc(clean_texts(spec)), "width": max(round(width), 20)},
            config=build_chart_config(self.theme),
            allowed_base_urls=[],
        )
        self._chart_count += 1
        prefix = rf"\g<1>c{self._chart_count}-"
        svg = TAG.sub(lambda tag: IDENTIFIER.sub(prefix, tag[0]), svg)
        height = float(spec["height"])
        self.shapes.append(Shape("chart", x, y, width, height, svg=svg))


def render_picture(drawing: DashboardDrawing, theme: Theme = "light") -> str:
    """The SVG of a dashboard that was just opened: closed rows are closed."""
    canvas = Canvas(theme)
    width = PAGE_WIDTH + 2 * MARGIN
    y = _add_top(canvas, drawing, width)
    y = _add_section(canvas, drawing.root, y)
    canvas.add_text(
        MARGIN,
        y + FOOTER_HEIGHT / 2,
        FOOTER,
        color="muted",
        size=11,
    )
    return _render_svg(canvas, width, y + FOOTER_HEIGHT + 4, is_example=drawing.is_example)


def render_panel_picture(panel: PanelDrawing, theme: Theme = "light", *, is_example: bool) -> str:
    """The SVG of one panel."""
    canvas = Canvas(theme)
    _add_panel(canvas, panel, 0, 0)
    return _render_svg(canvas, panel.width, panel.height, is_example=is_example)


def convert_to_png(svg: str, scale: float = 1.0) -> bytes:
    """The same picture as PNG."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, scale=scale))


def fit_text(text: str, width: float, size: float) -> str:
    """The text, cut off with an ellipsis where it is wider than so many pixels."""
    if measure_text(text, size) <= width:
        return text
    characters, used = [], measure_text("…", size)
    for character in text:
        used += measure_text(character, size)
        if used > width:
            break
        characters.append(character)
    return "".join(characters).rstrip() + "…"


def measure_text(text: str, size: float) -> float:
    """About how many pixels wide a text is; a Chinese character is twice as wide as others."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return size * (CHARACTER_WIDTH * (len(text) - wide) + wide)


def wrap_text(text: str, width: float, size: float) -> list[str]:
    """The text in lines that are at most so many pixels wide."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and measure_text(longer, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [fit_text(entry, width, size) for entry in (*lines, line) if entry]


def _use_utc(value: Any) -> Any:
    """A specification whose time axes are in UTC, as the time range of a picture is."""
    if isinstance(value, list):
        return [_use_utc(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _use_utc(item) for key, item in value.items() if key != "datasets"}
    if "datasets" in value:
        changed["datasets"] = value["datasets"]
    if changed.get("type") == "time":
        changed["type"] = "utc"
    return changed


def _render_svg(canvas: Canvas, width: float, height: float, *, is_example: bool) -> str:
    return render_template(
        "picture.svg",
        canvas=canvas,
        width=round(width),
        height=round(height),
        font=FONT,
        is_example=is_example,
    )


def _add_top(canvas: Canvas, drawing: DashboardDrawing, width: float) -> float:
    """The title, the variables and the time range; the first line below them."""
    middle = TOP_HEIGHT / 2
    range_text = format_time_range(drawing)
    title = fit_text(clean_text(drawing.title), width * 0.5, 17)
    canvas.add_text(MARGIN, middle, title, color="strong", size=17, weight=600)
    x = MARGIN + measure_text(title, 17.6) + 18
    canvas.shapes.append(Shape("rect", x, middle - 9, 60, 18, "none", "#4d8fdb", 9))
    canvas.add_text(x + 30, middle, "preview", color="#4d8fdb", size=11, anchor="middle")
    x += 72
    right = width - MARGIN - measure_text(range_text, 12)
    for name, value in drawing.variables:
        text = f"{name}: {value or 'none'}"
        text_width = min(measure_text(text, 12), 240) + 16
        if x + text_width > right - 12:
            break
        canvas.shapes.append(
            Shape(
                "rect",
                x,
                middle - 11,
                text_width,
                22,
                canvas.surface["panel"],
                canvas.surface["border"],
                4,
            )
        )
        canvas.add_text(x + 8, middle, text, text_width - 12)
        x += text_width + 8
    canvas.add_text(width - MARGIN, middle, range_text, color="muted", anchor="end")
    y = float(TOP_HEIGHT)
    banners = list(drawing.notes)
    if drawing.is_example:
        banners.insert(
            0,
            EXAMPLE_BANNER,
        )
    for banner in banners:
        canvas.add_box(MARGIN, y, PAGE_WIDTH, BANNER_HEIGHT - 6)
        canvas.add_text(MARGIN + 12, y + (BANNER_HEIGHT - 6) / 2, banner, PAGE_WIDTH - 24)
        y += BANNER_HEIGHT
    return y


def _add_section(canvas: Canvas, section: SectionDrawing, y: float) -> float:
    """The panels of a section and the sections in it; the first line below them."""
    pitch = (PAGE_WIDTH + GRID_GAP) / 24
    for panel in section.panels:
        top = y + panel.place.y * (GRID_ROW + GRID_GAP)
        _add_panel(canvas, panel, MARGIN + panel.place.x * pitch, top)
    y += section.section.height * (GRID_ROW + GRID_GAP)
    tabs = [inner for inner in section.sections if inner.section.kind == "tab"]
    if tabs:
        y = _add_tabs(canvas, tabs, y)
    for inner in section.sections:
        if inner.section.kind == "tab":
            continue
        if inner.section.kind == "row":
            count = len(list(inner.list_panels()))
            is_closed = inner.section.is_collapsed
            middle = y + HEADING_HEIGHT / 2
            canvas.add_text(MARGIN, middle, "▸" if is_closed else "▾", color="muted")
            title = clean_text(inner.title or "Row")
            canvas.add_text(
                MARGIN + 18, middle, title, PAGE_WIDTH - 160, color="strong", size=14, weight=600
            )
            if is_closed:
                x = MARGIN + 30 + min(measure_text(title, 14.5), PAGE_WIDTH - 160)
                canvas.add_text(x, middle, format_count(count, "panel"), color="muted", size=11)
            y += HEADING_HEIGHT
            if is_closed:
                continue
        y = _add_section(canvas, inner, y)
    return y


def _add_tabs(canvas: Canvas, tabs: Sequence[SectionDrawing], y: float) -> float:
    """The names of the tabs, and the first one's panels."""
    x = float(MARGIN)
    for number, tab in enumerate(tabs):
        title = clean_text(tab.title or f"Tab {number + 1}")
        width = measure_text(title, 13)
        color = "muted" if number else "strong"
        canvas.add_text(x + 12, y + HEADING_HEIGHT / 2, title, color=color, size=13)
        if not number:
            canvas.add_rect(x, y + HEADING_HEIGHT - 3, width + 24, 2, "#4d8fdb")
        x += width + 26
    canvas.add_rect(MARGIN, y + HEADING_HEIGHT - 1, PAGE_WIDTH, 1, canvas.surface["border"])
    return _add_section(canvas, tabs[0], y + HEADING_HEIGHT + 8)


def _add_panel(canvas: Canvas, panel: PanelDrawing, x: float, y: float) -> None:
    width, height = panel.width, panel.height
    drawing = panel.drawing
    canvas.add_box(x, y, width, height)
    top = y + PADDING
    if panel.title:
        canvas.add_text(
            x + PADDING,
            y + TITLE_HEIGHT / 2,
            panel.title,
            width - 2 * PADDING,
            color="strong",
            size=13,
            weight=600,
        )
        top = y + TITLE_HEIGHT
    left, inner_width = x + PADDING, width - 2 * PADDING
    lines = [*drawing.notes, *(() if drawing.message else panel.problems)]
    bottom = y + height - PADDING - (NOTE_HEIGHT if lines else 0)
    if drawing.message:
        _add_message(canvas, panel, left, top, inner_width, bottom)
    chart_width = inner_width
    legend = drawing.legend
    if legend and legend.is_right:
        chart_width -= legend.size + PADDING
        _add_legend(canvas, legend, left + chart_width + PADDING, top, legend.size, bottom)
    if drawing.spec:
        canvas.add_chart(left, top, chart_width, drawing.spec)
        if legend and not legend.is_right:
            chart_bottom = top + float(drawing.spec["height"])
            _add_legend(canvas, legend, left, chart_bottom, inner_width, bottom + 4)
    if drawing.table:
        _add_table(canvas, drawing.table, left, top, inner_width, bottom)
    if drawing.markdown:
        _add_prose(canvas, drawing.markdown, left, top, inner_width, bottom)
    if lines:
        canvas.add_text(
            left,
            y + height - NOTE_HEIGHT / 2 - 3,
            " · ".join(lines),
            inner_width,
            color="muted",
            size=11,
        )


def _add_message(
    canvas: Canvas, panel: PanelDrawing, x: float, top: float, width: float, bottom: float
) -> None:
    texts = [(panel.drawing.message, 13.0, 600, "text")]
    for text in (*panel.problems, *panel.drawing.queries):
        texts += [
            (line, 12.0, 400, "muted") for line in wrap_text(clean_text(text), width - 20, 12)
        ]
    room = max(int((bottom - top) / 18), 1)
    texts = texts[:room]
    y = (top + bottom) / 2 - 9 * (len(texts) - 1)
    for text, size, weight, color in texts:
        canvas.add_text(
            x + width / 2, y, text, width, color=color, size=size, weight=weight, anchor="middle"
        )
        y += 18


def _add_legend(
    canvas: Canvas, legend: Legend, x: float, top: float, width: float, bottom: float
) -> None:
    """The entries that there is room for; in columns where they have calculations."""
    if not legend.columns:
        _add_inline_legend(canvas, legend, x, top, width, bottom)
        return
    column_widths = [
        max(
            measure_text(text, 12)
            for text in (title, *(entry.values[number] for entry in legend.entries))
        )
        + 12
        for number, title in enumerate(legend.columns)
    ]
    name_width = max(width - sum(column_widths), 40)
    y = top + LEGEND_HEADER / 2
    canvas.add_text(x, y, "Name", color="muted", size=11)
    _add_right_texts(canvas, legend.columns, x + width, y, column_widths, color="muted", size=11)
    y += LEGEND_HEADER
    room = max(int((bottom - top - LEGEND_HEADER) / LEGEND_ROW), 0)
    entries = legend.entries
    if len(entries) > room > 0:
        entries = entries[: room - 1]
    for entry in entries:
        canvas.add_rect(x, y - 1.5, 14, 3, entry.color, 1.5)
        canvas.add_text(x + 21, y, entry.name, name_width - 24)
        _add_right_texts(canvas, entry.values, x + width, y, column_widths)
        y += LEGEND_ROW
    if len(entries) < len(legend.entries) and room:
        more = len(legend.entries) - len(entries)
        canvas.add_text(x + 21, y, f"and {more} more", color="muted", size=11)


def _add_right_texts(
    canvas: Canvas,
    texts: Sequence[str],
    right: float,
    y: float,
    widths: Sequence[float],
    *,
    color: str = "text",
    size: float = 12,
) -> None:
    """Texts that end at the right edges of their columns."""
    for text, width in zip(reversed(texts), reversed(widths), strict=True):
        canvas.add_text(right, y, text, color=color, size=size, anchor="end")
        right -= width


def _add_inline_legend(
    canvas: Canvas, legend: Legend, x: float, top: float, width: float, bottom: float
) -> None:
    place_x, y = x, top + LEGEND_ROW / 2
    for entry in legend.entries:
        entry_width = min(21 + measure_text(entry.name, 12) + 14, width)
        if place_x > x and (legend.is_right or place_x + entry_width > x + width):
            place_x, y = x, y + LEGEND_ROW
        if y > bottom - LEGEND_ROW / 2 + 4:
            return
        canvas.add_rect(place_x, y - 1.5, 14, 3, entry.color, 1.5)
        canvas.add_text(place_x + 21, y, entry.name, width - 24)
        place_x += entry_width


def _add_table(
    canvas: Canvas, table: Table, x: float, top: float, width: float, bottom: float
) -> None:
    if not table.columns:
        return
    rows = table.rows[: max(int((bottom - top) / TABLE_ROW) - 1, 0)]
    wishes = [_measure_column(table, number, rows) for number in range(len(table.columns))]
    factor = width / sum(wishes)
    edges = [x]
    for wish in wishes:
        edges.append(edges[-1] + wish * factor)
    y = top + TABLE_ROW / 2
    for number, column in enumerate(table.columns):
        mark = ""
        if table.sorting and table.sorting[0] == number:
            mark = " ▼" if table.sorting[1] else " ▲"
        place, anchor = _find_cell_place(column.align, edges[number], edges[number + 1])
        room = edges[number + 1] - edges[number] - 16
        canvas.add_text(
            place, y, f"{column.title}{mark}", room, color="muted", weight=600, anchor=anchor
        )
    for row in rows:
        line = y + TABLE_ROW / 2
        canvas.add_rect(x, line, width, 1, canvas.surface["grid"])
        y += TABLE_ROW
        for number, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            left, right = edges[number], edges[number + 1]
            if cell.background:
                canvas.add_rect(left, line + 1, right - left, TABLE_ROW - 1, cell.background)
            color = "#ffffff" if cell.background else cell.color or "text"
            place, anchor = _find_cell_place(column.align, left, right)
            room = right - left - 16
            canvas.add_text(place, y, cell.text, room, color=color, anchor=anchor)
            if cell.share is not None:
                end = place - measure_text(cell.text, TABLE_TEXT) - 12
                start = max(end - BAR_WIDTH, left + 8)
                canvas.add_rect(start, y - 4, end - start, 8, canvas.surface["grid"], 2)
                canvas.add_rect(start, y - 4, (end - start) * cell.share, 8, cell.color, 2)
    left_out = len(table.rows) - len(rows)
    if left_out > 0 and rows:
        canvas.add_text(x + 8, bottom - 4, f"and {left_out} more rows", color="muted", size=11)


def _measure_column(table: Table, number: int, rows: Sequence[Sequence[Any]]) -> float:
    texts = [table.columns[number].title, *(row[number].text for row in rows)]
    has_bar = any(row[number].share is not None for row in rows)
    text_width = max(min(measure_text(text, TABLE_TEXT), 300) for text in texts)
    return text_width + 24 + (BAR_WIDTH + 12 if has_bar else 0)


def _find_cell_place(align: str, left: float, right: float) -> tuple[float, str]:
    return (left + 8, "start") if align == "left" else (right - 8, "end")


def _add_prose(
    canvas: Canvas, markdown: str, x: float, top: float, width: float, bottom: float
) -> None:
    y = top
    for size, weight, text in _wrap_prose(markdown, width):
        y += size * LINE_HEIGHT
        if y > bottom + 2:
            return
        canvas.add_text(x, y - size * LINE_HEIGHT / 2, text, size=size, weight=weight)


def _wrap_prose(markdown: str, width: float) -> Iterator[tuple[float, int, str]]:
    for line in list_text_lines(markdown):
        size, weight = (float(max(19 - 2 * line.level, 13)), 600) if line.level else (13.0, 400)
        for text in wrap_text(clean_text(line.text), width, size):
            yield size, weight, text
