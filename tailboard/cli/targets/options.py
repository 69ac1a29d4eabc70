"""The options that say where dashboards and rules go, and the targets that they mean."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tailboard.cli.options.grafana_options import (
    ENVIRONMENT_HELP,
    SERVER_OPTIONS,
    validate_owner,
)
from tailboard.cli.options.groups import Command, add_options
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.reports.terminal import print_message
from tailboard.panels.definition_error import suggest_name
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana import server as grafana_server
from tailboard.publish.grafana.clients.managers import DEFAULT_OWNER
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.rulers import connect
from tailboard.publish.rulers.connect import RULER_KINDS, connect_ruler
from tailboard.publish.targets.target import Target

RULES_ENVIRONMENT_HELP = f"""{ENVIRONMENT_HELP}\b
Credentials of a ruler: RULER_TOKEN and so on.
Credentials of a target NAME: GRAFANA_NAME_TOKEN, RULER_NAME_TOKEN and so on.

"""
TARGET_OPTION = click.option(
    "--target",
    "target_names",
    metavar="NAME",
    multiple=True,
    help="A target of the settings; give it several times for several.",
)
RULES_OPTIONS = (
    TARGET_OPTION,
    click.option(
        "--rules",
        "rules",
        type=Choice(RULER_KINDS),
        help="Also publish the rules: to a ruler, to Grafana (12 and newer), or into files.",
    ),
    click.option(
        "--rules-url",
        metavar="URL",
        envvar="RULER_URL",
        show_envvar=True,
        help="Where the ruler is, or the Prometheus that loads the files.",
    ),
    click.option(
        "--rules-path",
        metavar="DIR",
        type=click.Path(file_okay=False),
        help="The folder of rule files that Prometheus loads, for --rules file.",
    ),
    click.option(
        "--rules-tenant",
        metavar="TENANT",
        envvar="RULER_TENANT",
        show_envvar=True,
        help="Whose rules the ruler's are, in a ruler of several tenants (X-Scope-OrgID).",
    ),
    click.option(
        "--rules-namespace",
        metavar="NAME",
        help="The namespace of the rules, in Grafana a folder; by default the owner's name.",
    ),
    click.option(
        "--data-source",
        metavar="UID",
        help="The Prometheus that dashboards open with and Grafana's rules ask.",
    ),
)


@dataclass(frozen=True)
class TargetOptions:
    """Where one target is, and whose what goes there is; `targets` are those of the settings."""

    grafana_url: str = ""
    api: str = "auto"
    org: int | None = None
    allow_http: bool = False
    owner: str = DEFAULT_OWNER
    grafana_folder: str = ""
    rules: str = ""
    rules_url: str = ""
    rules_path: str = ""
    rules_tenant: str = ""
    rules_namespace: str = ""
    data_source: str = ""


SHARED_OPTIONS = ("api", "allow_http", "owner", "grafana_folder", "rules_namespace")
"""What a target of the settings has from the options where its settings do not say it."""

OWN_OPTIONS = frozenset(TargetOptions.__dataclass_fields__) - {*SHARED_OPTIONS}


def add_target_options(command: Command) -> Command:
    """Give a command the options of targets, and the targets that they mean."""

    @functools.wraps(command)
    def run_with_targets(*arguments: Any, target_names: tuple[str, ...], **options: Any) -> Any:
        names = TargetOptions.__dataclass_fields__
        target_options = TargetOptions(
            **{name: options[name] for name in names if options.get(name) is not None}
        )
        other_options = {
            name: value
            for name, value in options.items()
            if name not in names or name == "grafana_folder"
        }
        other_options.pop("grafana_folder", None)
        with connect_targets(target_options, target_names) as targets:
            return command(*arguments, targets=targets, **other_options)

    return add_options((*SERVER_OPTIONS, *RULES_OPTIONS), run_with_targets)


def read_named_targets() -> Mapping[str, Mapping[str, Any]]:
    """The targets of the settings by name."""
    context = click.get_current_context()
    defaults: Mapping[str, Any] = context.default_map or {}
    targets: Mapping[str, Mapping[str, Any]] = defaults.get("targets", {})
    return targets


@contextmanager
def connect_targets(options: TargetOptions, names: Sequence[str]) -> Iterator[Sequence[Target]]:
    """The named targets, or the one of the options; their connections are closed at the end."""
    with ExitStack() as stack:
        targets = []
        for name in dict.fromkeys(names) or ("",):
            target_options = _read_target_options(options, name) if name else options
            target = stack.enter_context(connect_target(name, target_options))
            for note in _list_credential_notes(target):
                print_message(f"Note: {note}")
            targets.append(target)
        yield targets


def _read_target_options(options: TargetOptions, name: str) -> TargetOptions:
    """The options of a target of the settings, over those that all targets have."""
    named_targets = read_named_targets()
    if name not in named_targets:
        raise click.UsageError(
            f"there is no target {name!r} in the settings: {suggest_name(name, named_targets)}"
            if named_targets
            else f"there is no target {name!r}: the settings have none."
        )
    context = click.get_current_context()
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name in OWN_OPTIONS and source is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{parameter.opts[0]} is what the settings of the target {name!r} say: "
                "leave it out, or --target."
            )
    shared = {field: getattr(options, field) for field in SHARED_OPTIONS}
    target_options = TargetOptions(**{**shared, **named_targets[name]})
    validate_owner(context, context.command.params[0], target_options.owner)
    return target_options


def connect_target(name: str, options: TargetOptions) -> Target:
    """The servers of one target."""
    suffix = f"_{name.upper().replace('-', '_')}" if name else ""
    if not options.grafana_url and not options.rules:
        raise click.UsageError(
            f"where does {name!r} lead? Set grafana_url or rules in its settings."
            if name
            else "which Grafana? Say --grafana URL, or set GRAFANA_URL."
        )
    grafana = (
        Grafana(
            options.grafana_url,
            options.api,
            options.org,
            allow_http=options.allow_http,
            credentials_name=f"{grafana_server.NAME}{suffix}",
        )
        if options.grafana_url
        else None
    )
    ruler = (
        connect_ruler(
            options.rules,
            options.rules_namespace or options.owner,
            address=options.rules_url,
            folder=Path(options.rules_path) if options.rules_path else None,
            tenant=options.rules_tenant,
            data_source=options.data_source,
            grafana=grafana,
            credentials_name=f"{connect.CREDENTIALS}{suffix}",
            allow_http=options.allow_http,
        )
        if options.rules
        else None
    )
    return Target(name, options.owner, grafana, ruler, options.grafana_folder, options.data_source)


def find_target(targets: Sequence[Target], name: str) -> Target:
    """The target of a name among those that a command line names."""
    target = next((target for target in targets if target.name == name), None)
    if target is None:
        raise TailboardError(
            f"that run went to the target {name or 'of the options'!r} too, which is not named",
            tip=f"say --target {name}." if name else "leave --target out, and say --grafana URL.",
        )
    return target


def _list_credential_notes(target: Target) -> Sequence[str]:
    notes = target.grafana.connection.credentials.notes if target.grafana else ()
    return [*notes, *(target.ruler.credential_notes if target.ruler else ())]
