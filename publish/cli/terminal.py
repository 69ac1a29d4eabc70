"""How the program talks: stdout is data, stderr is talk, colour where it is wanted."""

import os
import sys
from typing import TextIO

import click


def in_color(stream: TextIO) -> bool:
    """NO_COLOR beats FORCE_COLOR beats the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty()


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
