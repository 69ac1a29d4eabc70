"""What a run did, a line for each change, and as plain data."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from publish.cli.plan_report import lines, name, visible
from publish.grafana.item import DashboardItem, FolderItem, State
from publish.grafana.outcome import Outcome, Result

MOST_NAMED = 5
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
    if outcome.result is Result.KEPT and not outcome.problem:
        return ""
    item = dataclasses.replace(outcome.item, why=outcome.problem)
    return "\n".join(lines(item, str(outcome.result)))


def done(outcome: Outcome) -> str:
    """What became of an item, in a word."""
    return DONE[outcome.item.state] if outcome.result is Result.DONE else str(outcome.result)


def problems(outcomes: Iterable[Outcome]) -> list[str]:
    """What was not done and why, and what to do about it: one message for all with the same tip."""
    named: dict[str, list[str]] = {}
    for it in outcomes:
        if it.result in {Result.STOPPED, Result.FAILED}:
            said = visible(f"{name(it.item)}: {it.problem}")
            named.setdefault(it.tip, []).append(said)
    return [f"{_some(said)}\nTip: {tip}" for tip, said in named.items()]


def _some(said: list[str]) -> str:
    more = [f"and {len(said) - MOST_NAMED} more"] if len(said) > MOST_NAMED else []
    return "\n".join([*said[:MOST_NAMED], *more])


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
