"""What definitions print, kept until it is their turn."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

STDERR = 2


@contextlib.contextmanager
def capture_stderr() -> Iterator[bytearray]:
    """Whatever this process and its children write to stderr in the block, once it has ended."""
    printed = bytearray()
    try:
        saved_stderr = os.dup(STDERR)
    except OSError:  # stderr is closed: nobody reads what is printed
        yield printed
        return
    with tempfile.TemporaryFile() as file:
        try:
            _flush_stderr()
            os.dup2(file.fileno(), STDERR)
            yield printed
        finally:
            _flush_stderr()
            os.dup2(saved_stderr, STDERR)
            os.close(saved_stderr)
            file.seek(0)
            printed += file.read()


def write_stderr(content: bytes) -> None:
    """Write what was kept to stderr, which may be closed."""
    _flush_stderr()
    with contextlib.suppress(OSError):
        while content:
            content = content[os.write(STDERR, content) :]


def _flush_stderr() -> None:
    with contextlib.suppress(OSError, ValueError):
        if sys.__stderr__:
            sys.__stderr__.flush()
