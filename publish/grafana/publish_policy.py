"""What a publish may do beyond creating, updating and moving what is its own and untouched."""

from dataclasses import dataclass

from tailboard.publish.grafana.plan_items import (
    CHANGE_STATES,
    DashboardItem,
    FolderItem,
    Plan,
    State,
)


@dataclass(frozen=True)
class PublishPolicy:
    """`force`: overwrite what was edited by hand. `adopt`: take over what is foreign.

    `prune`: delete what was published before and is declared no more.
    """

    force: bool = False
    adopt: bool = False
    prune: bool = False


def is_permitted(item: "DashboardItem | FolderItem", policy: PublishPolicy) -> bool:
    """Whether publishing does something with it."""
    if item.state is State.UNCHANGED:
        return isinstance(item, DashboardItem) and item.is_stale
    if isinstance(item, FolderItem) and item.owner:
        return policy.adopt
    if item.state is State.ORPHAN:
        is_edited = isinstance(item, DashboardItem) and item.is_edited
        return policy.prune and (policy.force or not is_edited)
    if item.state is State.HAND_EDITED:
        return policy.force
    if item.state is State.FOREIGN:
        return policy.adopt
    return item.state in CHANGE_STATES


def _find_needed_folders(plan: Plan, policy: PublishPolicy) -> set[str]:
    """The uids of declared folders that dashboards go into, and of those around them."""
    desired_folders = {item.uid: item.desired for item in plan.folders if item.desired}
    folder_uids: set[str] = set()
    for item in plan.dashboards:
        uid = item.folder if is_permitted(item, policy) else ""
        while uid in desired_folders and uid not in folder_uids:
            folder_uids.add(uid)
            uid = desired_folders[uid].parent
    return folder_uids


def select_changes(plan: Plan, policy: PublishPolicy) -> Plan:
    """The part of a plan that changes anything: no folder is made that nothing goes into."""
    needed_uids = _find_needed_folders(plan, policy)
    folders = tuple(
        item
        for item in plan.folders
        if is_permitted(item, policy)
        and (item.state is not State.CREATE or item.uid in needed_uids)
    )
    return Plan(folders, tuple(item for item in plan.dashboards if is_permitted(item, policy)))


def strip_empty_folders(plan: Plan) -> Plan:
    """The plan without the folders that a plain publish would not make, as nothing goes into them.

    They are made where an option lets something go into them.
    """
    needed_uids = _find_needed_folders(plan, PublishPolicy())
    folders = tuple(
        item for item in plan.folders if item.state is not State.CREATE or item.uid in needed_uids
    )
    return Plan(folders, plan.dashboards)


DASHBOARD_TIPS = {
    State.HAND_EDITED: "keep the edit with `tailboard pull UID`, or overwrite it with --force.",
    State.FOREIGN: "take it over with --adopt, or give yours another uid.",
    State.BLOCKED: "take it away from who manages it, or give yours another uid.",
    State.ORPHAN: "delete it with --prune, or declare it again.",
}
FOLDER_TIPS = {
    State.HAND_EDITED: "declare it so, or publish with --force to have it back.",
    State.BLOCKED: "take it away from who manages it, or declare another folder.",
    State.ORPHAN: "delete it with --prune, if it holds nothing.",
}


def find_tip(item: "DashboardItem | FolderItem") -> str:
    """What to do about something that publishing leaves alone; nothing, where it is as declared."""
    if item.tip:
        return item.tip
    if isinstance(item, FolderItem):
        return FOLDER_TIPS.get(item.state, "")
    if item.state is State.ORPHAN and item.is_edited:
        return "delete it with --prune --force, or declare it again."
    return DASHBOARD_TIPS.get(item.state, "")
