"""A duration as Prometheus and Grafana write it: 15s, 1m30s."""

import re

import click

DURATION = re.compile(r"([0-9]+(ms|[smhd]))+")


def checked_duration(_: click.Context, __: click.Parameter, value: str) -> str:
    """The value itself, if Grafana understands it."""
    if not DURATION.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not a duration such as 15s or 1m.")
    return value
