"""Folders that tailboard made for another owner, and that adopting leaves with nothing in them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tailboard.publish.grafana.api import ForbiddenError, GrafanaApi, LiveFolder, RefusedError
from tailboard.publish.grafana.plan.folders import build_uid_prefix, count_ancestors
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem
from tailboard.publish.plan.item import State

TIP = "publish with --adopt --prune, or delete it in the browser once it is empty."


def find_empty_folders(
    api: GrafanaApi, items: Iterable[DashboardItem], live_folders: Mapping[str, LiveFolder]
) -> list[FolderItem]:
    """The folders that hold nothing but what adopting these items moves out, inner ones first."""
    direct_counts: Counter[str] = Counter()
    nested_counts: Counter[str] = Counter()
    owners: dict[str, str] = {}
    for item in items:
        for level, uid in enumerate(_list_source_folders(item, live_folders)):
            direct_counts[uid] += level == 0
            nested_counts[uid] += 1
            owners[uid] = item.live.owner if item.live else ""
    empty_folders: list[FolderItem] = []
    for uid in sorted(
        owners,
        key=lambda folder_uid: (
            -count_ancestors(live_folders[folder_uid], live_folders),
            folder_uid,
        ),
    ):
        inner_uids = [
            folder.uid
            for folder in empty_folders
            if uid in _list_folder_chain(folder.uid, live_folders)
        ]
        direct_folders = sum(live_folders[inner_uid].parent == uid for inner_uid in inner_uids)
        expected_counts = {
            "dashboard": {direct_counts[uid], nested_counts[uid]},
            "folder": {direct_folders, len(inner_uids)},
        }
        if not live_folders[uid].block_reason and _has_only(api, uid, expected_counts):
            empty_folders.append(_build_empty_folder_item(live_folders[uid], owners[uid]))
    return empty_folders


def _list_source_folders(
    item: DashboardItem, live_folders: Mapping[str, LiveFolder]
) -> Iterator[str]:
    """The folders of its owner around a dashboard that adopting moves away, innermost first."""
    live = item.live
    if item.state is not State.FOREIGN or live is None or not live.owner:
        return
    if live.folder != item.folder:
        uid_prefix = build_uid_prefix(live.owner)
        yield from (
            uid
            for uid in _list_folder_chain(live.folder, live_folders)
            if uid.startswith(uid_prefix)
        )


def _list_folder_chain(uid: str, live_folders: Mapping[str, LiveFolder]) -> list[str]:
    """A folder and those around it, innermost first."""
    chain: list[str] = []
    while uid in live_folders and uid not in chain:
        chain.append(uid)
        uid = live_folders[uid].parent
    return chain


def _has_only(api: GrafanaApi, uid: str, expected_counts: Mapping[str, set[int]]) -> bool:
    """Whether a folder holds these and no more; some servers count what lies deeper, some do not.

    Only for what a plan says: a folder is looked into again before it is deleted.
    """
    try:
        contents = api.count_contents(uid)
    except (ForbiddenError, RefusedError):
        return False
    is_expected = all(contents.get(kind, 0) in counts for kind, counts in expected_counts.items())
    return is_expected and not contents.keys() - expected_counts.keys()


def _build_empty_folder_item(folder: LiveFolder, owner: str) -> FolderItem:
    reason = f"made for the owner {owner!r}, and empty once its dashboards are adopted"
    return FolderItem(
        folder.uid, folder.title, State.ORPHAN, reason, live=folder, tip=TIP, owner=owner
    )
