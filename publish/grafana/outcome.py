"""What became of one item of a plan."""

from dataclasses import dataclass, field
from enum import StrEnum

from tailboard.publish.grafana.api import Stored
from tailboard.publish.grafana.item import DashboardItem, FolderItem


class Result(StrEnum):
    """`stopped`: left alone, as it is not ours to change. `skipped`: another one failed first."""

    DONE = "done"
    UNCHANGED = "unchanged"
    STOPPED = "stopped"
    FAILED = "failed"
    SKIPPED = "skipped"
    KEPT = "kept"


UNDONE = frozenset({Result.FAILED, Result.SKIPPED})
BAD = UNDONE | {Result.STOPPED}
"""What is not as it is declared."""

PARTLY = 4
"""The exit code where some of it was done."""


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


def exit_code(outcomes: list[Outcome]) -> int:
    """0 where all is as declared, 3 where no change was allowed, 4 where some is, else 1."""
    bad = [it for it in outcomes if it.result in BAD]
    if not bad:
        return 0
    done = {it.result for it in outcomes if isinstance(it.item, DashboardItem)}
    if Result.DONE not in done and all(
        it.not_allowed for it in bad if it.result is not Result.SKIPPED
    ):
        return 3
    return PARTLY if done & {Result.DONE, Result.UNCHANGED} else 1
