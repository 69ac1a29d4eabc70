"""Pictures with fewer colours are the same pictures."""

import struct
import zlib

import pytest

from demo.pictures.palette_png import SIGNATURE, reduce_colors
from tailboard.preview.dashboard_drawing import draw_dashboard
from tailboard.preview.data.example_source import ExampleSource
from tailboard.preview.pages.picture import convert_to_png, render_panel_picture
from tests.tailboard.preview.documents import build_dashboard, build_panel

Color = tuple[int, int, int]


def build_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def build_png(width: int, lines: list[bytes]) -> bytes:
    """A picture of red, green and blue, from its filtered lines."""
    header = struct.pack(">IIBBBBB", width, len(lines), 8, 2, 0, 0, 0)
    return (
        SIGNATURE
        + build_chunk(b"IHDR", header)
        + build_chunk(b"IDAT", zlib.compress(b"".join(lines)))
        + build_chunk(b"IEND", b"")
    )


def read_pixels(content: bytes) -> list[list[Color]]:
    """The colours of a picture with a palette and without filters."""
    chunks, place = {}, len(SIGNATURE)
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        chunks[kind] = content[place + 8 : place + 8 + length]
        place += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    palette = [*zip(*(chunks[b"PLTE"][channel::3] for channel in range(3)), strict=True)]
    data = zlib.decompress(chunks[b"IDAT"])
    return [
        [palette[number] for number in data[row * (width + 1) + 1 : (row + 1) * (width + 1)]]
        for row in range(height)
    ]


def test_every_filter_of_a_line_is_undone() -> None:
    lines = [
        b"\0" + bytes([10, 20, 30, 40, 50, 60]),  # none
        b"\1" + bytes([1, 1, 1, 1, 1, 1]),  # left
        b"\2" + bytes([1, 1, 1, 1, 1, 1]),  # above
        b"\3" + bytes([0, 0, 0, 0, 0, 0]),  # their mean
        b"\4" + bytes([5, 5, 5, 5, 5, 5]),  # the nearest of three
    ]
    assert read_pixels(reduce_colors(build_png(2, lines))) == [
        [(10, 20, 30), (40, 50, 60)],
        [(1, 1, 1), (2, 2, 2)],
        [(2, 2, 2), (3, 3, 3)],
        [(1, 1, 1), (2, 2, 2)],
        [(6, 6, 6), (11, 11, 11)],
    ]


def test_a_picture_is_cut_off_below_a_height() -> None:
    lines = [b"\0" + bytes([number, 0, 0]) for number in range(5)]
    assert read_pixels(reduce_colors(build_png(1, lines), max_height=2)) == [
        [(0, 0, 0)],
        [(1, 0, 0)],
    ]


def test_a_picture_is_cut_off_between_panels() -> None:
    blank, panel = b"\0" + bytes([9] * 6), b"\0" + bytes([1, 1, 1, 2, 2, 2])
    picture = build_png(2, [blank, panel, panel, blank, panel, panel, panel])
    assert len(read_pixels(reduce_colors(picture, max_height=6))) == 4
    assert len(read_pixels(reduce_colors(picture))) == 7


def test_beyond_256_colours_the_nearest_is_taken() -> None:
    lines = [
        b"\0" + bytes([number, number, channel]) for channel in (0, 1) for number in range(200)
    ]
    pixels = read_pixels(reduce_colors(build_png(1, lines)))
    expected = [[(number, number, channel)] for channel in (0, 1) for number in range(200)]
    for (color,), (original,) in zip(pixels, expected, strict=True):
        assert all(abs(one - other) <= 1 for one, other in zip(color, original, strict=True))


def test_a_drawn_panel_takes_less_space() -> None:
    (panel,) = draw_dashboard(build_dashboard(build_panel()), ExampleSource()).panels
    png = convert_to_png(render_panel_picture(panel, is_example=True), 0.3)
    assert len(reduce_colors(png)) < len(png)


def test_what_is_no_png_is_refused() -> None:
    with pytest.raises(ValueError, match="no PNG"):
        reduce_colors(b"GIF89a")
