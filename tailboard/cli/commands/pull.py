"""`tailboard pull`: dashboards from Grafana become definitions."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import click
import orjson

from tailboard.cli.options.common import JSON_OPTION
from tailboard.cli.options.grafana_options import ENVIRONMENT_HELP, add_grafana_options
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.pulled_dashboards import fetch_definitions
from tailboard.cli.reports.terminal import print_error, print_json_report, print_message
from tailboard.dashboards.document import JSON_OPTIONS, build_document
from tailboard.dashboards.schema_v2.losses import Loss, describe_losses
from tailboard.dashboards.uid import UID_PATTERN
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.grafana.pull import (
    SCHEMA_CHOICES,
    STORED_SCHEMA,
    PulledDefinition,
)
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plural import format_count
from tailboard.publish.pull_output import write_files

REPAIR_TIP = "repair in Grafana what it names, and pull it again."

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard pull orders --out definitions
"""


def validate_uids(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """The uids themselves, if Grafana can have such."""
    for uid in value:
        if not UID_PATTERN.fullmatch(uid):
            raise click.BadParameter(
                f"{uid!r} is no uid: it is in the dashboard's address, /d/UID/..., and has 1 to 40 "
                "letters, digits, dashes and underscores."
            )
    return value


@click.command("pull", epilog=EXAMPLE)
@click.argument("uids", nargs=-1, metavar="[UID]...", callback=validate_uids)
@add_grafana_options
@click.option("--all", "everything", is_flag=True, help="Every dashboard that we published.")
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("pulled"),
    show_default=True,
    help="The folder to write to.",
)
@click.option(
    "--schema",
    type=Choice(SCHEMA_CHOICES),
    default=STORED_SCHEMA,
    show_default=True,
    help="The schema of the files: the one that Grafana stores, or v1, for which tabs become rows.",
)
@click.option(
    "--python",
    "is_python",
    is_flag=True,
    help="Write definitions in Python, as `tailboard convert` does.",
)
@click.option(
    "--patch",
    "is_patch",
    is_flag=True,
    help="Print what to change in the Python definition that declares the dashboard.",
)
@click.option("--write", "is_written", is_flag=True, help="Change the definition by the patch.")
@click.option(
    "--definitions",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Where the definitions to patch are; may be given several times.",
)
@click.option("--force", is_flag=True, help="Overwrite files that say something else.")
@JSON_OPTION
def command(
    uids: tuple[str, ...],
    grafana: Grafana,
    owner: str,
    everything: bool,
    folder: Path,
    schema: str,
    is_python: bool,
    is_patch: bool,
    is_written: bool,
    definitions: tuple[Path, ...],
    force: bool,
    as_json: bool,
) -> int:
    """Bring dashboards from Grafana back as definitions.

    So a hand edit is kept: pull, and publish what was pulled in the place of what it was edited
    from. What a server adds is left out. A dashboard comes in the schema that Grafana stores it in,
    so that nothing is lost: since Grafana 13 that is v2 for what somebody saved in the browser.
    """
    if bool(uids) == everything:
        raise click.UsageError("which dashboards? Name their uids, or say --all.")
    if is_written and not is_patch:
        raise click.UsageError("--write writes a patch. Say --patch too.")
    if is_patch:
        from tailboard.cli.patched_definitions import patch_definitions

        return patch_definitions(
            grafana, uids, owner, definitions, is_written=is_written, as_json=as_json
        )
    pulled_definitions, missing_uids = fetch_definitions(grafana, uids, owner, schema)
    if is_python:
        from tailboard.cli.converted_definitions import write_definitions

        return write_definitions(
            {uid: definition.resource for uid, definition in pulled_definitions.items()},
            folder,
            is_strict=False,
            force=force,
            as_json=as_json,
            missing_uids=missing_uids,
        )
    return _write_json(
        pulled_definitions,
        missing_uids,
        folder,
        force=force,
        as_json=as_json,
        empty_note=f"nothing here was published for the owner {owner!r}; see --owner."
        if everything
        else "",
    )


def _write_json(
    pulled_definitions: Mapping[str, PulledDefinition],
    missing_uids: Sequence[str],
    folder: Path,
    *,
    force: bool,
    as_json: bool,
    empty_note: str,
) -> int:
    """Write the definitions as JSON, and say what was written; the exit code."""
    problems = {uid: _find_problem(definition) for uid, definition in pulled_definitions.items()}
    files = {
        PurePosixPath(f"{uid}.json"): orjson.dumps(definition.resource, option=JSON_OPTIONS)
        for uid, definition in pulled_definitions.items()
        if not problems[uid]
    }
    written_files = write_files(folder, files, force=force)
    for uid, definition in pulled_definitions.items():
        _print_losses(uid, definition.losses)
    refused_uids = [uid for uid, problem in problems.items() if problem]
    for uid in missing_uids:
        print_error(f"there is no dashboard {uid}, or the credentials may not see it")
    for uid, problem in problems.items():
        if problem:
            print_error(f"the dashboard {uid} cannot be a definition: {problem}\nTip: {REPAIR_TIP}")
    if as_json:
        losses = {
            uid: [f"{loss.kind.name.lower()}: {loss.place}" for loss in definition.losses]
            for uid, definition in pulled_definitions.items()
            if definition.losses
        }
        print_json_report(
            {
                "losses": losses,
                "missing": missing_uids,
                "refused": refused_uids,
                "written": written_files,
            }
        )
    if empty_note and not files:
        print_message(f"Note: {empty_note}")
    unchanged_count = len(files) - len(written_files)
    unchanged_text = f", {unchanged_count} as before" if unchanged_count else ""
    print_message(
        f"{format_count(len(files), 'dashboard')}: "
        f"{format_count(len(written_files), 'file')} written in {folder}{unchanged_text}"
    )
    return (4 if files else 1) if missing_uids or refused_uids else 0


def _find_problem(definition: PulledDefinition) -> str:
    """Why a build would refuse a definition; empty where it would not."""
    try:
        build_document(definition.resource)
    except DefinitionError as error:
        return str(error).partition("\n")[0]
    return ""


def _print_losses(uid: str, losses: Sequence[Loss]) -> None:
    """Print what schema v1 could not hold of a dashboard, all of it by name."""
    if losses:
        print_message(f"Note: {uid}: schema v1 cannot hold all of it: {describe_losses(losses)}")
        for loss in losses:
            print_message(f"  {loss.place}")
