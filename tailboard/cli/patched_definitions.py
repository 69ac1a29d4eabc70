"""A dashboard's edit in the browser as a patch of the definition that declares it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tailboard.cli.pulled_dashboards import fetch_definitions
from tailboard.cli.terminal import print_error, print_json_report, print_message, print_raw
from tailboard.publish.grafana.server import Grafana

if TYPE_CHECKING:
    from tailboard.convert.patch.patch import Patch

OTHER_WAYS = (
    "tailboard pull {uid} writes its JSON, which takes the place of the definition's dashboard; "
    "tailboard pull {uid} --python writes it as Python anew."
)


def patch_definitions(
    grafana: Grafana,
    uids: Sequence[str],
    owner: str,
    definitions: Sequence[Path],
    *,
    is_written: bool,
    as_json: bool,
) -> int:
    """Print the patch of each dashboard's definition, or write it; the exit code.

    1 where something of an edit has no place in a definition, or a dashboard is not there.
    """
    from tailboard.convert.patch.patch import build_patch
    from tailboard.convert.source import read_source
    from tailboard.definitions.load import find_definitions
    from tailboard.panels.definition_error import DefinitionError

    if not definitions:
        raise click.UsageError("whose definitions? Name them with --definitions.")
    paths = list(find_definitions(definitions, (".py",)))
    pulled_definitions, missing_uids = fetch_definitions(grafana, uids, owner)
    patches: dict[str, Patch] = {}
    refusals: dict[str, str] = {}
    for uid, pulled in pulled_definitions.items():
        for path in paths:
            try:
                patches[uid] = build_patch(path, path.read_text(), read_source(pulled.resource))
                break
            except DefinitionError as error:
                refusals[uid] = str(error)
        if uid in patches:
            refusals.pop(uid, None)
    for uid in missing_uids:
        print_error(f"there is no dashboard {uid}, or the credentials may not see it")
    for uid, problem in refusals.items():
        print_error(f"{uid}: no definition was patched: {problem}")
    for uid, patch in patches.items():
        _report_patch(uid, patch, is_written=is_written, as_json=as_json)
    if as_json:
        print_json_report(
            {
                "patches": [
                    {
                        "uid": uid,
                        "file": str(patch.path),
                        "diff": patch.diff,
                        "notes": list(patch.notes),
                        "differences": list(patch.differences),
                    }
                    for uid, patch in patches.items()
                ],
                "missing": missing_uids,
                "refused": refusals,
                "written": sorted(
                    {str(patch.path) for patch in patches.values() if is_written and patch.diff}
                ),
            }
        )
    has_rest = any(patch.differences for patch in patches.values())
    return 1 if has_rest or missing_uids or refusals else 0


def _report_patch(uid: str, patch: "Patch", *, is_written: bool, as_json: bool) -> None:
    if not patch.diff:
        print_message(f"{uid}: nothing of {patch.path} is to be changed")
    elif is_written:
        temporary_path = patch.path.with_name(f".{patch.path.name}.tmp")
        temporary_path.write_text(patch.text)
        temporary_path.replace(patch.path)
        print_message(f"{uid}: {patch.path} is changed")
    elif not as_json:
        print_raw(patch.diff)
    for note in patch.notes:
        print_message(f"Note: {uid}: {note}")
    if patch.differences:
        text = "".join(f"\n  {difference}" for difference in patch.differences)
        print_error(
            f"{uid}: no place in {patch.path} was found for:{text}\n"
            f"Tip: {OTHER_WAYS.format(uid=uid)}"
        )
