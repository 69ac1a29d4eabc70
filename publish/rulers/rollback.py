"""Undo what a run did to rule groups: each one that it touched gets back what it was before."""

from tailboard.publish.plan.item import State
from tailboard.publish.rulers.difference import describe_group_differences
from tailboard.publish.rulers.plan import GroupItem
from tailboard.publish.rulers.rule_group import RuleGroup
from tailboard.publish.rulers.ruler import Ruler
from tailboard.publish.rulers.run_reports import GroupChange, RulesReport

EDIT_REASON = "edited since that run"
OVERWRITE_TIP = "look at it, and undo it all the same with --force."
LEAVE_TIP = "leave it to whoever owns it now."


def plan_rules_rollback(ruler: Ruler, report: RulesReport, owner: str) -> list[GroupItem]:
    """The items that put back what a run touched, but not what was edited since."""
    live_groups = ruler.fetch_groups()
    items = (
        _build_item(ruler.namespace, change, live_groups.get(change.name), owner)
        for change in report.groups
    )
    return [item for item in items if item]


def _build_item(
    namespace: str, change: GroupChange, live: RuleGroup | None, owner: str
) -> GroupItem | None:
    """What to do with one group, or None where nothing is left to do."""
    is_ours = live is not None and live.mark is not None and live.mark.owner == owner
    is_edited = live is not None and (
        live.is_edited or (bool(change.checksum) and live.checksum != change.checksum)
    )
    if change.previous is None:
        if live is None or not is_ours:
            return None
        return GroupItem(
            namespace,
            change.name,
            State.ORPHAN,
            EDIT_REASON if is_edited else "made by that run",
            live=live,
            is_edited=is_edited,
            tip=OVERWRITE_TIP if is_edited else "",
        )
    reason = "deleted since" if change.checksum else "deleted by that run"
    item = GroupItem(namespace, change.name, State.CREATE, reason, desired=change.previous)
    if live is None:
        return item
    differences = tuple(describe_group_differences(live, change.previous))
    if not differences and live.mark == change.previous.mark:
        state, reason, tip = State.UNCHANGED, "", ""
    elif differences and not is_ours:
        state, reason, tip = State.FOREIGN, "no more one of ours", LEAVE_TIP
    elif differences and is_edited:
        state, reason, tip = State.HAND_EDITED, EDIT_REASON, OVERWRITE_TIP
    else:
        state, reason, tip = State.UPDATE, "", ""
    return GroupItem(
        namespace,
        change.name,
        state,
        reason,
        differences,
        desired=change.previous,
        live=live,
        tip=tip,
    )
