"""`tailboard pull`: dashboards from Grafana become definitions."""

import json
from pathlib import Path, PurePosixPath

import click
import orjson

from tailboard.cli.connecting import VARIABLES, connecting
from tailboard.cli.options import AS_JSON
from tailboard.cli.terminal import complain, tell
from tailboard.dashboards.document import JSON_FORM
from tailboard.dashboards.uid import UID
from tailboard.publish.at_once import at_once
from tailboard.publish.counted import counted
from tailboard.publish.grafana.api import Stored
from tailboard.publish.grafana.pulling import definition_of
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.pulled import write

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard pull orders --out definitions
"""


def checked_uids(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """The uids themselves, if Grafana can have such."""
    for uid in value:
        if not UID.fullmatch(uid):
            raise click.BadParameter(
                f"{uid!r} is no uid: it is in the dashboard's address, /d/UID/..., and has 1 to 40 "
                "letters, digits, dashes and underscores."
            )
    return value


@click.command("pull", epilog=EXAMPLE)
@click.argument("uids", nargs=-1, metavar="[UID]...", callback=checked_uids)
@connecting
@click.option("--all", "everything", is_flag=True, help="Every dashboard that we published.")
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("pulled"),
    show_default=True,
    help="The folder to write to.",
)
@click.option("--force", is_flag=True, help="Overwrite files that say something else.")
@AS_JSON
def command(
    uids: tuple[str, ...],
    grafana: Grafana,
    owner: str,
    everything: bool,
    folder: Path,
    force: bool,
    as_json: bool,
) -> int:
    """Bring dashboards from Grafana back as definitions.

    So a hand edit is kept: pull, and publish what was pulled in the place of what it was edited
    from. What a server adds is left out.
    """
    if bool(uids) == everything:
        raise click.UsageError("which dashboards? Name their uids, or say --all.")
    api = grafana.api
    found: list[Stored | None] = (
        list(api.ours(owner)) if everything else at_once(api.dashboard, uids)
    )
    missing = [uid for uid, it in zip(uids, found, strict=False) if it is None]
    there = api.folders()
    files = {
        PurePosixPath(f"{it.uid}.json"): orjson.dumps(
            definition_of(it, there, owner), option=JSON_FORM
        )
        for it in found
        if it
    }
    written = write(folder, files, force=force)
    for uid in missing:
        complain(f"there is no dashboard {uid}, or the credentials may not see it")
    if as_json:
        click.echo(json.dumps({"missing": missing, "written": written}, indent=2))
    if everything and not files:
        tell(f"Note: nothing here was published for the owner {owner!r}; see --owner.")
    same = len(files) - len(written)
    tell(
        f"{counted(len(files), 'dashboard')}: {counted(len(written), 'file')} written in {folder}"
        f"{f', {same} as before' if same else ''}"
    )
    return (4 if files else 1) if missing else 0
