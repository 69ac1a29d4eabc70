"""Options that several commands have."""

import click

from tailboard.cli.options.parameter_types import Choice
from tailboard.panels.conventions import CONVENTION_NAMES

CONVENTION_OPTION = click.option(
    "--convention",
    type=Choice(CONVENTION_NAMES),
    envvar="TAILBOARD_CONVENTION",
    show_envvar=True,
    help="Without definitions: the library for every job of this convention.",
)
CHECK_OPTION = click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if what is on disk is stale."
)
FORCE_OPTION = click.option(
    "--force", is_flag=True, help="Overwrite files that somebody else wrote or changed."
)
GRAFANA_URL_OPTION = click.option(
    "--grafana-url",
    envvar="GRAFANA_URL",
    show_envvar=True,
    help="Where people open Grafana, for the links to it.",
)
RUNBOOK_URL_OPTION = click.option(
    "--runbook-url",
    help="Where people read the runbooks; {alert}, {anchor} and {service} are filled in.",
)
JSON_OPTION = click.option(
    "--json", "as_json", is_flag=True, help="Say on stdout, as JSON, what was done."
)
