"""Where dashboards and rules come from: what is named, what the settings name, the library."""

from collections.abc import Iterator
from pathlib import Path

import click

from tailboard.definitions import load
from tailboard.definitions.source import Source


def find_sources(
    context: click.Context, definitions: tuple[Path, ...], convention: str | None
) -> Iterator[Source]:
    """The definitions that are meant, or a convention where none are."""
    settings_source = click.core.ParameterSource.DEFAULT_MAP
    is_from_settings = context.get_parameter_source("definitions") is settings_source
    explicit_convention = (
        convention and context.get_parameter_source("convention") is not settings_source
    )
    command_line = click.core.ParameterSource.COMMANDLINE
    if (
        definitions
        and not is_from_settings
        and context.get_parameter_source("convention") is command_line
    ):
        raise click.UsageError("--convention is for want of definitions; leave one out")
    if definitions and not (explicit_convention and is_from_settings):
        for path in load.find_definitions(definitions):
            yield Source(str(path), path)
    elif convention:
        yield Source(f"--convention {convention}", convention=convention)
    else:
        raise click.UsageError(
            f"nothing to {VERBS[str(context.info_name)]}. Name a definition, or a convention of "
            f"the library: tailboard {context.info_name} --convention prometheus_client"
        )


VERBS = {
    "build": "build",
    "docs": "write about",
    "plan": "plan",
    "preview": "draw",
    "publish": "publish",
    "report": "report on",
}
