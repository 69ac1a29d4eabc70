"""The plan of rule groups: every group that is declared, beside what the ruler stores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from tailboard.publish.plan.item import State, choose_advice
from tailboard.publish.rulers.difference import describe_group_differences
from tailboard.publish.rulers.rule_group import NORMAL_FORM_VERSION, JsonObject, RuleGroup, add_mark
from tailboard.publish.rulers.ruler import Ruler

TIPS = {
    State.HAND_EDITED: "carry the edit over into the definition, or overwrite it with --force.",
    State.FOREIGN: "take it over with --adopt, or name another namespace: --rules-namespace.",
    State.ORPHAN: "delete it with --prune, or declare it again.",
}
MIN_COMMON_SHARE = 0.5
"""How much of a group has to be the same for another name to be that of a renamed service."""


@dataclass(frozen=True)
class GroupItem:
    """A rule group that is declared, or was published before.

    `previous` is the group of the service's former name, which goes when this one is there.
    """

    kind: ClassVar[str] = "rule group"
    is_others: ClassVar[bool] = False
    loss: ClassVar[str] = ""

    namespace: str
    title: str
    state: State
    reason: str = ""
    differences: tuple[str, ...] = ()
    desired: RuleGroup | None = field(default=None, repr=False)
    live: RuleGroup | None = field(default=None, repr=False)
    previous: RuleGroup | None = field(default=None, repr=False)
    is_stale: bool = False
    is_edited: bool = False
    tip: str = ""

    @property
    def uid(self) -> str:
        """What it is known by among the groups of a ruler."""
        return f"{self.namespace}/{self.title}"

    @property
    def name(self) -> str:
        """How a message names it."""
        return f"rule group {self.title!r} ({self.namespace})"

    @property
    def short_name(self) -> str:
        """How a list of several names it."""
        return f"rule group {self.title!r}"

    @property
    def advice(self) -> str:
        """What to do about it where publishing leaves it alone."""
        return choose_advice(self.tip, self.state, TIPS, is_edited=self.is_edited)

    @property
    def json_fields(self) -> Mapping[str, Any]:
        """What a plan in JSON says of a group besides."""
        return {"differences": list(self.differences), "namespace": self.namespace}

    @property
    def has_recording_rules(self) -> bool:
        """Whether panels may read what it records."""
        return any(group.has_recording_rules for group in (self.desired, self.live) if group)


def plan_rules(ruler: Ruler, contents: Iterable[JsonObject], owner: str) -> list[GroupItem]:
    """What publishing would do with each group, those of the definitions in their order.

    What others have in the namespace is left out, unless a declared group has its name.
    """
    live_groups = ruler.fetch_groups()
    items = []
    for content in contents:
        desired = build_desired_group(ruler, content, owner)
        items.append(classify_group(ruler, desired, live_groups.pop(desired.name, None), owner))
    orphans = [
        _build_orphan(ruler, group)
        for group in live_groups.values()
        if group.mark and group.mark.owner == owner
    ]
    return _match_renamed_services(items, orphans)


def build_desired_group(ruler: Ruler, content: JsonObject, owner: str) -> RuleGroup:
    """A declared group in the form that the ruler will store, with its mark."""
    return add_mark(ruler.build_stored_form(content), owner)


def classify_group(
    ruler: Ruler, desired: RuleGroup, live: RuleGroup | None, owner: str
) -> GroupItem:
    """What publishing would do with a declared group, given what is stored under its name."""
    item = GroupItem(ruler.namespace, desired.name, State.CREATE, desired=desired, live=live)
    if live is None:
        return item
    mark = live.mark
    differences = tuple(describe_group_differences(live, desired))
    if mark is None or mark.owner != owner:
        reason = (
            f"published by tailboard for another owner, {mark.owner!r}"
            if mark
            else "not published by tailboard, or its mark was deleted"
        )
        return replace(item, state=State.FOREIGN, reason=reason, differences=differences)
    if not differences:
        return replace(item, state=State.UNCHANGED, is_stale=mark != desired.mark)
    if live.is_edited:
        return replace(
            item, state=State.HAND_EDITED, reason=_describe_edit(live), differences=differences
        )
    return replace(item, state=State.UPDATE, differences=differences)


def _build_orphan(ruler: Ruler, live: RuleGroup) -> GroupItem:
    reason = "declared no more"
    if live.is_edited:
        reason = f"{reason}, and {_describe_edit(live)}"
    return GroupItem(
        ruler.namespace, live.name, State.ORPHAN, reason, live=live, is_edited=live.is_edited
    )


def _describe_edit(live: RuleGroup) -> str:
    if live.mark and live.mark.form != NORMAL_FORM_VERSION:
        return "perhaps edited by hand: another version of tailboard published it"
    return "edited by hand"


def _match_renamed_services(
    items: Sequence[GroupItem], orphans: Sequence[GroupItem]
) -> list[GroupItem]:
    """The items, where a new group of the rules of an orphan takes its place.

    Two groups of the same rules would page twice for what one alert is about.
    """
    declared_services = {item.desired.service for item in items if item.desired}
    remaining_orphans = {
        orphan.title: orphan
        for orphan in orphans
        if orphan.live and orphan.live.service not in {"", *declared_services}
    }
    matched_items = []
    for item in items:
        candidates = [
            orphan
            for orphan in remaining_orphans.values()
            if item.state is State.CREATE and not orphan.is_edited and _is_renamed(orphan, item)
        ]
        if len(candidates) != 1 or candidates[0].live is None:
            matched_items.append(item)
            continue
        previous = candidates[0].live
        del remaining_orphans[candidates[0].title]
        matched_items.append(
            replace(
                item,
                state=State.MOVE,
                reason=f"in place of {previous.name!r}, of a service with another name",
                previous=previous,
            )
        )
    previous_names = {item.previous.name for item in matched_items if item.previous}
    return matched_items + [orphan for orphan in orphans if orphan.title not in previous_names]


def _is_renamed(orphan: GroupItem, item: GroupItem) -> bool:
    """Whether a group has most of the queries of another, but for the name of its service."""
    old, new = orphan.live, item.desired
    if old is None or new is None or old.name.rpartition(": ")[2] != new.name.rpartition(": ")[2]:
        return False
    old_queries, new_queries = ({*_list_queries(group)} for group in (old, new))
    return len(old_queries & new_queries) >= MIN_COMMON_SHARE * max(
        len(old_queries), len(new_queries)
    )


def _list_queries(group: RuleGroup) -> Iterable[tuple[str, str]]:
    """The names of the rules with their queries, without the name of the service."""
    for rule in group.normal_form["rules"]:
        name = rule.get("alert") or rule.get("record") or ""
        yield name, rule.get("expr", "").replace(f'"{group.service}"', '""')
