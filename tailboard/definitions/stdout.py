"""What the user's own code writes past Python, as a child process does, is talk and not data."""

import contextlib
import os
import sys
from collections.abc import Iterator

STDOUT, STDERR = 1, 2


@contextlib.contextmanager
def redirect_stdout_to_stderr() -> Iterator[None]:
    """Point the file descriptor of stdout at stderr, or at nothing where stderr is closed.

    Does nothing where stdout is closed. The descriptors are those of the whole process: only for
    what runs in the main thread, while no other thread writes data.
    """
    try:
        saved_stdout = os.dup(STDOUT) if sys.__stdout__ else None
    except OSError:  # somebody closed the descriptor beneath Python
        saved_stdout = None
    if saved_stdout is None:
        yield
        return
    try:
        _flush_stdout()
        _redirect_descriptor()
        yield
    finally:
        _flush_stdout()
        os.dup2(saved_stdout, STDOUT)
        os.close(saved_stdout)


def _redirect_descriptor() -> None:
    if sys.__stderr__:
        with contextlib.suppress(OSError):
            os.dup2(STDERR, STDOUT)
            return
    null_device = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null_device, STDOUT)
    os.close(null_device)


def _flush_stdout() -> None:
    """Let what was written go where the descriptor points now; a reader may be gone."""
    with contextlib.suppress(OSError, ValueError):
        if sys.__stdout__:
            sys.__stdout__.flush()
