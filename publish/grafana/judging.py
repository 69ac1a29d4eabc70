"""What publishing would do with one dashboard or one folder: from what is declared and stored."""

from collections.abc import Callable

from tailboard.publish.grafana.api import ROOT, Document, Stored, StoredFolder, Wanted
from tailboard.publish.grafana.difference import differences
from tailboard.publish.grafana.folders import Folder
from tailboard.publish.grafana.item import DashboardItem, FolderItem, State
from tailboard.publish.grafana.marker import mark_of
from tailboard.publish.grafana.noise import FORM, checksum

Preview = Callable[[], Document]
"""The document as the server would store it; only asked for where there is something to compare."""

SEE_FOLDER = "give the service account the permission Edit (View, to plan only) on that folder."
MAKE_FOLDER = "look at the uid, make that folder, or give the service account Edit on it."


def judged(wanted: Wanted, stored: Stored | None, preview: Preview) -> DashboardItem:
    """What publishing would do with a dashboard that is declared."""
    title = str(wanted.document["title"])
    if stored is None:
        return DashboardItem(wanted.uid, title, State.CREATE, folder=wanted.folder, wanted=wanted)
    same = bool(stored.blocked) or _is_as_published(wanted, stored)
    found = () if same else tuple(differences(stored.document, preview()))
    state, why = _state(wanted, stored, changed=bool(found))
    signed = stored.signed and stored.mark == mark_of(wanted.document)
    stale = state is State.UNCHANGED and not signed
    return DashboardItem(wanted.uid, title, state, why, found, wanted.folder, wanted, stored, stale)


def _state(wanted: Wanted, stored: Stored, *, changed: bool) -> tuple[State, str]:
    """What to do with a dashboard that is there, and why."""
    moved = stored.folder != wanted.folder
    if stored.blocked:
        return State.BLOCKED, stored.blocked
    if stored.owner != wanted.owner:
        return State.FOREIGN, _whose(stored)
    if changed and is_edited(stored):
        return State.HAND_EDITED, _by_hand(stored)
    if moved and is_moved_by_hand(stored):
        return State.HAND_EDITED, f"moved by hand{_who(stored)}"
    if changed:
        return State.UPDATE, ""
    return (State.MOVE if moved else State.UNCHANGED), ""


def orphaned(stored: Stored) -> DashboardItem:
    """What was published before, and is declared no more."""
    edited = is_edited(stored) or is_moved_by_hand(stored)
    why = stored.blocked or "declared no more"
    if edited:
        why = f"{why}, and {_by_hand(stored)}"
    state = State.BLOCKED if stored.blocked else State.ORPHAN
    return DashboardItem(
        stored.uid, stored.title, state, why, folder=stored.folder, stored=stored, edited=edited
    )


def unreadable(uid: str, title: str, folder: str = ROOT) -> DashboardItem:
    """A dashboard that the credentials may not read."""
    return DashboardItem(
        uid,
        title,
        State.BLOCKED,
        "the credentials may not read it (403): dashboards:read is missing on it or its folder",
        folder=folder,
        tip="give the service account the permission Edit (View, to plan only) on that dashboard "
        "or its folder, or give yours another uid.",
    )


def unseen(wanted: Folder, *, within: bool) -> FolderItem:
    """A folder that is there, or `within` one that is, which the credentials may not see."""
    what = "it lies in a folder that" if within else "it is there, and"
    return FolderItem(
        wanted.uid,
        wanted.title,
        State.BLOCKED,
        f"{what} the credentials may not see (403): folders:read is missing",
        wanted,
        tip=SEE_FOLDER,
    )


def judged_folder(wanted: Folder, stored: StoredFolder | None) -> FolderItem:
    """What publishing would do with a folder that dashboards are declared to lie in."""

    def item(state: State, why: str = "", tip: str = "") -> FolderItem:
        title = wanted.title or (stored.title if stored else wanted.uid)
        return FolderItem(wanted.uid, title, state, why, wanted, stored, tip)

    if wanted.given:
        missing = "there is no folder of this uid, or the credentials may not see it"
        return item(State.UNCHANGED) if stored else item(State.BLOCKED, missing, MAKE_FOLDER)
    if stored is None:
        return item(State.CREATE)
    if stored.blocked:
        return item(State.BLOCKED, stored.blocked)
    if stored.title != wanted.title:
        return item(State.HAND_EDITED, f"renamed by hand to {stored.title!r}")
    if stored.parent != wanted.parent:
        return item(State.HAND_EDITED, "moved by hand to another folder")
    return item(State.UNCHANGED)


def is_edited(stored: Stored) -> bool:
    """Whether somebody has changed the document since we published it.

    Where the server itself says that nobody has, it is believed: a newer Grafana may show a
    document in another form than it was published in. Where it does not, a checksum that another
    version of us made tells nothing, and the document is left to whoever may have edited it.
    """
    if stored.mark is None:
        return True
    told = stored.mark.form == FORM and checksum(stored.bare) == stored.mark.checksum
    return not (stored.untouched or told)


def is_moved_by_hand(stored: Stored) -> bool:
    """Whether somebody has moved the dashboard since we published it."""
    return stored.mark is not None and stored.mark.folder != stored.folder


def _is_as_published(wanted: Wanted, stored: Stored) -> bool:
    """Whether what was published last is what is declared now, and nobody has changed it."""
    declared = mark_of(wanted.document)
    same = stored.mark and declared and stored.mark.checksum == declared.checksum
    return bool(same) and not is_edited(stored)


def _whose(stored: Stored) -> str:
    if stored.owner:
        return f"published by tailboard for another owner, {stored.owner!r}"
    saved = _who(stored)
    return f"not published by tailboard{f', last saved{saved}' if saved else ''}"


def _by_hand(stored: Stored) -> str:
    """Who edited it; of a newer schema we only read what an older one can say."""
    if stored.mark and stored.mark.form != FORM:
        return f"perhaps edited by hand: another version of tailboard published it{_who(stored)}"
    lossy = f", in Grafana's schema {stored.schema}, which pull reads with losses"
    return f"edited by hand{_who(stored)}{lossy if stored.schema else ''}"


def _who(stored: Stored) -> str:
    who = f" by {stored.by}" if stored.by else ""
    return f"{who}{f' at {stored.at}' if stored.at else ''}"
