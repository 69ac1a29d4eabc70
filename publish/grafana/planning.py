"""The plan: every dashboard and folder that is declared, beside what the server holds."""

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence

from tailboard.publish.at_once import at_once
from tailboard.publish.errors import NotAllowedError, ServerError
from tailboard.publish.grafana.allowed import how
from tailboard.publish.grafana.api import (
    ROOT,
    Api,
    ConflictError,
    Document,
    ForbiddenError,
    RefusedError,
    Stored,
    StoredFolder,
    Wanted,
)
from tailboard.publish.grafana.folders import Folder, depth, prefix, titles_path
from tailboard.publish.grafana.item import DashboardItem, FolderItem, Plan, State
from tailboard.publish.grafana.judging import judged, judged_folder, orphaned, unreadable, unseen
from tailboard.publish.grafana.left_folders import left_folders
from tailboard.publish.grafana.restored import is_restored


def planned(
    api: Api,
    wanted: Sequence[Wanted],
    folders: Mapping[str, Folder],
    owner: str,
    done: Callable[[], None] = lambda: None,
) -> Plan:
    """What publishing these dashboards into these folders would do; `done` after each of them."""
    there = api.folders()
    folder_items = _folders(api, folders, there)
    shut = {it.uid: it for it in folder_items if it.state is State.BLOCKED}
    known: dict[str, Folder | StoredFolder] = {**there, **folders}
    paths = {uid: titles_path(uid, known) for uid in known}
    ours = {it.uid: it for it in api.ours(owner)}

    def judge(one: Wanted) -> DashboardItem:
        try:
            item = judged_now(api, one, ours.get(one.uid))
        except ForbiddenError:
            item = unreadable(one.uid, str(one.document["title"]), one.folder)
        done()
        return _placed(_shut(item, shut), paths)

    declared = {it.uid for it in wanted}
    items = [
        *at_once(judge, wanted),
        *(orphaned(it) for uid, it in ours.items() if uid not in declared),
    ]
    folder_items += _orphaned_folders(there, folders, owner)
    folder_items += left_folders(
        api, items, {uid: it for uid, it in there.items() if uid not in folders}
    )
    items = _named(api, items)
    return Plan(tuple(folder_items), tuple(sorted(items, key=lambda it: it.uid)))


def _folders(
    api: Api, wanted: Mapping[str, Folder], there: Mapping[str, StoredFolder]
) -> list[FolderItem]:
    """What publishing would do with each folder; in one that is not seen, none is made."""
    items: list[FolderItem] = []
    shut: set[str] = set()
    for uid, folder in wanted.items():
        item = judged_folder(folder, there.get(uid))
        within = folder.parent in shut
        if item.state is State.CREATE and (within or api.hides_folder(uid)):
            shut.add(uid)
            item = unseen(folder, within=within)
        items.append(item)
    return items


def judged_now(api: Api, wanted: Wanted, stored: Stored | None = None) -> DashboardItem:
    """What publishing would do with a dashboard; what was listed may have changed since."""
    for listed in (stored, None):
        found = listed or api.dashboard(wanted.uid)
        with contextlib.suppress(ConflictError):
            item = judged(wanted, found, functools.partial(_preview, api, wanted, found))
            return _restored(api, item)
    return judged(wanted, api.dashboard(wanted.uid), lambda: wanted.document)


def _restored(api: Api, item: DashboardItem) -> DashboardItem:
    """An update that would undo what somebody put back is one of a hand edit."""
    stored = item.stored
    if item.state is not State.UPDATE or stored is None or stored.untouched:
        return item
    try:
        restored = is_restored(api, stored)
    except NotAllowedError:  # who may only read may not see a history, and can publish nothing
        return item
    if not restored:
        return item
    why = "an earlier version was put back by hand"
    return dataclasses.replace(item, state=State.HAND_EDITED, why=why)


def _preview(api: Api, wanted: Wanted, stored: Stored | None) -> Document:
    """The document as the server would store it, or as it is where the server would refuse it."""
    try:
        return api.preview(wanted, stored)
    except (NotAllowedError, RefusedError):
        return wanted.document
    except ServerError as error:
        if not error.uncertain:
            raise
        return api.preview(wanted, stored)


def _named(api: Api, items: Sequence[DashboardItem]) -> list[DashboardItem]:
    """Items that say who edited them by name; the newer API only knows identities."""
    who = {it.stored.by for it in items if it.stored and it.stored.by and it.stored.by in it.why}
    names = dict(zip(who, at_once(api.who, who), strict=True))
    return [
        dataclasses.replace(it, why=it.why.replace(it.stored.by, names[it.stored.by]))
        if it.stored and it.stored.by in names
        else it
        for it in items
    ]


def _shut(item: DashboardItem, shut: Mapping[str, FolderItem]) -> DashboardItem:
    """A dashboard whose folder cannot be had cannot be published either."""
    if item.folder not in shut or item.state is State.BLOCKED:
        return item
    folder = shut[item.folder]
    why = f"its folder {folder.title!r}: {folder.why}"
    return dataclasses.replace(item, state=State.BLOCKED, why=why, tip=how(folder))


def _placed(item: DashboardItem, paths: Mapping[str, str]) -> DashboardItem:
    """A dashboard that is new or moves says where it will lie."""
    there = paths.get(item.folder, item.folder) or "no folder"
    if item.state is State.CREATE and item.folder:
        return dataclasses.replace(item, why=f"in {there}")
    if item.stored is None or item.stored.folder == item.folder:
        return item
    if item.folder == ROOT:
        there = f"{there}, where Grafana 12 shows what is moved there to admins only"
    before = paths.get(item.stored.folder, item.stored.folder) or "no folder"
    if before == there:
        before, there = f"{before} ({item.stored.folder})", f"{there} ({item.folder})"
    moved = f"from {before} to {there}"
    return dataclasses.replace(item, why=", ".join(it for it in (item.why, moved) if it))


def _orphaned_folders(
    there: Mapping[str, StoredFolder], wanted: Mapping[str, Folder], owner: str
) -> list[FolderItem]:
    """Folders that we made and need no more, inner ones first."""
    found = [it for uid, it in there.items() if uid.startswith(prefix(owner)) and uid not in wanted]
    found.sort(key=lambda it: (-depth(it, there), it.uid))
    return [FolderItem(it.uid, it.title, State.ORPHAN, "needed no more", stored=it) for it in found]
