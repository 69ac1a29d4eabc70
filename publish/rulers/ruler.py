"""What publishing needs of a ruler, whichever kind of server or folder it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tailboard.publish.errors import NotAllowedError, TailboardError
from tailboard.publish.rulers.rule_group import JsonObject, RuleGroup

HEALTHY = "ok"


class RefusedError(TailboardError):
    """A ruler does not take a group, and says why."""


class ForbiddenError(NotAllowedError):
    """A ruler accepts the credentials, and forbids the action to them (403)."""


@dataclass(frozen=True)
class RuleStatus:
    """A loaded rule: its query as the server prints it, and the outcome of its last evaluation.

    `health` is ok, err or unknown, the last before its first evaluation.
    """

    name: str
    query: str
    health: str
    error: str = ""
    is_evaluated: bool = False


GroupStatuses = Mapping[str, tuple[RuleStatus, ...]]
"""The loaded rules of each group by the group's name."""


class Ruler(Protocol):
    """One namespace of a ruler.

    `max_concurrency` is how many requests it takes at a time. A written group is only there when
    `commit` has ended. `is_new_namespace` is true of a namespace that was not there when its
    groups were fetched, and stays when it is empty. `has_proof` is true where no group stays whose
    rules fail: what is there has been proved.
    """

    label: str
    address: str
    namespace: str
    max_concurrency: int
    is_new_namespace: bool
    has_proof: bool

    def build_stored_form(self, content: JsonObject) -> JsonObject:
        """The group as this ruler will store it, without its mark."""

    def fetch_groups(self) -> dict[str, RuleGroup]:
        """The groups of the namespace by name."""

    def fetch_group(self, name: str) -> RuleGroup | None:
        """One group, None where it is not there."""

    def write_group(self, group: RuleGroup, message: str) -> None:
        """Create a group, or replace the one of its name."""

    def delete_group(self, name: str) -> None:
        """Delete a group; nothing happens where it is not there."""

    def commit(self) -> None:
        """Let the server load what was written and deleted.

        Raises `TailboardError` where it does not, and nothing of it is left.
        """

    def delete_empty_namespace(self) -> None:
        """Delete the namespace if nothing is in it, where an empty one is anything at all."""

    def put_back(self) -> bool:
        """Put back what was there before this run; false where the server keeps nothing of it."""

    @property
    def notes(self) -> Sequence[str]:
        """What is left to do by hand after what was written."""

    def fetch_statuses(self) -> GroupStatuses | None:
        """What the server has loaded of the namespace; None where it cannot be read."""

    @property
    def credential_notes(self) -> Sequence[str]:
        """Warnings about files with secrets that other users may read."""

    def close(self) -> None:
        """Give the connections back."""
