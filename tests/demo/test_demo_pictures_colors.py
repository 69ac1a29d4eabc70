"""Pictures with fewer colours are the same pictures."""

from io import BytesIO

from PIL import Image

from demo.pictures.colors import reduce_colors
from tailboard.preview.dashboard_drawing import draw_dashboard
from tailboard.preview.data.example_source import ExampleSource
from tailboard.preview.pages.picture import convert_to_png, render_panel_picture
from tests.tailboard.preview.documents import build_dashboard, build_panel

Color = tuple[int, int, int]
BLANK_LINE: list[Color] = [(9, 9, 9), (9, 9, 9)]
PANEL_LINE: list[Color] = [(1, 1, 1), (2, 2, 2)]


def build_png(lines: list[list[Color]]) -> bytes:
    picture = Image.new("RGB", (len(lines[0]), len(lines)))
    for row, line in enumerate(lines):
        for column, color in enumerate(line):
            picture.putpixel((column, row), color)
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def read_lines(content: bytes) -> list[list[Color]]:
    with Image.open(BytesIO(content)) as image:
        picture = image.convert("RGB")
    content = picture.tobytes()
    pixels = [*zip(content[0::3], content[1::3], content[2::3], strict=True)]
    return [pixels[start : start + picture.width] for start in range(0, len(pixels), picture.width)]


def test_a_picture_of_few_colours_is_unchanged() -> None:
    lines = [BLANK_LINE, PANEL_LINE]
    assert read_lines(reduce_colors(build_png(lines))) == lines


def test_a_picture_is_cut_off_below_a_height() -> None:
    assert len(read_lines(reduce_colors(build_png([PANEL_LINE] * 5), max_height=2))) == 2


def test_a_picture_is_cut_off_between_panels() -> None:
    picture = build_png([BLANK_LINE, *[PANEL_LINE] * 2, BLANK_LINE, *[PANEL_LINE] * 3])
    assert len(read_lines(reduce_colors(picture, max_height=6))) == 4
    assert len(read_lines(reduce_colors(picture))) == 7


def test_a_drawn_panel_takes_less_space() -> None:
    (panel,) = draw_dashboard(build_dashboard(build_panel()), ExampleSource()).panels
    png = convert_to_png(render_panel_picture(panel, is_example=True), 0.3)
    assert len(reduce_colors(png)) < len(png)
