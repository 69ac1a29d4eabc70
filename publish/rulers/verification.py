"""Proof that a ruler evaluates what was published: every group is loaded, and failed nowhere.

A group that is evaluated less often than once a minute is not waited for once it is loaded.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tailboard.panels.duration import parse_duration
from tailboard.publish.rulers.loaded_group import is_former_version, is_group_loaded
from tailboard.publish.rulers.plan import GroupItem
from tailboard.publish.rulers.rule_group import RuleGroup
from tailboard.publish.rulers.ruler import HEALTHY, GroupStatuses, Ruler, RuleStatus

POLL_PAUSE = 1.0
"""Seconds between two looks at what the server has loaded."""

MAX_AWAITED_INTERVAL = 60.0
"""Seconds between two evaluations of a group, up to which its first one is waited for."""

MAX_ERRORS = 3
MAX_ERROR_HEAD, MAX_ERROR_TAIL = 120, 240
"""How much of an error is shown: vmalert says where it asked before it says what is wrong."""


@dataclass(frozen=True)
class GroupProblem:
    """A group whose published rules are not evaluated, and why."""

    item: GroupItem
    problem: str
    tip: str


LOAD_TIP = (
    "look into the ruler's log and at how often it loads groups; publish again, or --no-verify."
)
ERROR_TIP = "look at the query there; `tailboard rollback` puts back what was there before."


def verify_groups(
    ruler: Ruler,
    items: Iterable[GroupItem],
    statuses_before: GroupStatuses,
    seconds: float,
    advance: Callable[[], None] = lambda: None,
    announce: Callable[[int], None] = lambda _: None,
) -> list[GroupProblem]:
    """Wait until each group is loaded and evaluated; what is wrong with others.

    `advance` is called for each group that is done, `announce` with the number of those that are
    waited for, where any is.
    """
    pending_items = {item.title: item for item in items if item.desired}
    problems: list[GroupProblem] = []
    reasons: dict[str, str] = {}
    is_announced = False
    deadline = time.monotonic() + seconds
    while pending_items:
        statuses = ruler.fetch_statuses()
        if statuses is None:
            reason = "what the server has loaded cannot be read"
            return problems + [
                GroupProblem(item, reason, LOAD_TIP) for item in pending_items.values()
            ]
        for name, item in list(pending_items.items()):
            rules = statuses.get(name, ())
            reasons[name] = _find_wait_reason(item, rules, statuses_before.get(name, ()))
            if reasons[name]:
                continue
            if errors := _list_errors(rules):
                problems.append(GroupProblem(item, errors, ERROR_TIP))
            del pending_items[name]
            advance()
        if time.monotonic() >= deadline:
            break
        if pending_items:
            if not is_announced:
                announce(len(pending_items))
                is_announced = True
            time.sleep(POLL_PAUSE)
    return problems + [
        GroupProblem(item, f"{reasons[name]} within {seconds:g} s", LOAD_TIP)
        for name, item in pending_items.items()
    ]


def _find_wait_reason(
    item: GroupItem, rules: Sequence[RuleStatus], rules_before: Sequence[RuleStatus]
) -> str:
    """What is still to come of a group; empty where every rule has a result or an error."""
    desired = item.desired
    if not rules:
        return "it was not loaded"
    if desired is None or not is_group_loaded(desired, rules):
        return "its new rules were not loaded"
    if item.live is not None and is_former_version(item.live, desired, rules, rules_before):
        return "its new queries were not loaded"
    if not all(_has_result(rule) for rule in rules) and not _is_slow(desired):
        return "it was not evaluated"
    return ""


def _has_result(rule: RuleStatus) -> bool:
    return rule.is_evaluated or bool(rule.error)


def _is_slow(group: RuleGroup) -> bool:
    interval = group.content.get("interval")
    return bool(interval) and parse_duration(str(interval)) > MAX_AWAITED_INTERVAL


def _list_errors(rules: Sequence[RuleStatus]) -> str:
    """The errors of the last evaluation, the first few."""
    errors = [
        f"{rule.name}: {_shorten_error(rule.error) or rule.health}"
        for rule in rules
        if rule.health != HEALTHY and _has_result(rule)
    ]
    remainder = [f"and {len(errors) - MAX_ERRORS} more"] if len(errors) > MAX_ERRORS else []
    return "; ".join([*errors[:MAX_ERRORS], *remainder])


def _shorten_error(error: str) -> str:
    text = " ".join(error.split())
    if len(text) <= MAX_ERROR_HEAD + MAX_ERROR_TAIL:
        return text
    return f"{text[:MAX_ERROR_HEAD]} ... {text[-MAX_ERROR_TAIL:]}"
