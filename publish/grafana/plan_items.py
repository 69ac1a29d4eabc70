"""One line of a plan: a dashboard or a folder, what would become of it, and why."""

from dataclasses import dataclass, field
from enum import StrEnum

from tailboard.publish.grafana.api import ROOT_UID, DesiredDashboard, LiveDashboard, LiveFolder
from tailboard.publish.grafana.folders import DesiredFolder


class State(StrEnum):
    """What publishing would do with a dashboard or folder, or why it does nothing."""

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

STOPPED_STATES = frozenset({State.HAND_EDITED, State.FOREIGN, State.BLOCKED})
"""What publishing leaves alone, and says so."""


@dataclass(frozen=True)
class DashboardItem:
    """A dashboard that is declared, or was published before.

    `tip` says what to do about it, where that differs from other items of its state. `is_stale`
    says that what is stored is what is declared, but its marker says otherwise: publishing renews
    it. `is_edited` is true of an orphan that somebody has changed since it was published. `loss`
    says what writing it loses of what is stored, as schema v1 cannot hold all of schema v2.
    """

    uid: str
    title: str
    state: State
    reason: str = ""
    differences: tuple[str, ...] = ()
    folder: str = ROOT_UID
    desired: DesiredDashboard | None = field(default=None, repr=False)
    live: LiveDashboard | None = field(default=None, repr=False)
    is_stale: bool = False
    is_edited: bool = False
    tip: str = ""
    loss: str = ""


@dataclass(frozen=True)
class FolderItem:
    """A folder that dashboards are declared to lie in, or that was made for some before.

    `tip` is as that of a dashboard. `owner` is another one than ours, whose folder adopting leaves
    empty.
    """

    uid: str
    title: str
    state: State
    reason: str = ""
    desired: DesiredFolder | None = field(default=None, repr=False)
    live: LiveFolder | None = field(default=None, repr=False)
    tip: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Plan:
    """All that publishing would do: folders with parents first, dashboards by uid."""

    folders: tuple[FolderItem, ...]
    dashboards: tuple[DashboardItem, ...]

    @property
    def items(self) -> "tuple[FolderItem | DashboardItem, ...]":
        """Folders, then dashboards."""
        return (*self.folders, *self.dashboards)

    @property
    def has_changes(self) -> bool:
        """Whether what is stored is not what is declared."""
        return any(item.state is not State.UNCHANGED for item in self.items)
