"""Which part of a plan changes anything in a Grafana: no folder is made that nothing goes into."""

from tailboard.publish.grafana.plan.items import Plan
from tailboard.publish.plan.item import State
from tailboard.publish.plan.policy import PublishPolicy, is_permitted


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
