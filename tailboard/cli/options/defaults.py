"""The settings as click's default values of options."""

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

    _has_settings = False

    def __contains__(self, name: object) -> bool:
        return name in settings.SETTING_NAMES and name in self._read_settings()

    def __getitem__(self, name: str) -> Any:
        return self._read_settings()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read_settings())

    def __len__(self) -> int:
        return len(self._read_settings())

    def _read_settings(self) -> dict[str, Any]:
        if not self._has_settings:
            try:
                self.data = settings.read_settings(Path.cwd())
            except (OSError, TailboardError):
                if _is_help_only():
                    return {}
                raise
            self._has_settings = True
        return self.data


def _is_help_only() -> bool:
    """Whether no command will run: click says so while it writes a help or completes a word."""
    context = click.get_current_context(silent=True)
    return context is not None and context.resilient_parsing
