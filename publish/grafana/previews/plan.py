"""The plan of a preview: its copies to store, and those of ended previews to delete."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from math import inf

from tailboard.publish.grafana.api import (
    DesiredDashboard,
    ForbiddenError,
    GrafanaApi,
    LiveDashboard,
    LiveFolder,
)
from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.plan.classification import build_unreadable_item, classify_folder
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem, Plan
from tailboard.publish.grafana.previews.mark import find_preview_mark, strip_preview_mark
from tailboard.publish.grafana.previews.preview import Preview, find_preview_of_folder
from tailboard.publish.parallel import run_parallel
from tailboard.publish.plan.item import State

FOREIGN_TIP = "look whose it is, and give the preview another name."
BLOCKED_TIP = "delete it in the browser."


@dataclasses.dataclass(frozen=True)
class Expiry:
    """Which previews are old: those that were published last before a time."""

    time: float

    def is_old(self, last_time: float) -> bool:
        """Whether a preview of that time has ended."""
        return last_time < self.time


def plan_preview(
    api: GrafanaApi,
    preview: Preview,
    copies: Sequence[DesiredDashboard],
    expiry: Expiry | None = None,
    advance: Callable[[], None] = lambda: None,
    *,
    other_names: Collection[str] = (),
) -> Plan:
    """Plan to have these copies and no others of a preview, and none of others that are old.

    Without copies the preview is removed with its folder, if that holds nothing else; so are those
    of the same owner with other names. `advance` is called after each copy.
    """
    live_folders = api.fetch_folders()
    live_copies = {live.uid: live for live in api.fetch_previews(preview.owner)}

    def plan_listed_copy(desired: DesiredDashboard) -> DashboardItem:
        live = live_copies.get(desired.uid)
        item = _build_copy_item(desired, live) if live else plan_copy(api, desired)
        advance()
        return item

    items = run_parallel(plan_listed_copy, copies)
    copy_uids = {desired.uid for desired in copies}
    ended_previews = {Preview(name, preview.owner) for name in other_names} - {preview}
    if not copies:
        ended_previews.add(preview)
    if expiry:
        ended_previews |= _find_old_previews(
            api, expiry, preview, live_copies.values(), live_folders
        )
    for uid, live in live_copies.items():
        live_preview = _find_preview(live)
        if uid not in copy_uids and live_preview in {preview, *ended_previews}:
            items.append(_build_ended_item(live, preview, other_names))
    folder_items = (
        [classify_folder(preview.folder, live_folders.get(preview.folder.uid))] if copies else []
    )
    folder_items += [
        FolderItem(folder.uid, folder.title, State.ORPHAN, "the preview has ended", live=folder)
        for folder in (live_folders.get(ended.folder.uid) for ended in ended_previews)
        if folder
    ]
    return Plan(tuple(folder_items), tuple(sorted(items, key=lambda item: item.uid)))


def plan_copy(api: GrafanaApi, desired: DesiredDashboard) -> DashboardItem:
    """What publishing a preview would do with one of its copies."""
    try:
        live = api.fetch_dashboard(desired.uid)
    except ForbiddenError:
        return build_unreadable_item(desired.uid, str(desired.document["title"]), desired.folder)
    return _build_copy_item(desired, live)


def _build_copy_item(desired: DesiredDashboard, live: LiveDashboard | None) -> DashboardItem:
    state, reason, tip = _classify_copy(desired, live)
    return DashboardItem(
        desired.uid,
        str(desired.document["title"]),
        state,
        reason,
        folder=desired.folder,
        desired=desired,
        live=live,
        is_stale=state is State.UNCHANGED
        and live is not None
        and find_preview_mark(live.document) != find_preview_mark(desired.document),
        tip=tip,
    )


def _classify_copy(desired: DesiredDashboard, live: LiveDashboard | None) -> tuple[State, str, str]:
    """What to do with a copy, why, and a tip where nothing is done."""
    if live is None:
        return State.CREATE, "", ""
    mark, desired_mark = live.preview_mark, find_preview_mark(desired.document)
    if (
        mark is None
        or desired_mark is None
        or (mark.owner, mark.preview)
        != (
            desired_mark.owner,
            desired_mark.preview,
        )
    ):
        return State.FOREIGN, "it is no copy of this preview", FOREIGN_TIP
    if live.block_reason:
        return State.BLOCKED, live.block_reason, BLOCKED_TIP
    is_untouched = (
        live.is_untouched or compute_checksum(strip_preview_mark(live.document)) == mark.checksum
    )
    if mark.checksum != desired_mark.checksum or not is_untouched:
        return State.UPDATE, "", ""
    return (State.UNCHANGED if live.folder == desired.folder else State.MOVE), "", ""


def _find_preview(live: LiveDashboard) -> Preview | None:
    mark = live.preview_mark
    return Preview(mark.preview, mark.owner) if mark else None


def _build_ended_item(
    live: LiveDashboard, preview: Preview, other_names: Collection[str]
) -> DashboardItem:
    live_preview = _find_preview(live)
    reason = "its preview is old"
    if live_preview == preview:
        reason = "needed no more"
    elif live_preview and live_preview.name in other_names:
        reason = "its preview has ended"
    return DashboardItem(live.uid, live.title, State.ORPHAN, reason, folder=live.folder, live=live)


def _find_old_previews(
    api: GrafanaApi,
    expiry: Expiry,
    current_preview: Preview,
    live_copies: Iterable[LiveDashboard],
    live_folders: Mapping[str, LiveFolder],
) -> set[Preview]:
    """The previews of the owner that were published last too long ago.

    Of one without a copy, as of a run that was interrupted, its folder tells the time.
    """
    last_times: dict[Preview, float] = {}
    for live in live_copies:
        mark = live.preview_mark
        if mark:
            live_preview = Preview(mark.preview, mark.owner)
            last_times[live_preview] = max(mark.time, last_times.get(live_preview, 0))
    for folder in live_folders.values():
        folder_preview = find_preview_of_folder(folder.uid, folder.title)
        if (
            folder_preview
            and folder_preview.owner == current_preview.owner
            and folder_preview not in last_times
        ):
            last_times[folder_preview] = _parse_time(api.fetch_folder_time(folder.uid))
    return {
        old_preview
        for old_preview, last_time in last_times.items()
        if old_preview != current_preview and expiry.is_old(last_time)
    }


def _parse_time(text: str) -> float:
    """The seconds since 1970 of a time in ISO 8601; the end of time for any other text."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return inf
