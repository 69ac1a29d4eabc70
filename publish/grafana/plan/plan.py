"""The plan: every dashboard and folder that is declared, beside what the server holds."""

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tailboard.dashboards.schema_v2.resource import find_version, is_v2_document
from tailboard.publish.errors import NotAllowedError, ServerError
from tailboard.publish.grafana.api import (
    ROOT_UID,
    ConflictError,
    DesiredDashboard,
    Document,
    ForbiddenError,
    GrafanaApi,
    LiveDashboard,
    LiveFolder,
    RefusedError,
)
from tailboard.publish.grafana.plan.classification import (
    PreviewFetcher,
    build_hidden_folder_item,
    build_schema_item,
    build_unreadable_item,
    classify_compared,
    classify_dashboard,
    classify_folder,
    classify_orphan,
)
from tailboard.publish.grafana.plan.comparison import compare_dashboard
from tailboard.publish.grafana.plan.empty_folders import find_empty_folders
from tailboard.publish.grafana.plan.folders import (
    DesiredFolder,
    build_folder_path,
    build_uid_prefix,
    count_ancestors,
)
from tailboard.publish.grafana.plan.hand_edits import find_hand_edits
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem, Plan
from tailboard.publish.grafana.plan.version_history import find_former_owner, is_restored
from tailboard.publish.parallel import run_parallel
from tailboard.publish.plan.item import State


@dataclass(frozen=True)
class LiveState:
    """What a server holds before a publish: all folders, and the dashboards of one owner."""

    folders: Mapping[str, LiveFolder]
    dashboards: Mapping[str, LiveDashboard]
    owner: str


def fetch_live_state(api: GrafanaApi, owner: str) -> LiveState:
    """What a server holds: whatever is declared, a plan compares it with this."""
    folders = api.fetch_folders()
    return LiveState(folders, {live.uid: live for live in api.fetch_owned_dashboards(owner)}, owner)


def plan_publish(
    api: GrafanaApi,
    live_state: LiveState,
    desired: Sequence[DesiredDashboard],
    desired_folders: Mapping[str, DesiredFolder],
    advance: Callable[[], None] = lambda: None,
) -> Plan:
    """Plan to publish dashboards into folders; `advance` is called after each dashboard."""
    live_folders, live_dashboards = live_state.folders, live_state.dashboards
    folder_items = _plan_folders(api, desired_folders, live_folders)
    blocked_folders = {item.uid: item for item in folder_items if item.state is State.BLOCKED}
    all_folders: dict[str, DesiredFolder | LiveFolder] = {**live_folders, **desired_folders}
    paths = {uid: build_folder_path(uid, all_folders) for uid in all_folders}

    def classify_desired(desired_dashboard: DesiredDashboard) -> DashboardItem:
        try:
            item = plan_dashboard(
                api, desired_dashboard, live_dashboards.get(desired_dashboard.uid)
            )
        except ForbiddenError:
            item = build_unreadable_item(
                desired_dashboard.uid,
                str(desired_dashboard.document["title"]),
                desired_dashboard.folder,
            )
        advance()
        return _describe_location(_block_item(item, blocked_folders), paths)

    desired_uids = {dashboard.uid for dashboard in desired}
    items = [
        *run_parallel(classify_desired, desired),
        *run_parallel(
            lambda live: classify_orphan(
                live, is_content_edited=find_hand_edits(api, live).is_edited
            ),
            [live for uid, live in live_dashboards.items() if uid not in desired_uids],
        ),
    ]
    folder_items += _find_orphan_folders(live_folders, desired_folders, live_state.owner)
    folder_items += find_empty_folders(
        api,
        items,
        {uid: folder for uid, folder in live_folders.items() if uid not in desired_folders},
    )
    items = _resolve_editor_names(api, items)
    return Plan(tuple(folder_items), tuple(sorted(items, key=lambda item: item.uid)))


def _plan_folders(
    api: GrafanaApi,
    desired_folders: Mapping[str, DesiredFolder],
    live_folders: Mapping[str, LiveFolder],
) -> list[FolderItem]:
    """What publishing would do with each folder; in one that is not seen, none is made."""
    items: list[FolderItem] = []
    hidden_uids: set[str] = set()
    for uid, folder in desired_folders.items():
        item = classify_folder(folder, live_folders.get(uid))
        is_nested = folder.parent in hidden_uids
        if item.state is State.CREATE and (is_nested or api.is_folder_hidden(uid)):
            hidden_uids.add(uid)
            item = build_hidden_folder_item(folder, is_nested=is_nested)
        items.append(item)
    return items


def plan_dashboard(
    api: GrafanaApi, desired: DesiredDashboard, listed_dashboard: LiveDashboard | None = None
) -> DashboardItem:
    """What publishing would do with a dashboard; what was listed may have changed since."""
    for candidate in (listed_dashboard, None):
        live = candidate or api.fetch_dashboard(desired.uid)
        with contextlib.suppress(ConflictError):
            return _plan_read_dashboard(
                api, desired, live, functools.partial(_fetch_preview, api, desired, live)
            )
    live = api.fetch_dashboard(desired.uid)
    return _plan_read_dashboard(api, desired, live, lambda: desired.document)


