"""What a run did, a line for each change, and as plain data."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tailboard.cli.plan_report import lines, name, visible
from tailboard.publish.counted import counted
from tailboard.publish.grafana.item import DashboardItem, FolderItem, State
from tailboard.publish.grafana.outcome import Outcome, Result

MOST_NAMED = 5
DONE: Mapping[str, str] = {
    State.CREATE: "created",
    State.UPDATE: "updated",
    State.MOVE: "moved",
    State.HAND_EDITED: "overwritten",
    State.FOREIGN: "adopted",
    State.ORPHAN: "deleted",
}
"""What was done with an item of each state."""

WOULD: Mapping[str, str] = {
    State.CREATE: "create",
    State.UPDATE: "update",
    State.MOVE: "move",
    State.HAND_EDITED: "overwrite",
    State.FOREIGN: "adopt",
    State.ORPHAN: "delete",
    Result.STOPPED: "stop",
    Result.FAILED: "fail",
    Result.SKIPPED: "skip",
    Result.KEPT: "keep",
}
"""What would be done with an item of each state, and what would become of others."""


def line(outcome: Outcome, words: Mapping[str, str] = DONE) -> str:
    """What to tell of an item, or nothing."""
    if outcome.result is Result.UNCHANGED:
        return ""
    if outcome.result is Result.DONE:
        return "\n".join(lines(outcome.item, done(outcome, words)))
    if outcome.result is Result.KEPT and not outcome.problem:
        return ""
    item = dataclasses.replace(outcome.item, why=outcome.problem)
    return "\n".join(lines(item, done(outcome, words)))


def done(outcome: Outcome, words: Mapping[str, str] = DONE) -> str:
    """What became of an item, in a word."""
    if outcome.result is Result.DONE:
        return words[outcome.item.state]
    return words.get(outcome.result, str(outcome.result))


def summary(outcomes: Iterable[Outcome]) -> str:
    """How many were created, updated and so on, and how many of which kind were kept."""
    others: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for it in outcomes:
        if it.result is Result.KEPT:
            kept[_kind(it)] += 1
        else:
            others[done(it)] += 1
    said = [f"{count} {name}" for name, count in sorted(others.items())]
    said += [f"{counted(count, kind)} kept" for kind, count in sorted(kept.items())]
    return ", ".join(said) or "nothing"


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


def as_plain(
    outcomes: Iterable[Outcome], run: str, server: str, words: Mapping[str, str] = DONE
) -> dict[str, Any]:
    """Every item and what became of it; `run` is empty where nothing was done."""
    return {"items": [_plain(it, words) for it in outcomes], "run": run, "server": server}


def _kind(outcome: Outcome) -> str:
    return "folder" if isinstance(outcome.item, FolderItem) else "dashboard"


def _plain(outcome: Outcome, words: Mapping[str, str]) -> dict[str, Any]:
    item: DashboardItem | FolderItem = outcome.item
    return {
        "differences": list(item.differences) if isinstance(item, DashboardItem) else [],
        "kind": _kind(outcome),
        "problem": outcome.problem,
        "result": done(outcome, words),
        "state": str(item.state),
        "tip": outcome.tip,
        "title": item.title,
        "uid": item.uid,
    }
