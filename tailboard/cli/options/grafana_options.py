"""The options of every command that asks a Grafana, and of those that publish definitions."""

import functools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from tailboard.cli.options.common import CONVENTION_OPTION
from tailboard.cli.options.groups import Command, add_options
from tailboard.cli.options.parameter_types import Choice, validate_duration
from tailboard.cli.reports.terminal import print_message
from tailboard.dashboards.folder import validate_folder
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.formats import FormatOptions
from tailboard.publish.grafana.clients.discovery import API_CHOICES
from tailboard.publish.grafana.clients.managers import DEFAULT_OWNER
from tailboard.publish.grafana.plan.schema_choice import AUTO, SCHEMA_CHOICES
from tailboard.publish.grafana.server import Grafana

OWNER_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")

ENVIRONMENT_HELP = """\b
Credentials, from the environment:
  GRAFANA_TOKEN, or GRAFANA_TOKEN_FILE      of a service account
  GRAFANA_USER with GRAFANA_PASSWORD(_FILE) basic authentication
  GRAFANA_HEADERS                           `Name: value`, one a line
  GRAFANA_CA_FILE, GRAFANA_CLIENT_CERT, GRAFANA_CLIENT_KEY

"""


def validate_owner(_: click.Context, __: click.Parameter, value: str) -> str:
    """The name itself, if Grafana takes it as a label."""
    if not OWNER_PATTERN.fullmatch(value):
        raise click.BadParameter(
            f"{value!r} is not 1 to 40 small letters and digits, with dashes only between them."
        )
    return value


def _validate_folder(_: click.Context, __: click.Parameter, value: str) -> str:
    try:
        return validate_folder(value)
    except DefinitionError as error:
        raise click.BadParameter(str(error)) from error


SERVER_OPTIONS = (
    click.option(
        "--grafana",
        "grafana_url",
        metavar="URL",
        envvar="GRAFANA_URL",
        show_envvar=True,
        help="Where Grafana is, with its sub-path if it has one.",
    ),
    click.option(
        "--api",
        type=Choice(API_CHOICES),
        default="auto",
        show_default=True,
        help="Which of Grafana's APIs to use; auto asks the server what it has.",
    ),
    click.option(
        "--org",
        type=click.IntRange(1),
        envvar="GRAFANA_ORG_ID",
        show_envvar=True,
        help="The id of the organisation, for users of several.",
    ),
    click.option(
        "--allow-http",
        is_flag=True,
        help="Send credentials unencrypted to another machine.",
    ),
    click.option(
        "--owner",
        default=DEFAULT_OWNER,
        show_default=True,
        callback=validate_owner,
        help="Whose dashboards these are: one name a repository, which never changes.",
    ),
)

DEFINITION_OPTIONS = (
    CONVENTION_OPTION,
    click.option(
        "--folder",
        "grafana_folder",
        metavar="PATH",
        default="",
        callback=_validate_folder,
        help="Where to put dashboards that name no folder: Shop/Orders, or uid:UID.",
    ),
    click.option(
        "--schema",
        type=Choice(SCHEMA_CHOICES),
        default=AUTO,
        show_default=True,
        help="Grafana's schema to publish in; auto is v2 for dashboards with tabs where the server "
        "shows them.",
    ),
    click.option(
        "--scrape-interval",
        callback=validate_duration,
        default=FormatOptions().scrape_interval,
        show_default=True,
        help="Prometheus' scrape interval, to compare the data source with.",
    ),
    click.option(
        "--data-source-check/--no-data-source-check",
        default=True,
        help="Whether to look first for the data source that dashboards show.",
    ),
)

STATE_OPTION = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".tailboard"),
    show_default=True,
    help="The folder that keeps what each publish did.",
)


def add_grafana_options(command: Command) -> Command:
    """Give a command the options of a server, and the Grafana that they mean."""
    return _add_server(command, is_required=True)


def add_optional_grafana_options(command: Command) -> Command:
    """Give a command the options of a server; without an address its Grafana is None."""
    return _add_server(command, is_required=False)


def add_explicit_grafana_options(command: Command) -> Command:
    """Give a command a Grafana only where the command line says so: --grafana URL, or --server."""
    run_with_grafana = _add_server(command, SERVER_OPTIONS[:-1], is_required=False)

    @functools.wraps(run_with_grafana)
    def run_with_explicit_grafana(
        *arguments: Any, grafana_url: str | None, server: bool, **options: Any
    ) -> Any:
        source = click.get_current_context().get_parameter_source("grafana_url")
        is_explicit = server or source is click.core.ParameterSource.COMMANDLINE
        if server and not grafana_url:
            raise click.UsageError("which Grafana? Say --grafana URL, or set GRAFANA_URL.")
        return run_with_grafana(
            *arguments, grafana_url=grafana_url if is_explicit else None, **options
        )

    server_option = click.option(
        "--server", is_flag=True, help="Ask the Grafana of GRAFANA_URL, or of the settings."
    )
    return add_options((server_option,), run_with_explicit_grafana)


def _add_server(
    command: Command,
    options: Sequence[Callable[[Command], Command]] = SERVER_OPTIONS,
    *,
    is_required: bool,
) -> Command:

    @functools.wraps(command)
    def run_with_grafana(
        *arguments: Any,
        grafana_url: str | None,
        api: str,
        org: int | None,
        allow_http: bool,
        **options: Any,
    ) -> Any:
        if not grafana_url and not is_required:
            return command(*arguments, grafana=None, **options)
        if not grafana_url:
            raise click.UsageError("which Grafana? Say --grafana URL, or set GRAFANA_URL.")
        with Grafana(grafana_url, api, org, allow_http=allow_http) as grafana:
            for note in grafana.connection.credentials.notes:
                print_message(f"Note: {note}")
            return command(*arguments, grafana=grafana, **options)

    return add_options(options, run_with_grafana)


def add_definition_options(command: Command) -> Command:
    """Give a command the options that say what is published, and where."""
    argument = click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
    return argument(add_options(DEFINITION_OPTIONS, command))
