"""One line of a plan: a dashboard or a folder, what would become of it, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tailboard.publish.grafana.api import ROOT_UID, DesiredDashboard, LiveDashboard, LiveFolder
from tailboard.publish.grafana.plan.folders import DesiredFolder
from tailboard.publish.plan.item import State, choose_advice

DASHBOARD_TIPS = {
    State.HAND_EDITED: "keep the edit with `tailboard pull UID`, or overwrite it with --force.",
    State.FOREIGN: "take it over with --adopt, or give yours another uid.",
    State.BLOCKED: "take it away from who manages it, or give yours another uid.",
    State.ORPHAN: "delete it with --prune, or declare it again.",
}
FOLDER_TIPS = {
    State.HAND_EDITED: "declare it so, or publish with --force to have it back.",
    State.BLOCKED: "take it away from who manages it, or declare another folder.",
    State.ORPHAN: "delete it with --prune, if it holds nothing.",
}


@dataclass(frozen=True)
class DashboardItem:
    """A dashboard that is declared, or was published before.

    `tip` says what to do about it, where that differs from other items of its state. `is_stale`
    says that what is stored is what is declared, but its marker says otherwise: publishing renews
    it. `is_edited` is true of an orphan that somebody has changed since it was published. `loss`
    says what writing it loses of what is stored, as schema v1 cannot hold all of schema v2.
    """

    kind: ClassVar[str] = "dashboard"
    is_others: ClassVar[bool] = False

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

    @property
    def name(self) -> str:
        """How a message names it."""
        return f"dashboard {self.title!r} ({self.uid})"

    @property
    def short_name(self) -> str:
        """How a list of several names it."""
        return self.uid

    @property
    def advice(self) -> str:
        """What to do about it where publishing leaves it alone."""
        return choose_advice(self.tip, self.state, DASHBOARD_TIPS, is_edited=self.is_edited)

    @property
    def json_fields(self) -> Mapping[str, Any]:
        """What a plan in JSON says of a dashboard besides."""
        return {"differences": list(self.differences), "folder": self.folder, "loss": self.loss}


@dataclass(frozen=True)
class FolderItem:
    """A folder that dashboards are declared to lie in, or that was made for some before.

    `tip` is as that of a dashboard. `owner` is another one than ours, whose folder adopting leaves
    empty.
    """

    kind: ClassVar[str] = "folder"
    is_stale: ClassVar[bool] = False
    is_edited: ClassVar[bool] = False
    differences: ClassVar[tuple[str, ...]] = ()
    loss: ClassVar[str] = ""
    json_fields: ClassVar[Mapping[str, Any]] = {}

    uid: str
    title: str
    state: State
    reason: str = ""
    desired: DesiredFolder | None = field(default=None, repr=False)
    live: LiveFolder | None = field(default=None, repr=False)
    tip: str = ""
    owner: str = ""

    @property
    def is_others(self) -> bool:
        """Whether it was made for another owner."""
        return bool(self.owner)

    @property
    def name(self) -> str:
        """How a message names it."""
        return f"folder {self.title!r} ({self.uid})"

    @property
    def short_name(self) -> str:
        """How a list of several names it."""
        return f"folder {self.title!r}"

    @property
    def advice(self) -> str:
        """What to do about it where publishing leaves it alone."""
        return choose_advice(self.tip, self.state, FOLDER_TIPS)


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
