"""Undoing a run: every dashboard that it touched as it was before."""

import dataclasses

from tailboard.publish.at_once import at_once
from tailboard.publish.grafana.api import Api, ForbiddenError, Stored, StoredFolder, Wanted
from tailboard.publish.grafana.difference import differences
from tailboard.publish.grafana.folders import Folder
from tailboard.publish.grafana.item import DashboardItem, FolderItem, Plan, State
from tailboard.publish.grafana.judging import is_edited, is_moved_by_hand, unreadable
from tailboard.publish.grafana.marker import mark_of
from tailboard.publish.grafana.run import Before, Report, Touched, TouchedFolder, is_noted

SINCE = "edited since that run"
OVERWRITE = "look at it, and undo it all the same with --force."
LEAVE = "leave it to whoever has it now, or put a version back in Grafana."
TIPS = {State.FOREIGN: LEAVE, State.HAND_EDITED: OVERWRITE}
"""What to do where it is not what is to be done after a publish."""

FIRST = 1
"""The number of the version that a dashboard begins with."""


def undoing(api: Api, report: Report, message: str) -> Plan:
    """The plan that puts back what a run touched, but not what was edited since."""
    owner = report.owner
    items = at_once(lambda it: _asked(api, it, owner, message), report.dashboards)
    there = api.folders()
    folders = (_folder(it, there.get(it.uid)) for it in reversed(report.folders))
    return Plan(tuple(it for it in folders if it), tuple(it for it in items if it))


def _folder(touched: TouchedFolder, now: StoredFolder | None) -> FolderItem | None:
    """A folder that the run made is deleted, if it is empty; one that it deleted is made."""
    uid, title = touched.uid, touched.title
    if touched.deleted and not now:
        wanted = Folder(uid, title, touched.parent)
        return FolderItem(uid, title, State.CREATE, "deleted by that run", wanted)
    if now and not touched.deleted:
        return FolderItem(uid, title, State.ORPHAN, "made by that run", stored=now)
    return None


def from_history(api: Api, run: str, server: str, owner: str) -> Report:
    """What a run touched, as far as the server's own history of our dashboards tells."""
    found = [it for it in at_once(lambda it: _touched(api, it, run), api.ours(owner)) if it]
    lost = tuple(it for it in found if isinstance(it, str))
    return Report(
        run, server, owner, tuple(it for it in found if isinstance(it, Touched)), lost=lost
    )


def _touched(api: Api, stored: Stored, run: str) -> Touched | str | None:
    """A dashboard before the oldest version that the run made of it.

    Its title, where there was something before that the server keeps no more.
    """
    versions = list(api.history(stored.uid))
    made = [place for place, it in enumerate(versions) if is_noted(it.message, run)]
    if not made:
        return None
    newest, oldest = versions[made[0]], made[-1]
    mark = mark_of(newest.document)
    before = None
    if oldest + 1 < len(versions):
        older = versions[oldest + 1]
        folder = stored.folder if older.folder is None else older.folder
        before = Before(older.document, folder)
    elif versions[oldest].number > FIRST:
        return stored.title
    return Touched(stored.uid, stored.title, before, mark.checksum if mark else "")


def _asked(api: Api, touched: Touched, owner: str, message: str) -> DashboardItem | None:
    """What to do with one dashboard, as it is now."""
    try:
        return _item(touched, api.dashboard(touched.uid), owner, message)
    except ForbiddenError:
        return unreadable(touched.uid, touched.title)


def _item(touched: Touched, now: Stored | None, owner: str, message: str) -> DashboardItem | None:
    """What to do with one dashboard, or None where nothing is left to do."""
    edited = now is not None and _is_edited_since(touched, now)
    if touched.before is None:
        if now is None or now.owner != owner:
            return None
        return DashboardItem(
            touched.uid,
            touched.title,
            State.ORPHAN,
            SINCE if edited else "made by that run",
            folder=now.folder,
            stored=now,
            edited=edited,
            tip=OVERWRITE if edited else "",
        )
    document, folder = touched.before.document, touched.before.folder
    mark = mark_of(document)
    wanted = Wanted(
        touched.uid, document, folder, mark.owner if mark else "", message, vouched=False
    )
    found = tuple(differences(now.document, document)) if now else ()
    if now and found and now.owner != owner:
        state, why = State.FOREIGN, "no more one of ours"
    else:
        state, why = _state(touched.before, now, changed=bool(found), edited=edited)
    item = DashboardItem(touched.uid, touched.title, state, why, found, folder, wanted, now)
    return dataclasses.replace(item, tip=TIPS.get(state, ""))


def _state(before: Before, now: Stored | None, *, changed: bool, edited: bool) -> tuple[State, str]:
    if now is None:
        return State.CREATE, "deleted since"
    if now.blocked:
        return State.BLOCKED, now.blocked
    if edited and (changed or now.folder != before.folder):
        return State.HAND_EDITED, SINCE
    if changed or now.mark != mark_of(before.document):
        return State.UPDATE, ""
    return (State.MOVE if now.folder != before.folder else State.UNCHANGED), ""


def _is_edited_since(touched: Touched, now: Stored) -> bool:
    """Whether what is there is not what the run published, or not where."""
    same = now.mark is not None and now.mark.checksum == touched.checksum
    return is_edited(now) or is_moved_by_hand(now) or not same
