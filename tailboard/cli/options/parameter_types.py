"""Values of options: one of a list of names, and a duration."""

from typing import Any

import click

from tailboard.panels.duration import is_duration


class Choice(click.Choice):  # type: ignore[type-arg]  # generic since click 8.2 only
    """click's choice, which only lists the names, with the nearest name for a mistyped one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name itself, if it is one of the choices."""
        if value not in self.choices:
            from tailboard.panels.definition_error import suggest_name

            self.fail(f"there is no {value!r}: {suggest_name(value, self.choices)}", param, ctx)
        return value


def validate_duration(_: click.Context, __: click.Parameter, value: str) -> str:
    """The value itself, if Grafana understands it."""
    if not is_duration(value):
        raise click.BadParameter(f"{value!r} is not a duration such as 15s or 1m.")
    return value
