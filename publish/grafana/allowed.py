"""What a publish may do beyond creating, updating and moving what is its own and untouched."""

from dataclasses import dataclass

from publish.grafana.item import CHANGES, DashboardItem, FolderItem, State


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
    if item.state is State.ORPHAN:
        edited = isinstance(item, DashboardItem) and item.edited
        return allowed.prune and (allowed.force or not edited)
    if item.state is State.HAND_EDITED:
        return allowed.force
    if item.state is State.FOREIGN:
        return allowed.adopt
    return item.state in CHANGES


def how(item: "DashboardItem | FolderItem") -> str:
    """What to do about something that publishing leaves alone."""
    if item.state is State.HAND_EDITED:
        if isinstance(item, FolderItem):
            return "declare it so, or publish with --force to have it back."
        return f"keep the edit: tailboard pull {item.uid}; or overwrite it: --force."
    if item.state is State.FOREIGN:
        return "take it over with --adopt, or give yours another uid."
    if item.state is State.BLOCKED:
        return "take it away from who manages it, or give yours another uid."
    return "delete it with --prune --force, or declare it again."
