"""What publishing would do with one dashboard or one folder: from what is declared and stored."""

from collections.abc import Callable
from dataclasses import dataclass

from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.publish.grafana.api import (
    ROOT_UID,
    DesiredDashboard,
    Document,
    LiveDashboard,
    LiveFolder,
)
from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.marker import NAME, find_marker, has_marker_variable
from tailboard.publish.grafana.documents.normalize import NORMAL_FORM_VERSION
from tailboard.publish.grafana.documents.panel_ids import describe_id_changes
from tailboard.publish.grafana.plan.folders import DesiredFolder
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem
from tailboard.publish.plan.item import State

PreviewFetcher = Callable[[], Document]
"""The document as the server would store it; only fetched where there is something to compare."""

VIEW_FOLDER_TIP = (
    "give the service account the permission Edit (View, to plan only) on that folder."
)
UNREADABLE_TIP = "leave --api out, use a newer tailboard, or repair the dashboard in Grafana."
COPY_TIP = "give yours another uid."
MARK_TIP = "publish with --force: that writes the mark anew, and all else is as declared."
V1_TIP = "keep it in schema v2 with `tailboard pull UID`, and publish that."
V2_TIP = (
    "publish to Grafana 12.4 or newer through /apis, or bring the dashboard back in schema v1 with "
    "`tailboard pull UID --schema v1`."
)
CREATE_FOLDER_TIP = "look at the uid, make that folder, or give the service account Edit on it."


@dataclass(frozen=True)
class Comparison:
    """A stored dashboard beside what is declared, and beside what was published last.

    `differences` is what publishing would change; of a hand edit in schema v2 it is what people
    did. `is_edited` is false where what is declared says the same but for the ids of panels, which
    follow their titles: nothing is lost then. `loss` is what is stored and cannot be in the schema
    of what is declared. `edit_reason` says what the hand edit is, where that is more than an edit.
    """

    differences: tuple[str, ...] = ()
    is_edited: bool = False
    loss: str = ""
    edit_reason: str = ""


def classify_dashboard(
    desired: DesiredDashboard, live: LiveDashboard | None, fetch_preview: PreviewFetcher
) -> DashboardItem:
    """What publishing would do with a declared dashboard that is stored in its own schema."""
    if live is None:
        title = str(desired.document["title"])
        return DashboardItem(
            desired.uid, title, State.CREATE, folder=desired.folder, desired=desired
        )
    is_same = bool(live.block_reason) or _is_same_as_published(desired, live)
    differences = () if is_same else tuple(describe_differences(live.document, fetch_preview()))
    is_edited = is_hand_edited(live)
    if differences and is_edited and live.marker:
        id_changes = describe_id_changes(live.document, fetch_preview())
        differences, is_edited = tuple(id_changes) or differences, not id_changes
    if live.owner == desired.owner:
        differences = (*describe_mark_change(live), *differences)
    return classify_compared(desired, live, Comparison(differences, is_edited))


def classify_compared(
    desired: DesiredDashboard, live: LiveDashboard, comparison: Comparison
) -> DashboardItem:
    """What publishing would do with a dashboard that was compared with what is stored."""
    state, reason = _classify_state(desired, live, comparison)
    is_signed = live.is_signed and live.marker == find_marker(desired.document)
    is_stale = state is State.UNCHANGED and not is_signed
    return DashboardItem(
        desired.uid,
        str(desired.document["title"]),
        state,
        reason,
        comparison.differences,
        desired.folder,
        desired,
        live,
        is_stale,
        tip=_find_tip(desired, live, comparison),
        loss=comparison.loss,
    )


def _find_tip(desired: DesiredDashboard, live: LiveDashboard, comparison: Comparison) -> str:
    """What to do about a dashboard, where that is not what is to be done in its state."""
    if live.read_problem:
        return UNREADABLE_TIP
    if _describe_preview(live):
        return COPY_TIP
    mark_change = describe_mark_change(live)
    is_mark_only = bool(mark_change) and comparison.differences == mark_change
    is_in_place = live.folder == desired.folder
    return MARK_TIP if is_mark_only and is_in_place and not comparison.loss else ""


def _describe_preview(live: LiveDashboard) -> str:
    """For which preview a dashboard is a copy; empty of any other."""
    mark = live.preview_mark
    return f"it is a copy for the preview {mark.preview!r}" if mark and not live.owner else ""


def _classify_state(
    desired: DesiredDashboard, live: LiveDashboard, comparison: Comparison
) -> tuple[State, str]:
    """What to do with a dashboard that is there, and why."""
    is_moved, has_differences = live.folder != desired.folder, bool(comparison.differences)
    if block_reason := live.block_reason or _describe_preview(live):
        return State.BLOCKED, block_reason
    if live.owner != desired.owner:
        return State.FOREIGN, _describe_ownership(live)
    if has_differences and comparison.is_edited:
        return State.HAND_EDITED, _describe_hand_edit(live, comparison.edit_reason)
    if is_moved and is_hand_moved(live):
        return State.HAND_EDITED, f"moved by hand{_describe_editor(live)}"
    if has_differences:
        return State.UPDATE, ""
    return (State.MOVE if is_moved else State.UNCHANGED), ""


