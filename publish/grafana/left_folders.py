"""Folders that tailboard made for another owner, and that adopting leaves with nothing in them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tailboard.publish.grafana.api import Api, ForbiddenError, RefusedError, StoredFolder
from tailboard.publish.grafana.folders import depth, prefix
from tailboard.publish.grafana.item import DashboardItem, FolderItem, State

TIP = "publish with --adopt --prune, or delete it in the browser once it is empty."


def left_folders(
    api: Api, items: Iterable[DashboardItem], there: Mapping[str, StoredFolder]
) -> list[FolderItem]:
    """The folders that hold nothing but what adopting these items moves out, inner ones first."""
    leaving: Counter[str] = Counter()
    around: Counter[str] = Counter()
    owners: dict[str, str] = {}
    for item in items:
        for place, uid in enumerate(_places(item, there)):
            leaving[uid] += place == 0
            around[uid] += 1
            owners[uid] = item.stored.owner if item.stored else ""
    left: list[FolderItem] = []
    for uid in sorted(owners, key=lambda it: (-depth(there[it], there), it)):
        below = [it.uid for it in left if uid in _line(it.uid, there)]
        direct = sum(there[it].parent == uid for it in below)
        may_hold = {"dashboard": {leaving[uid], around[uid]}, "folder": {direct, len(below)}}
        if not there[uid].blocked and _holds_only(api, uid, may_hold):
            left.append(_left(there[uid], owners[uid]))
    return left


def _places(item: DashboardItem, there: Mapping[str, StoredFolder]) -> Iterator[str]:
    """The folders of its owner around a dashboard that adopting moves away, innermost first."""
    stored = item.stored
    if item.state is not State.FOREIGN or stored is None or not stored.owner:
        return
    if stored.folder != item.folder:
        made = prefix(stored.owner)
        yield from (it for it in _line(stored.folder, there) if it.startswith(made))


def _line(uid: str, there: Mapping[str, StoredFolder]) -> list[str]:
    """A folder and those around it, innermost first."""
    found: list[str] = []
    while uid in there and uid not in found:
        found.append(uid)
        uid = there[uid].parent
    return found


def _holds_only(api: Api, uid: str, may_hold: Mapping[str, set[int]]) -> bool:
    """Whether a folder holds these and no more; some servers count what lies deeper, some do not.

    Only for what a plan says: a folder is looked into again before it is deleted.
    """
    try:
        held = api.holds(uid)
    except (ForbiddenError, RefusedError):
        return False
    expected = all(held.get(kind, 0) in counts for kind, counts in may_hold.items())
    return expected and not held.keys() - may_hold.keys()


def _left(folder: StoredFolder, owner: str) -> FolderItem:
    why = f"made for the owner {owner!r}, and empty once its dashboards are adopted"
    return FolderItem(
        folder.uid, folder.title, State.ORPHAN, why, stored=folder, tip=TIP, owner=owner
    )
