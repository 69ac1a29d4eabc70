"""The options of every command that asks a Grafana, and of those that publish definitions."""

import functools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from tailboard.cli.choice import Choice
from tailboard.cli.duration import checked_duration
from tailboard.cli.options import CONVENTION
from tailboard.cli.progress import Counting
from tailboard.cli.sources import sources
from tailboard.cli.terminal import tell
from tailboard.dashboards.folder import checked_folder
from tailboard.definitions.build import Build
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.publish.formats import Surroundings
from tailboard.publish.grafana.declared import Declared, Publishable, declared
from tailboard.publish.grafana.discovery import CHOICES
from tailboard.publish.grafana.managers import DEFAULT_OWNER
from tailboard.publish.grafana.server import Grafana

Command = Callable[..., Any]
OWNER = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")

VARIABLES = """\b
Credentials, from the environment:
  GRAFANA_TOKEN, or GRAFANA_TOKEN_FILE      of a service account
  GRAFANA_USER with GRAFANA_PASSWORD(_FILE) basic authentication
  GRAFANA_HEADERS                           `Name: value`, one a line
  GRAFANA_CA_FILE, GRAFANA_CLIENT_CERT, GRAFANA_CLIENT_KEY

"""


def checked_owner(_: click.Context, __: click.Parameter, value: str) -> str:
    """The name itself, if Grafana takes it as a label."""
    if not OWNER.fullmatch(value):
        raise click.BadParameter(
            f"{value!r} is not 1 to 40 small letters and digits, with dashes only between them."
        )
    return value


def _checked_path(_: click.Context, __: click.Parameter, value: str) -> str:
    try:
        return checked_folder(value)
    except DefinitionError as error:
        raise click.BadParameter(str(error)) from error


SERVER = (
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
        type=Choice(CHOICES),
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
        callback=checked_owner,
        help="Whose dashboards these are: one name a repository, which never changes.",
    ),
)

DEFINITIONS = (
    CONVENTION,
    click.option(
        "--folder",
        "grafana_folder",
        metavar="PATH",
        default="",
        callback=_checked_path,
        help="Where to put dashboards that name no folder: Shop/Orders, or uid:UID.",
    ),
    click.option(
        "--scrape-interval",
        callback=checked_duration,
        default=Surroundings().scrape_interval,
        show_default=True,
        help="Prometheus' scrape interval, to compare the data source with.",
    ),
    click.option(
        "--data-source-check/--no-data-source-check",
        default=True,
        help="Whether to look first for the data source that dashboards show.",
    ),
)

STATE = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".tailboard"),
    show_default=True,
    help="The folder that keeps what each publish did.",
)


def connecting(command: Command) -> Command:
    """Give a command the options of a server, and the Grafana that they mean."""

    @functools.wraps(command)
    def connected(
        *arguments: Any,
        grafana_url: str | None,
        api: str,
        org: int | None,
        allow_http: bool,
        **options: Any,
    ) -> Any:
        if not grafana_url:
            raise click.UsageError("which Grafana? Say --grafana URL, or set GRAFANA_URL.")
        with Grafana(grafana_url, api, org, allow_http=allow_http) as grafana:
            return command(*arguments, grafana=grafana, **options)

    return _with(SERVER, connected)


def declaring(command: Command) -> Command:
    """Give a command the options that say what is published, and where."""
    argument = click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
    return argument(_with(DEFINITIONS, command))


def read(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    *,
    owner: str,
    folder: str,
    message: str = "",
) -> Declared:
    """What the definitions declare, with a bar while there are many.

    Raises `BrokenDefinitionsError` with every mistake.
    """
    built = Build(list(sources(context, definitions, convention)), [], Surroundings())
    with Counting("Reading", len(built.sources)) as progress:
        documents = (
            Publishable(made.document, made.folder, made.source)
            for made in built.made(progress)
            if made.document is not None
        )
        found = declared(documents, owner=owner, folder=folder, message=message)
    if built.errors:
        raise BrokenDefinitionsError(built.errors)
    for note in built.notes:
        tell(f"Note: {note}")
    return found


def _with(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
