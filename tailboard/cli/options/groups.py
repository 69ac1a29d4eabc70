"""Groups of options that several commands have."""

from collections.abc import Callable, Sequence
from typing import Any

Command = Callable[..., Any]


def add_options(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    """Give a command several options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command
