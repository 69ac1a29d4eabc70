"""What a publish may do beyond creating, updating and moving what is its own and untouched."""

from dataclasses import dataclass

from tailboard.publish.grafana.item import CHANGES, DashboardItem, FolderItem, Plan, State


@dataclass(frozen=True)
class Allowed:
    """`force`: overwrite what was edited by hand. `adopt`: take over what is foreign.

    `prune`: delete what was published before and is declared no more.
    """

    force: bool = False
    adopt: bool = False
    prune: bool = False


def may(item: "DashboardItem | FolderItem", allowed: Allowed) -> bool:
    """Whether publishing does something with it."""
    if item.state is State.UNCHANGED:
        return isinstance(item, DashboardItem) and item.stale
    if isinstance(item, FolderItem) and item.owner:
        return allowed.adopt
    if item.state is State.ORPHAN:
        edited = isinstance(item, DashboardItem) and item.edited
        return allowed.prune and (allowed.force or not edited)
    if item.state is State.HAND_EDITED:
        return allowed.force
    if item.state is State.FOREIGN:
        return allowed.adopt
    return item.state in CHANGES


def _folders_needed(plan: Plan, allowed: Allowed) -> set[str]:
    """The uids of declared folders that dashboards go into, and of those around them."""
    declared = {it.uid: it.wanted for it in plan.folders if it.wanted}
    found: set[str] = set()
    for item in plan.dashboards:
        uid = item.folder if may(item, allowed) else ""
        while uid in declared and uid not in found:
            found.add(uid)
            uid = declared[uid].parent
    return found


def touched(plan: Plan, allowed: Allowed) -> Plan:
    """The part of a plan that changes anything: no folder is made that nothing goes into."""
    needed = _folders_needed(plan, allowed)
    folders = tuple(
        it
        for it in plan.folders
        if may(it, allowed) and (it.state is not State.CREATE or it.uid in needed)
    )
    return Plan(folders, tuple(it for it in plan.dashboards if may(it, allowed)))


OF_DASHBOARD = {
    State.HAND_EDITED: "keep the edit with `tailboard pull UID`, or overwrite it with --force.",
    State.FOREIGN: "take it over with --adopt, or give yours another uid.",
    State.BLOCKED: "take it away from who manages it, or give yours another uid.",
    State.ORPHAN: "delete it with --prune, or declare it again.",
}
OF_FOLDER = {
    State.HAND_EDITED: "declare it so, or publish with --force to have it back.",
    State.BLOCKED: "take it away from who manages it, or declare another folder.",
    State.ORPHAN: "delete it with --prune, if it holds nothing.",
}


def how(item: "DashboardItem | FolderItem") -> str:
    """What to do about something that publishing leaves alone; nothing, where it is as declared."""
    if item.tip:
        return item.tip
    if isinstance(item, FolderItem):
        return OF_FOLDER.get(item.state, "")
    if item.state is State.ORPHAN and item.edited:
        return "delete it with --prune --force, or declare it again."
    return OF_DASHBOARD.get(item.state, "")
