"""The settings as click asks for them: the value of an option that nobody gave."""

from collections import UserDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tailboard import settings
from tailboard.publish.errors import TailboardError


class Defaults(UserDict[str, Any]):
    """The settings of the current folder, read when a command first needs one of them.

    Raises `TailboardError` where they cannot be read; not for `--help`, which does without.
    """

    _is_read = False

    def __contains__(self, name: object) -> bool:
        return name in settings.NAMES and name in self._read()

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, Any]:
        if not self._is_read:
            try:
                self.data = settings.read(Path.cwd())
            except (OSError, TailboardError):
                if _is_only_shown():
                    return {}
                raise
            self._is_read = True
        return self.data


def _is_only_shown() -> bool:
    """Whether no command will run: click says so while it writes a help or completes a word."""
    context = click.get_current_context(silent=True)
    return context is not None and context.resilient_parsing
