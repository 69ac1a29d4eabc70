"""PNG with a palette of 256 colours: a picture of a dashboard takes a fifth of the bytes so."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PALETTE_SIZE = 256
CHANNELS = {2: 3, 6: 4}
"""Bytes of a pixel, by the colour type: with and without transparency."""

Color = tuple[int, int, int]


def reduce_colors(content: bytes, *, max_height: int = 0) -> bytes:
    """The same picture with its 256 most frequent colours, cut off below `max_height` lines.

    It is cut where a line has one colour, as between panels, if there is such a line.
    """
    header, data = _read_chunks(content)
    width, height, depth, color_type = struct.unpack(">IIBB", header[:10])
    if depth != 8 or color_type not in CHANNELS:
        raise ValueError("a PNG of 8 bits with red, green and blue is needed")
    channels = CHANNELS[color_type]
    full_height, height = height, min(height, max_height or height)
    rows: list[list[Color]] = []
    counts: Counter[Color] = Counter()
    for line in _unfilter(zlib.decompress(data), width, height, channels):
        row = list(zip(line[0::channels], line[1::channels], line[2::channels], strict=True))
        rows.append(row)
    rows = rows[: _find_cut(rows)] if height < full_height else rows
    for row in rows:
        counts.update(row)
    height = len(rows)
    palette = [color for color, _ in counts.most_common(PALETTE_SIZE)]
    numbers = {color: number for number, color in enumerate(palette)}
    for color in counts:
        if color not in numbers:
            numbers[color] = _find_nearest(color, palette)
    pixels = b"".join(b"\0" + bytes(map(numbers.__getitem__, row)) for row in rows)
    return b"".join(
        (
            SIGNATURE,
            _build_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _build_chunk(b"PLTE", b"".join(map(bytes, palette))),
            _build_chunk(b"IDAT", zlib.compress(pixels, 9)),
            _build_chunk(b"IEND", b""),
        )
    )


def _find_cut(rows: Sequence[Sequence[Color]]) -> int:
    """How many lines are left of a picture that is too long."""
    blank_lines = (number for number, row in enumerate(rows, 1) if len(set(row)) == 1)
    return max(blank_lines, default=len(rows))


def _read_chunks(content: bytes) -> tuple[bytes, bytes]:
    """The header of a PNG, and its compressed pixels."""
    if not content.startswith(SIGNATURE):
        raise ValueError("this is no PNG")
    header, data, place = b"", [], len(SIGNATURE)
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            header = body
        elif kind == b"IDAT":
            data.append(body)
        place += 12 + length
    return header, b"".join(data)


def _unfilter(data: bytes, width: int, height: int, channels: int) -> Iterator[bytes]:
    """The lines of a picture, without the filters that made them easier to compress.

    https://www.w3.org/TR/png-3/#9Filters
    """
    length = width * channels
    above = bytes(length)
    for number in range(height):
        start = number * (length + 1)
        kind, line = data[start], bytearray(data[start + 1 : start + 1 + length])
        if kind == 2:
            line = bytearray((value + up) & 255 for value, up in zip(line, above, strict=True))
        elif kind:
            _unfilter_line(kind, line, above, channels)
        above = bytes(line)
        yield above


def _unfilter_line(kind: int, line: bytearray, above: bytes, channels: int) -> None:
    """A line whose pixels depend on those before them."""
    for place, value in enumerate(line):
        left = line[place - channels] if place >= channels else 0
        corner = above[place - channels] if place >= channels else 0
        up = above[place]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            guess = _choose_nearest(left, up, corner)
        line[place] = (value + guess) & 255


def _choose_nearest(left: int, up: int, corner: int) -> int:
    """Of three neighbours, the one nearest to left + up - corner."""
    sum_of_neighbours = left + up - corner
    distances = (
        abs(sum_of_neighbours - left),
        abs(sum_of_neighbours - up),
        abs(sum_of_neighbours - corner),
    )
    return (left, up, corner)[distances.index(min(distances))]


def _find_nearest(color: Color, palette: list[Color]) -> int:
    red, green, blue = color
    return min(
        range(len(palette)),
        key=lambda number: (
            (palette[number][0] - red) ** 2
            + (palette[number][1] - green) ** 2
            + (palette[number][2] - blue) ** 2
        ),
    )


def _build_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
