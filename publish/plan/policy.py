"""What a publish may do beyond creating, updating and moving what is its own and untouched."""

from dataclasses import dataclass

from tailboard.publish.plan.item import CHANGE_STATES, PlanItem, State


@dataclass(frozen=True)
class PublishPolicy:
    """`force`: overwrite what was edited by hand. `adopt`: take over what is foreign.

    `prune`: delete what was published before and is declared no more.
    """

    force: bool = False
    adopt: bool = False
    prune: bool = False


def is_permitted(item: PlanItem, policy: PublishPolicy) -> bool:
    """Whether publishing does something with it."""
    if item.state is State.UNCHANGED:
        return item.is_stale
    if item.is_others:
        return policy.adopt
    if item.state is State.ORPHAN:
        return policy.prune and (policy.force or not item.is_edited)
    if item.state is State.HAND_EDITED:
        return policy.force
    if item.state is State.FOREIGN:
        return policy.adopt
    return item.state in CHANGE_STATES
