"""What became of one item of a plan."""

from dataclasses import dataclass, field
from enum import StrEnum

from publish.grafana.api import Stored
from publish.grafana.item import DashboardItem, FolderItem


class Result(StrEnum):
    """`stopped`: left alone, as it is not ours to change. `skipped`: another one failed first."""

    DONE = "done"
    UNCHANGED = "unchanged"
    STOPPED = "stopped"
    FAILED = "failed"
    SKIPPED = "skipped"
    KEPT = "kept"


@dataclass(frozen=True)
class Outcome:
    """What became of an item; a problem and what to do about it where it is not as declared.

    `item` holds what was there just before the last write. `uncertain` is true of what failed and
    may have been done all the same.
    """

    item: "DashboardItem | FolderItem"
    result: Result
    problem: str = ""
    tip: str = ""
    after: Stored | None = field(default=None, repr=False)
    not_allowed: bool = False
    uncertain: bool = False
