"""Decompression of gzip in chunks of limited size, whatever the compression ratio."""

import zlib
from collections.abc import Iterator

CHUNK_BYTES = 64 * 1024


def decompress_gzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress one gzip member after another, never more than a chunk at once.

    Raises `zlib.error`, and `EOFError` where it is cut off.
    """
    decompressor, data, is_chunk_full = zlib.decompressobj(31), b"", False
    while True:
        if decompressor.eof:
            data = decompressor.unused_data or next(chunks, b"")
            if not data.strip(b"\0"):
                return
            decompressor = zlib.decompressobj(31)
        elif not data and not is_chunk_full and not (data := next(chunks, b"")):
            raise EOFError
        piece = decompressor.decompress(data, CHUNK_BYTES)
        yield piece
        data, is_chunk_full = decompressor.unconsumed_tail, len(piece) == CHUNK_BYTES
