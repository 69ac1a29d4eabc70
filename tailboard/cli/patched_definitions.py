"""A dashboard's edit in the browser as a patch of the definition that declares it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tailboard.cli.pulled_dashboards import fetch_definitions
from tailboard.cli.reports.terminal import print_error, print_json_report, print_message, print_raw
from tailboard.definitions.text_change import TextChange
from tailboard.publish.grafana.api import GrafanaApi, LiveDashboard
from tailboard.publish.grafana.plan.classification import describe_mark_change
from tailboard.publish.grafana.plan.version_history import find_former_owner
from tailboard.publish.grafana.pull import PulledDefinition, has_overlapping_panels
from tailboard.publish.grafana.server import Grafana

if TYPE_CHECKING:
    from tailboard.convert.patch.patch import Patch

ENCODING = "utf-8"
OTHER_WAYS = (
    "tailboard pull {uid} writes its JSON, which takes the place of the definition's dashboard; "
    "tailboard pull {uid} --python writes it as Python anew."
)
OVERLAP_NOTE = (
    "panels stand on others in what Grafana stores; it draws them below, and so does the "
    "definition. The plan has that as a changed layout until you publish with --force"
)
FORCE_TIP = "publish with --force: that writes the mark anew."


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
    from tailboard.definitions.load import find_definitions

    if not definitions:
        raise click.UsageError("whose definitions? Name them with --definitions.")
    paths = list(find_definitions(definitions, (".py",)))
    pulled_definitions, missing_uids = fetch_definitions(grafana, uids, owner)
    patches: dict[str, Patch] = {}
    mark_changes: dict[str, tuple[str, ...]] = {}
    refusals: dict[str, str] = {}
    texts: dict[Path, str] = {}
    for uid, pulled in pulled_definitions.items():
        patch = _find_patch(paths, texts, pulled)
        if isinstance(patch, str):
            refusals[uid] = patch
        else:
            if has_overlapping_panels(pulled.live.unmarked_document):
                patch = replace(patch, notes=(*patch.notes, OVERLAP_NOTE))
            patches[uid] = patch
            texts[patch.path] = patch.text
            mark_changes[uid] = _list_mark_changes(grafana.api, pulled.live, owner)
    for uid in missing_uids:
        print_error(f"there is no dashboard {uid}, or the credentials may not see it")
    for uid, problem in refusals.items():
        print_error(f"{uid}: no definition was patched: {problem}")
    for uid, patch in patches.items():
        _report_patch(uid, patch, mark_changes[uid], is_written=is_written, as_json=as_json)
    if as_json:
        written_paths = {patch.path for patch in patches.values() if is_written and patch.diff}
        print_json_report(
            {
                "patches": _build_patches_json(patches, mark_changes),
                "missing": missing_uids,
                "refused": refusals,
                "written": sorted(map(str, written_paths)),
            }
        )
    has_rest = any(mark_changes[uid] or patch.differences for uid, patch in patches.items())
    return 1 if has_rest or missing_uids or refusals else 0


def _build_patches_json(
    patches: "Mapping[str, Patch]", mark_changes: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    return [
        {
            "uid": uid,
            "file": str(patch.path),
            "diff": patch.diff,
            "notes": list(patch.notes),
            "differences": [*mark_changes[uid], *patch.differences],
        }
        for uid, patch in patches.items()
    ]


def _find_patch(
    paths: Sequence[Path], texts: Mapping[Path, str], pulled: PulledDefinition
) -> "Patch | str":
    """The patch of the first definition that declares a dashboard, or why there is none.

    `texts` are those of definitions that were patched for another dashboard.
    """
    from tailboard.convert.patch.patch import build_patch
    from tailboard.convert.patch.tracing import UndeclaredDashboardError
    from tailboard.panels.definition_error import DefinitionError

    mistakes: list[str] = []
    absences: list[str] = []
    for path in paths:
        try:
            text = texts[path] if path in texts else path.read_bytes().decode(ENCODING)
            return build_patch(path, text, pulled.resource)
        except UnicodeDecodeError:
            mistakes.append(f"{path} is not written in UTF-8")
        except OSError as error:
            mistakes.append(f"{path} cannot be read: {error.strerror}")
        except UndeclaredDashboardError as error:
            absences.append(str(error))
        except DefinitionError as error:
            mistakes.append(f"{path}: {error}" if str(path) not in str(error) else str(error))
    if len(absences) > 1 and not mistakes:
        return f"none of the {len(paths)} definitions declares it"
    return next(iter([*mistakes, *absences]), "there is no definition in Python")


def _list_mark_changes(api: GrafanaApi, live: LiveDashboard, owner: str) -> tuple[str, ...]:
    """What somebody did to our mark in a dashboard that we published."""
    if live.marker:
        return ()
    has_history = not live.owner and bool(api.schema_versions.offered)
    former_owner = find_former_owner(api, live.uid) if has_history else live.owner
    return describe_mark_change(live) if former_owner == owner else ()


def _report_patch(
    uid: str, patch: "Patch", mark_changes: Sequence[str], *, is_written: bool, as_json: bool
) -> None:
    if not patch.diff:
        print_message(f"{uid}: nothing of {patch.path} is to be changed")
    elif is_written:
        change = TextChange(patch.path, ENCODING, patch.old_text, patch.text)
        change.write(keeps_read_only=True)
        print_message(f"{uid}: {patch.path} is changed")
    elif not as_json:
        print_raw(patch.diff)
    for note in patch.notes:
        print_message(f"Note: {uid}: {note}")
    if differences := [*mark_changes, *patch.differences]:
        text = "".join(f"\n  {difference}" for difference in differences)
        tip = OTHER_WAYS.format(uid=uid) if patch.differences else FORCE_TIP
        print_error(f"{uid}: no place in {patch.path} was found for:{text}\nTip: {tip}")
