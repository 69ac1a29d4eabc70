"""The plan: every dashboard and folder that is declared, beside what the server holds."""

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence

from publish.errors import NotAllowedError
from publish.grafana.api import (
    Api,
    ConflictError,
    Document,
    RefusedError,
    Stored,
    StoredFolder,
    Wanted,
)
from publish.grafana.at_once import at_once
from publish.grafana.folders import Folder, prefix
from publish.grafana.item import DashboardItem, FolderItem, Plan, State
from publish.grafana.judging import judged, judged_folder, orphaned


def planned(
    api: Api,
    wanted: Sequence[Wanted],
    folders: Mapping[str, Folder],
    owner: str,
    done: Callable[[], None] = lambda: None,
) -> Plan:
    """What publishing these dashboards into these folders would do; `done` after each of them."""
    there = api.folders()
    folder_items = [judged_folder(it, there.get(uid)) for uid, it in folders.items()]
    shut = {it.uid: it.why for it in folder_items if it.state is State.BLOCKED}
    ours = {it.uid: it for it in api.ours(owner)}

    def judge(one: Wanted) -> DashboardItem:
        item = judged_now(api, one, ours.get(one.uid))
        done()
        return _shut(item, shut)

    declared = {it.uid for it in wanted}
    items = [
        *at_once(judge, wanted),
        *(orphaned(it) for uid, it in ours.items() if uid not in declared),
    ]
    folder_items += _orphaned_folders(there, folders, owner)
    return Plan(tuple(folder_items), tuple(sorted(items, key=lambda it: it.uid)))


def judged_now(api: Api, wanted: Wanted, stored: Stored | None = None) -> DashboardItem:
    """What publishing would do with a dashboard; what was listed may have changed since."""
    for listed in (stored, None):
        found = listed or api.dashboard(wanted.uid)
        with contextlib.suppress(ConflictError):
            return judged(wanted, found, functools.partial(_preview, api, wanted, found))
    return judged(wanted, api.dashboard(wanted.uid), lambda: wanted.document)


def _preview(api: Api, wanted: Wanted, stored: Stored | None) -> Document:
    """The document as the server would store it, or as it is where the server would refuse it."""
    try:
        return api.preview(wanted, stored)
    except (NotAllowedError, RefusedError):
        return wanted.document


def _shut(item: DashboardItem, shut: Mapping[str, str]) -> DashboardItem:
    """A dashboard whose folder cannot be had cannot be published either."""
    if item.folder not in shut:
        return item
    why = f"its folder {item.folder!r}: {shut[item.folder]}"
    return dataclasses.replace(item, state=State.BLOCKED, why=why)


def _orphaned_folders(
    there: Mapping[str, StoredFolder], wanted: Mapping[str, Folder], owner: str
) -> list[FolderItem]:
    """Folders that we made and need no more, inner ones first."""
    found = [it for uid, it in there.items() if uid.startswith(prefix(owner)) and uid not in wanted]
    found.sort(key=lambda it: (-_depth(it, there), it.uid))
    return [FolderItem(it.uid, it.title, State.ORPHAN, "needed no more", stored=it) for it in found]


def _depth(folder: StoredFolder, there: Mapping[str, StoredFolder]) -> int:
    depth, seen = 0, {folder.uid}
    while (parent := there.get(folder.parent)) and parent.uid not in seen:
        seen.add(parent.uid)
        folder, depth = parent, depth + 1
    return depth
