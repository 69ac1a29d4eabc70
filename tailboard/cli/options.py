"""Options that several commands have."""

import click

from tailboard.alerts.groups import Addresses
from tailboard.cli.choice import Choice
from tailboard.panels.conventions import CONVENTIONS

CONVENTION = click.option(
    "--convention",
    type=Choice([it.name for it in CONVENTIONS]),
    envvar="TAILBOARD_CONVENTION",
    show_envvar=True,
    help="Without definitions: the library for every job of this convention.",
)
CHECK = click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if what is on disk is stale."
)
OVERWRITE = click.option(
    "--force", is_flag=True, help="Overwrite files that somebody else wrote or changed."
)
GRAFANA_URL = click.option(
    "--grafana-url",
    default=Addresses().grafana,
    show_default=True,
    envvar="GRAFANA_URL",
    show_envvar=True,
    help="Where people open Grafana, for the links to it.",
)
AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Say on stdout, as JSON, what was done."
)
