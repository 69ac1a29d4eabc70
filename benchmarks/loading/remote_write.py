"""Prometheus' remote write protocol, as far as it takes to hand over series.

https://prometheus.io/docs/specs/prw/remote_write_spec/
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

Times = Sequence[bytes]
SAMPLE = struct.Struct("<3sd7s")
SAMPLE_START = b"\x12\x10\x09"
"""Field 2 of a series, 16 bytes long, which begins with field 1, a double."""

LITERAL = b"\xfc"
"""Snappy's mark of bytes that are not compressed, their number less one in the next four."""


def times(seconds: Iterable[int]) -> Times:
    """Moments as samples end with them: field 2, in milliseconds."""
    return [b"\x10" + _varint(1000 * it) for it in seconds]


def samples(values: Sequence[float], at: Times) -> bytes:
    """The samples of a series, which many series may share."""
    return b"".join(
        SAMPLE.pack(SAMPLE_START, value, moment) for value, moment in zip(values, at, strict=True)
    )


def series(labels: Mapping[str, str], packed: bytes) -> bytes:
    """One series with its samples."""
    named = b"".join(
        _field(1, _field(1, name.encode()) + _field(2, value.encode()))
        for name, value in sorted(labels.items())
    )
    return _field(1, named + packed)


def body(written: bytes) -> bytes:
    """The request's body: the protocol wants Snappy, which need not compress."""
    return _varint(len(written)) + LITERAL + struct.pack("<I", len(written) - 1) + written


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
