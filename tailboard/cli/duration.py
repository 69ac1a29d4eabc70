"""An option's value that is a duration."""

import click

from tailboard.panels.duration import is_duration


def validate_duration(_: click.Context, __: click.Parameter, value: str) -> str:
    """The value itself, if Grafana understands it."""
    if not is_duration(value):
        raise click.BadParameter(f"{value!r} is not a duration such as 15s or 1m.")
    return value