def _plan_read_dashboard(
    api: GrafanaApi,
    desired: DesiredDashboard,
    live: LiveDashboard | None,
    fetch_preview: PreviewFetcher,
) -> DashboardItem:
    """What publishing would do with a dashboard, given what is stored."""
    if problem := _find_schema_problem(api, desired, live):
        return build_schema_item(desired, live, problem)
    if live and _is_owner_possibly_lost(api, live):
        live = dataclasses.replace(live, manager_owner=find_former_owner(api, live.uid))
    if live is None or not (is_v2_document(desired.document) or is_v2_document(live.document)):
        return _classify_restored(api, classify_dashboard(desired, live, fetch_preview))
    comparison = compare_dashboard(api, desired, live, fetch_preview)
    return classify_compared(desired, live, comparison)


def _is_owner_possibly_lost(api: GrafanaApi, live: LiveDashboard) -> bool:
    """Whether the history of a dashboard of nobody may say whose it was.

    The classic API is not used for that: an old Grafana lists a history without documents.
    """
    is_unowned = not live.owner and not live.block_reason
    return is_unowned and live.version > 1 and bool(api.schema_versions.offered)


def _find_schema_problem(
    api: GrafanaApi, desired: DesiredDashboard, live: LiveDashboard | None
) -> str:
    """Why a dashboard cannot be written in its schema, or not over what is stored; else empty."""
    if is_v2_document(desired.document):
        version = find_version(desired.document)
        is_offered = version in api.schema_versions.offered
        return "" if is_offered else f"this Grafana does not store schema {version}"
    if live and live.conversion_error and is_v2_document(live.document):
        return f"Grafana cannot convert it to schema v1: {live.conversion_error}"
    return ""


def _classify_restored(api: GrafanaApi, item: DashboardItem) -> DashboardItem:
    """An update that would undo what somebody put back is one of a hand edit."""
    live = item.live
    if item.state is not State.UPDATE or live is None or live.is_untouched:
        return item
    try:
        is_older_version = is_restored(api, live)
    except NotAllowedError:  # who may only read may not see a history, and can publish nothing
        return item
    if not is_older_version:
        return item
    reason = "an earlier version was put back by hand"
    return dataclasses.replace(item, state=State.HAND_EDITED, reason=reason)


def _fetch_preview(
    api: GrafanaApi, desired: DesiredDashboard, live: LiveDashboard | None
) -> Document:
    """The document in the server's stored form; unchanged where the server would refuse it."""
    try:
        return api.preview_document(desired, live)
    except (NotAllowedError, RefusedError):
        return desired.document
    except ServerError as error:
        if not error.is_uncertain:
            raise
        return api.preview_document(desired, live)


def _resolve_editor_names(api: GrafanaApi, items: Sequence[DashboardItem]) -> list[DashboardItem]:
    """Items that say who edited them by name; the newer API only knows identities."""
    identities = {
        item.live.editor
        for item in items
        if item.live and item.live.editor and item.live.editor in item.reason
    }
    names = dict(zip(identities, run_parallel(api.fetch_user_name, identities), strict=True))
    return [
        dataclasses.replace(
            item, reason=item.reason.replace(item.live.editor, names[item.live.editor])
        )
        if item.live and item.live.editor in names
        else item
        for item in items
    ]


def _block_item(item: DashboardItem, blocked_folders: Mapping[str, FolderItem]) -> DashboardItem:
    """A dashboard whose folder cannot be had cannot be published either."""
    if item.folder not in blocked_folders or item.state is State.BLOCKED:
        return item
    folder = blocked_folders[item.folder]
    reason = f"its folder {folder.title!r}: {folder.reason}"
    return dataclasses.replace(item, state=State.BLOCKED, reason=reason, tip=folder.advice)


def _describe_location(item: DashboardItem, paths: Mapping[str, str]) -> DashboardItem:
    """A dashboard that is new or moves says where it will lie."""
    destination = paths.get(item.folder, item.folder) or "no folder"
    if item.state is State.CREATE and item.folder:
        return dataclasses.replace(item, reason=f"in {destination}")
    if item.live is None or item.live.folder == item.folder:
        return item
    if item.folder == ROOT_UID:
        destination = f"{destination}, where Grafana 12 shows what is moved there to admins only"
    origin = paths.get(item.live.folder, item.live.folder) or "no folder"
    if origin == destination:
        origin, destination = f"{origin} ({item.live.folder})", f"{destination} ({item.folder})"
    move = f"from {origin} to {destination}"
    return dataclasses.replace(item, reason=", ".join(part for part in (item.reason, move) if part))


def _find_orphan_folders(
    live_folders: Mapping[str, LiveFolder], desired_folders: Mapping[str, DesiredFolder], owner: str
) -> list[FolderItem]:
    """Folders that we made and need no more, inner ones first."""
    folders = [
        folder
        for uid, folder in live_folders.items()
        if uid.startswith(build_uid_prefix(owner)) and uid not in desired_folders
    ]
    folders.sort(key=lambda folder: (-count_ancestors(folder, live_folders), folder.uid))
    return [
        FolderItem(folder.uid, folder.title, State.ORPHAN, "needed no more", live=folder)
        for folder in folders
    ]
