"""An option's value that is one of a list of names, with the nearest name for a mistyped one."""

from typing import Any

import click


class Choice(click.Choice):  # type: ignore[type-arg]  # generic since click 8.2 only
    """click's choice, which only lists the names."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name itself, if it is one of the choices."""
        if value not in self.choices:
            from tailboard.panels.definition_error import suggest_name

            self.fail(f"there is no {value!r}: {suggest_name(value, self.choices)}", param, ctx)
        return value
