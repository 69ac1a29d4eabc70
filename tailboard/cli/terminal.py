"""How the program talks: stdout is data, stderr is talk, colour where it is wanted."""

import io
import os
import sys
from typing import TextIO

import click


def in_color(stream: TextIO | None) -> bool:
    """NO_COLOR beats FORCE_COLOR beats the terminal; a stream may be closed."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at a stream, which may be closed."""
    return stream is not None and stream.isatty()


def say_what_it_can(stream: TextIO | None) -> None:
    """Escape the characters that the stream's encoding lacks, instead of failing at the first."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def complain(message: str) -> None:
    """Say on stderr what is wrong."""
    _talk(message, "red", "Error: ")


def tell(message: str) -> None:
    """Say on stderr what happened."""
    _talk(message, None, "")


def _talk(message: str, color: str | None, prefix: str) -> None:
    colored = in_color(sys.stderr)
    start = click.style(prefix, fg=color, bold=True) if prefix else ""
    click.echo(start + message, err=True, color=colored)
