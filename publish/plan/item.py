"""One line of a plan, whatever it is of: what would become of it, and why."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol


class State(StrEnum):
    """What publishing would do with an item, or why it does nothing."""

    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    UNCHANGED = "unchanged"
    HAND_EDITED = "hand-edited"
    FOREIGN = "foreign"
    ORPHAN = "orphan"
    BLOCKED = "blocked"


CHANGE_STATES = frozenset({State.CREATE, State.UPDATE, State.MOVE})
"""What publishing does without an option that allows it."""


class PlanItem(Protocol):
    """What reports, permissions and outcomes need of an item.

    `is_stale` says that what is stored is what is declared, but its mark says otherwise: publishing
    renews it. `is_edited` is true of an orphan that somebody has changed since it was published.
    `is_others` says that it belongs to another owner, and is only changed by adopting.
    """

    @property
    def kind(self) -> str:
        """What it is: dashboard, folder, rule group."""

    @property
    def uid(self) -> str:
        """What it is known by, among the items of its kind."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def state(self) -> State:
        """What publishing would do with it."""

    @property
    def reason(self) -> str:
        """Why, if there is more to say than the state."""

    @property
    def is_stale(self) -> bool:
        """Whether only its mark is to be renewed."""

    @property
    def is_edited(self) -> bool:
        """Whether an orphan was changed by hand."""

    @property
    def is_others(self) -> bool:
        """Whether it belongs to another owner."""

    @property
    def name(self) -> str:
        """How a message names it: its kind, and what distinguishes it."""

    @property
    def short_name(self) -> str:
        """How a list of several names it."""

    @property
    def advice(self) -> str:
        """What to do about it where publishing leaves it alone; else empty."""

    @property
    def differences(self) -> tuple[str, ...]:
        """Each change in a phrase."""

    @property
    def loss(self) -> str:
        """What writing it loses of what is stored."""

    @property
    def json_fields(self) -> Mapping[str, Any]:
        """What JSON reports say of an item of its kind besides what all have."""


def choose_advice(
    tip: str, state: State, tips: Mapping[State, str], *, is_edited: bool = False
) -> str:
    """An item's own tip, else that of its state; an edited orphan takes `--force` to delete."""
    if tip:
        return tip
    if state is State.ORPHAN and is_edited:
        return "delete it with --prune --force, or declare it again."
    return tips.get(state, "")
