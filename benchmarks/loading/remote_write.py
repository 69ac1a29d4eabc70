"""The part of Prometheus' remote write protocol that sends series.

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


def encode_times(seconds: Iterable[int]) -> Times:
    """Encode the times of samples: field 2, in milliseconds."""
    return [b"\x10" + _encode_varint(1000 * second) for second in seconds]


def encode_samples(values: Sequence[float], at: Times) -> bytes:
    """The samples of a series, which many series may share."""
    return b"".join(
        SAMPLE.pack(SAMPLE_START, value, moment) for value, moment in zip(values, at, strict=True)
    )


def encode_series(labels: Mapping[str, str], packed: bytes) -> bytes:
    """One series with its samples."""
    named = b"".join(
        _encode_field(1, _encode_field(1, name.encode()) + _encode_field(2, value.encode()))
        for name, value in sorted(labels.items())
    )
    return _encode_field(1, named + packed)


def encode_body(encoded_series: bytes) -> bytes:
    """The request's body in Snappy's format, without compression."""
    return (
        _encode_varint(len(encoded_series))
        + LITERAL
        + struct.pack("<I", len(encoded_series) - 1)
        + encoded_series
    )


def _encode_field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _encode_varint(len(content)) + content


def _encode_varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