def classify_orphan(live: LiveDashboard, *, is_content_edited: bool) -> DashboardItem:
    """What was published before, and is declared no more."""
    is_edited = is_content_edited or is_hand_moved(live)
    reason = live.block_reason or "declared no more"
    if is_edited:
        reason = f"{reason}, and {_describe_hand_edit(live)}"
    state = State.BLOCKED if live.block_reason else State.ORPHAN
    return DashboardItem(
        live.uid, live.title, state, reason, folder=live.folder, live=live, is_edited=is_edited
    )


def build_unreadable_item(uid: str, title: str, folder: str = ROOT_UID) -> DashboardItem:
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


def build_schema_item(
    desired: DesiredDashboard, live: LiveDashboard | None, problem: str
) -> DashboardItem:
    """A dashboard that cannot be written in the schema of its definition."""
    return DashboardItem(
        desired.uid,
        str(desired.document["title"]),
        State.BLOCKED,
        problem,
        folder=desired.folder,
        desired=desired,
        live=live,
        tip=V2_TIP if is_v2_document(desired.document) else V1_TIP,
    )


def build_hidden_folder_item(desired: DesiredFolder, *, is_nested: bool) -> FolderItem:
    """A folder that exists, or lies in one (`is_nested`), which the credentials may not see."""
    location = "it lies in a folder that" if is_nested else "it is there, and"
    return FolderItem(
        desired.uid,
        desired.title,
        State.BLOCKED,
        f"{location} the credentials may not see (403): folders:read is missing",
        desired,
        tip=VIEW_FOLDER_TIP,
    )


def classify_folder(desired: DesiredFolder, live: LiveFolder | None) -> FolderItem:
    """What publishing would do with a folder that dashboards are declared to lie in."""

    def build_item(state: State, reason: str = "", tip: str = "") -> FolderItem:
        title = desired.title or (live.title if live else desired.uid)
        return FolderItem(desired.uid, title, state, reason, desired, live, tip)

    if desired.is_external:
        missing_reason = "there is no folder of this uid, or the credentials may not see it"
        return (
            build_item(State.UNCHANGED)
            if live
            else build_item(State.BLOCKED, missing_reason, CREATE_FOLDER_TIP)
        )
    if live is None:
        return build_item(State.CREATE)
    if live.block_reason:
        return build_item(State.BLOCKED, live.block_reason)
    if live.title != desired.title:
        return build_item(State.HAND_EDITED, f"renamed by hand to {live.title!r}")
    if live.parent != desired.parent:
        return build_item(State.HAND_EDITED, "moved by hand to another folder")
    return build_item(State.UNCHANGED)


def is_hand_edited(live: LiveDashboard) -> bool:
    """Whether somebody has changed the document since we published it.

    Where the server itself says that nobody has, it is believed: a newer Grafana may show a
    document in another form than it was published in. Where it does not, a checksum that another
    version of us made tells nothing, and the document is left to whoever may have edited it.
    """
    if live.marker is None:
        return True
    has_same_checksum = (
        live.marker.form == NORMAL_FORM_VERSION
        and compute_checksum(live.unmarked_document) == live.marker.checksum
    )
    return not (live.is_untouched or has_same_checksum)


def is_hand_moved(live: LiveDashboard) -> bool:
    """Whether somebody has moved the dashboard since we published it."""
    return live.marker is not None and live.marker.folder != live.folder


def describe_mark_change(live: LiveDashboard) -> tuple[str, ...]:
    """What somebody did to our mark; nothing where it is there."""
    if live.marker:
        return ()
    change = "overwritten" if has_marker_variable(live.document) else "deleted"
    return (f"tailboard's mark, the variable {NAME!r}, was {change}",)


def _is_same_as_published(desired: DesiredDashboard, live: LiveDashboard) -> bool:
    """Whether what was published last is what is declared now, and nobody has changed it."""
    desired_marker = find_marker(desired.document)
    is_same = live.marker and desired_marker and live.marker.checksum == desired_marker.checksum
    return bool(is_same) and not is_hand_edited(live)


def _describe_ownership(live: LiveDashboard) -> str:
    if live.owner:
        return f"published by tailboard for another owner, {live.owner!r}"
    editor = _describe_editor(live)
    return f"not published by tailboard{f', last saved{editor}' if editor else ''}"


def _describe_hand_edit(live: LiveDashboard, edit_reason: str = "") -> str:
    """Who edited it, and how if that is known."""
    if live.marker and live.marker.form != NORMAL_FORM_VERSION:
        reason = "perhaps edited by hand: another version of tailboard published it"
        return f"{reason}{_describe_editor(live)}"
    if edit_reason:
        return edit_reason
    return f"edited by hand{_describe_editor(live)}"


def _describe_editor(live: LiveDashboard) -> str:
    editor = f" by {live.editor}" if live.editor else ""
    return f"{editor}{f' at {live.edit_time}' if live.edit_time else ''}"
