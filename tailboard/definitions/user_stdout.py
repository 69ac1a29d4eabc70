"""What the user's own code writes past Python, as a child process does, is talk and not data."""

import contextlib
import os
import sys
from collections.abc import Iterator

STDOUT, STDERR = 1, 2


@contextlib.contextmanager
def stdout_is_stderr() -> Iterator[None]:
    """Point the file descriptor of stdout at stderr, or at nothing where stderr is closed.

    Does nothing where stdout is closed. The descriptors are those of the whole process: only for
    what runs in the main thread, while no other thread writes data.
    """
    try:
        kept = os.dup(STDOUT) if sys.__stdout__ else None
    except OSError:  # somebody closed the descriptor beneath Python
        kept = None
    if kept is None:
        yield
        return
    try:
        _flush()
        _redirect()
        yield
    finally:
        _flush()
        os.dup2(kept, STDOUT)
        os.close(kept)


def _redirect() -> None:
    if sys.__stderr__:
        with contextlib.suppress(OSError):
            os.dup2(STDERR, STDOUT)
            return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, STDOUT)
    os.close(nothing)


def _flush() -> None:
    """Let what was written go where the descriptor points now; a reader may be gone."""
    with contextlib.suppress(OSError, ValueError):
        if sys.__stdout__:
            sys.__stdout__.flush()
