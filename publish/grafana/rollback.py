"""Undo a run: restore the state before it of every dashboard that it touched."""

import dataclasses

from tailboard.publish.grafana.api import (
    DesiredDashboard,
    ForbiddenError,
    GrafanaApi,
    LiveDashboard,
    LiveFolder,
)
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.marker import find_marker
from tailboard.publish.grafana.plan.classification import (
    build_unreadable_item,
    is_hand_moved,
)
from tailboard.publish.grafana.plan.comparison import find_loss
from tailboard.publish.grafana.plan.folders import DesiredFolder
from tailboard.publish.grafana.plan.hand_edits import find_hand_edits
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem, Plan
from tailboard.publish.grafana.run_reports import (
    DashboardChange,
    FolderChange,
    GrafanaReport,
    PreviousDashboard,
)
from tailboard.publish.parallel import run_parallel
from tailboard.publish.plan.item import State
from tailboard.publish.plan.runs import is_message_of_run

EDIT_REASON = "edited since that run"
OVERWRITE_TIP = "look at it, and undo it all the same with --force."
LEAVE_TIP = "leave it to whoever owns it now, or put a version back in Grafana."
TIPS = {State.FOREIGN: LEAVE_TIP, State.HAND_EDITED: OVERWRITE_TIP}
"""What to do where it is not what is to be done after a publish."""

FIRST_VERSION = 1
"""The number of the version that a dashboard begins with."""


def plan_rollback(api: GrafanaApi, report: GrafanaReport, message: str) -> Plan:
    """The plan that puts back what a run touched, but not what was edited since."""
    owner = report.owner
    items = run_parallel(
        lambda change: _plan_dashboard(api, change, owner, message), report.dashboards
    )
    live_folders = api.fetch_folders()
    folders = (
        _plan_folder(change, live_folders.get(change.uid)) for change in reversed(report.folders)
    )
    return Plan(tuple(item for item in folders if item), tuple(item for item in items if item))


def _plan_folder(change: FolderChange, live: LiveFolder | None) -> FolderItem | None:
    """A folder that the run made is deleted, if it is empty; one that it deleted is made."""
    uid, title = change.uid, change.title
    if change.is_deleted and not live:
        desired = DesiredFolder(uid, title, change.parent)
        return FolderItem(uid, title, State.CREATE, "deleted by that run", desired)
    if live and not change.is_deleted:
        return FolderItem(uid, title, State.ORPHAN, "made by that run", live=live)
    return None


def fetch_grafana_report(api: GrafanaApi, run: str, server: str, owner: str) -> GrafanaReport:
    """What a run touched, as far as the server's own history of our dashboards tells."""
    changes = [
        change
        for change in run_parallel(
            lambda change: _find_dashboard_change(api, change, run),
            api.fetch_owned_dashboards(owner),
        )
        if change
    ]
    lost_titles = tuple(change for change in changes if isinstance(change, str))
    return GrafanaReport(
        server,
        owner,
        tuple(change for change in changes if isinstance(change, DashboardChange)),
        lost_titles=lost_titles,
    )


def _find_dashboard_change(
    api: GrafanaApi, live: LiveDashboard, run: str
) -> DashboardChange | str | None:
    """A dashboard before the oldest version that the run made of it.

    Its title, where there was something before that the server keeps no more.
    """
    versions = list(api.fetch_versions(live.uid))
    positions = [
        position
        for position, version in enumerate(versions)
        if is_message_of_run(version.message, run)
    ]
    if not positions:
        return None
    newest_version, oldest_position = versions[positions[0]], positions[-1]
    marker = find_marker(newest_version.document)
    previous = None
    if oldest_position + 1 < len(versions):
        older_version = versions[oldest_position + 1]
        if older_version.conversion_error:
            return live.title
        folder = live.folder if older_version.folder is None else older_version.folder
        previous = PreviousDashboard(older_version.document, folder, older_version.owner)
    elif versions[oldest_position].number > FIRST_VERSION:
        return live.title
    return DashboardChange(live.uid, live.title, previous, marker.checksum if marker else "")


def _plan_dashboard(
    api: GrafanaApi, change: DashboardChange, owner: str, message: str
) -> DashboardItem | None:
    """Plan the rollback of one dashboard from its present state."""
    try:
        return _build_item(api, change, api.fetch_dashboard(change.uid), owner, message)
    except ForbiddenError:
        return build_unreadable_item(change.uid, change.title)


def _build_item(
    api: GrafanaApi,
    change: DashboardChange,
    live: LiveDashboard | None,
    owner: str,
    message: str,
) -> DashboardItem | None:
    """What to do with one dashboard, or None where nothing is left to do."""
    is_edited = live is not None and _is_edited_since(api, change, live)
    if change.previous is None:
        if live is None or live.owner != owner:
            return None
        return DashboardItem(
            change.uid,
            change.title,
            State.ORPHAN,
            EDIT_REASON if is_edited else "made by that run",
            folder=live.folder,
            live=live,
            is_edited=is_edited,
            tip=OVERWRITE_TIP if is_edited else "",
        )
    document, folder = change.previous.document, change.previous.folder
    marker = find_marker(document)
    desired = DesiredDashboard(
        change.uid,
        document,
        folder,
        marker.owner if marker else change.previous.owner,
        message,
        has_valid_marker=False,
        is_checked=False,
    )
    differences = tuple(describe_differences(live.document, document)) if live else ()
    if live and differences and live.owner != owner:
        state, reason = State.FOREIGN, "no more one of ours"
    else:
        state, reason = _classify_state(
            change.previous, live, has_differences=bool(differences), is_edited=is_edited
        )
        if state is State.CREATE and not change.checksum:
            reason = "deleted by that run"
    item = DashboardItem(
        change.uid, change.title, state, reason, differences, folder, desired, live
    )
    loss = find_loss(desired, live) if live else ""
    return dataclasses.replace(item, tip=TIPS.get(state, ""), loss=loss)


def _classify_state(
    previous: PreviousDashboard,
    live: LiveDashboard | None,
    *,
    has_differences: bool,
    is_edited: bool,
) -> tuple[State, str]:
    if live is None:
        return State.CREATE, "deleted since"
    if live.block_reason:
        return State.BLOCKED, live.block_reason
    if is_edited and (has_differences or live.folder != previous.folder):
        return State.HAND_EDITED, EDIT_REASON
    if has_differences or live.marker != find_marker(previous.document):
        return State.UPDATE, ""
    return (State.MOVE if live.folder != previous.folder else State.UNCHANGED), ""


def _is_edited_since(api: GrafanaApi, change: DashboardChange, live: LiveDashboard) -> bool:
    """Whether what is there is not what the run published, or not where."""
    is_same = live.marker is not None and live.marker.checksum == change.checksum
    return not is_same or is_hand_moved(live) or find_hand_edits(api, live).is_edited
