"""How the program talks: stdout is data, stderr is talk, colour where it is wanted."""

import io
import os
import sys
from typing import TextIO

import click


def has_color(stream: TextIO | None) -> bool:
    """NO_COLOR beats FORCE_COLOR beats the terminal; a stream may be closed."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at a stream, which may be closed."""
    return stream is not None and stream.isatty()


def escape_unencodable(stream: TextIO | None) -> None:
    """Escape the characters that the stream's encoding lacks, instead of failing at the first."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def print_error(message: str) -> None:
    """Say on stderr what is wrong."""
    _print_styled(message, "red", "Error: ")


def print_message(message: str) -> None:
    """Say on stderr what happened."""
    _print_styled(message, None, "")


def _print_styled(message: str, color: str | None, prefix: str) -> None:
    is_colored = has_color(sys.stderr)
    styled_prefix = click.style(prefix, fg=color, bold=True) if prefix else ""
    click.echo(styled_prefix + message, err=True, color=is_colored)
