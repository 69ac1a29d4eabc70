"""A plan as people and programs read it: text, Markdown for a pull request, JSON."""

import json
import re
from collections import Counter
from collections.abc import Iterable

import click

from tailboard.publish.grafana.allowed import how
from tailboard.publish.grafana.item import CHANGES, DashboardItem, FolderItem, Plan, State

Item = DashboardItem | FolderItem

COLORS = {
    State.CREATE: "green",
    State.UPDATE: "yellow",
    State.MOVE: "yellow",
    State.HAND_EDITED: "red",
    State.FOREIGN: "red",
    State.BLOCKED: "red",
}
WIDEST = max(len(it) for it in State)
MOST_ROWS = 100
MOST_NAMED = 5
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def text(plan: Plan) -> str:
    """Each item that is not unchanged, with what would change."""
    return "\n".join(line for it in told(plan) for line in lines(it))


def lines(item: Item, verb: str = "") -> list[str]:
    """One item: what, which, why, and each change below."""
    state = f"{verb or item.state:<{WIDEST}}"
    if color := COLORS.get(item.state):
        state = click.style(state, fg=color)
    said = [f"{state}  {visible(name(item) + (f': {item.why}' if item.why else ''))}"]
    if isinstance(item, DashboardItem):
        said += [f"{'':<{WIDEST}}    {visible(it)}" for it in item.differences]
    return said


def visible(text: str) -> str:
    """Text of others without what would steer a terminal."""
    return CONTROL.sub(lambda it: repr(it[0])[1:-1], text)


def name(item: Item) -> str:
    """How a message names an item."""
    what = "folder" if isinstance(item, FolderItem) else "dashboard"
    return f"{what} {item.title!r} ({item.uid})"


def told(plan: Plan) -> list[Item]:
    """Everything that there is something to say of."""
    return [it for it in plan.items if it.state is not State.UNCHANGED]


def advice(plan: Plan) -> list[str]:
    """What to do about what publishing leaves alone: one line for all with the same advice."""
    named: dict[str, list[str]] = {}
    for item in told(plan):
        if tip := how(item):
            is_folder = isinstance(item, FolderItem)
            named.setdefault(tip, []).append(f"folder {item.title!r}" if is_folder else item.uid)
    return [f"{_some(names)}: {tip}" for tip, names in named.items()]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return visible(", ".join(names[:MOST_NAMED])) + more


def summary(items: Iterable[Item]) -> str:
    """How many of each state there are, those that change something first."""
    counted = Counter(it.state for it in items)
    order = sorted(State, key=lambda it: (it not in CHANGES, list(State).index(it)))
    said = [f"{counted[it]} {it}" for it in order if counted[it]]
    return ", ".join(said) or "nothing declared"


def as_json(plan: Plan, server: str, api: str) -> str:
    """Every item, unchanged ones too."""
    counted = Counter(str(it.state) for it in plan.items)
    return json.dumps(
        {
            "api": api,
            "items": [_plain(it) for it in plan.items],
            "server": server,
            "summary": {str(it): counted[it] for it in State},
        },
        indent=2,
        sort_keys=True,
    )


def _plain(item: Item) -> dict[str, object]:
    more: dict[str, object] = {}
    if isinstance(item, DashboardItem):
        more = {"differences": list(item.differences), "folder": item.folder}
    return {
        "kind": "folder" if isinstance(item, FolderItem) else "dashboard",
        "state": str(item.state),
        "tip": how(item),
        "title": item.title,
        "uid": item.uid,
        "why": item.why,
        **more,
    }


def markdown(plan: Plan, server: str) -> str:
    """A comment for a pull request: the numbers, then what changes, folded away."""
    items = told(plan)
    head = f"### Dashboards: {summary(plan.items)}\n\nAgainst {server}."
    if not items:
        return f"{head} Nothing changes."
    rows = ["| | what | |", "| --- | --- | --- |"]
    rows += [
        f"| **{it.state}** | {_cell(name(it))} | {_cell(_said(it))} |" for it in items[:MOST_ROWS]
    ]
    if len(items) > MOST_ROWS:
        rows.append(f"| | and {len(items) - MOST_ROWS} more | |")
    return "\n".join([head, "", *rows])


def _said(item: Item) -> str:
    said = [item.why] if item.why else []
    said += item.differences if isinstance(item, DashboardItem) else ()
    if tip := how(item):
        said.append(tip)
    return "; ".join(said)


def _cell(text: str) -> str:
    """Text within a table of Markdown, where it says what it says, and calls nobody by name."""
    text = text.replace("@", "@\u200b")
    for char in "\\`*_[]<>|#&~":
        text = text.replace(char, f"\\{char}")
    return " ".join(text.split())
