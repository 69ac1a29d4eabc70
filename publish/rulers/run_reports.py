"""What a run did to rule groups, and what there was before, so that it can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import UNKNOWN_RESULT, Outcome, Result, format_known_result
from tailboard.publish.rulers.plan import GroupItem
from tailboard.publish.rulers.rule_group import JsonObject, RuleGroup, parse_group
from tailboard.publish.rulers.ruler import Ruler


@dataclass(frozen=True)
class GroupChange:
    """A group that a run changed: what it was before, None if it was not there.

    `checksum` is that of what the run published, empty where it deleted.
    """

    name: str
    previous: RuleGroup | None = field(repr=False)
    checksum: str = ""


@dataclass(frozen=True)
class RulesReport:
    """What a run changed in one namespace of a ruler, which it may have made (`is_new`)."""

    address: str
    namespace: str
    groups: tuple[GroupChange, ...]
    is_new: bool = False


def build_rules_entry(
    ruler: Ruler, items: Sequence[GroupItem], outcomes: Mapping[tuple[str, str], Outcome]
) -> JsonObject:
    """What a report says of the groups; without outcomes, that nobody knows what became of them."""
    entries = []
    for item in items:
        result = format_known_result(outcomes.get((item.kind, item.uid)))
        checksum = item.desired.checksum if item.desired else ""
        entries.append(_build_entry(item.title, item.live, checksum, item.state, result))
        if item.previous:
            name = item.previous.name
            entries.append(_build_entry(name, item.previous, "", State.ORPHAN, result))
    return {
        "address": ruler.address,
        "groups": entries,
        "is_new": ruler.is_new_namespace,
        "namespace": ruler.namespace,
    }


def parse_rules_report(content: Any) -> RulesReport:
    """What a report says of groups; raises errors of the shape of its content."""
    return RulesReport(
        content["address"],
        content["namespace"],
        tuple(
            GroupChange(
                entry["name"],
                parse_group(entry["before"]) if entry["before"] else None,
                entry["checksum"],
            )
            for entry in content["groups"]
            if entry["result"] in {str(Result.DONE), UNKNOWN_RESULT}
        ),
        bool(content.get("is_new")),
    )


def _build_entry(
    name: str, live: RuleGroup | None, checksum: str, state: State, result: str
) -> JsonObject:
    return {
        "before": live.content if live else None,
        "checksum": checksum,
        "did": str(state),
        "name": name,
        "result": result,
    }
