"""What a run did, a line for each change, and as plain data."""

from collections.abc import Iterable
from typing import Any

from publish.cli.plan_report import lines, name
from publish.grafana.item import DashboardItem, FolderItem, State
from publish.grafana.outcome import Outcome, Result

DONE = {
    State.CREATE: "created",
    State.UPDATE: "updated",
    State.MOVE: "moved",
    State.HAND_EDITED: "overwritten",
    State.FOREIGN: "adopted",
    State.ORPHAN: "deleted",
}
"""What was done with an item of each state."""


def line(outcome: Outcome) -> str:
    """What to tell of an item, or nothing."""
    if outcome.result is Result.UNCHANGED:
        return ""
    if outcome.result is Result.DONE:
        return "\n".join(lines(outcome.item, DONE[outcome.item.state]))
    if outcome.result is Result.KEPT:
        why = f": {outcome.problem or outcome.item.why}"
        return f"{'orphan':<11}  {name(outcome.item)}{why}"
    return "\n".join(lines(outcome.item, str(outcome.result)))


def done(outcome: Outcome) -> str:
    """What became of an item, in a word."""
    return DONE[outcome.item.state] if outcome.result is Result.DONE else str(outcome.result)


def as_plain(outcomes: Iterable[Outcome], run: str, server: str) -> dict[str, Any]:
    """Every item and what became of it."""
    return {"items": [_plain(it) for it in outcomes], "run": run, "server": server}


def _plain(outcome: Outcome) -> dict[str, Any]:
    item: DashboardItem | FolderItem = outcome.item
    return {
        "differences": list(item.differences) if isinstance(item, DashboardItem) else [],
        "kind": "folder" if isinstance(item, FolderItem) else "dashboard",
        "problem": outcome.problem,
        "result": done(outcome),
        "state": str(item.state),
        "tip": outcome.tip,
        "title": item.title,
        "uid": item.uid,
    }
