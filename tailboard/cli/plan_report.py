"""A plan as people and programs read it: text, Markdown for a pull request, JSON."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tailboard.cli.terminal import Line, escape_controls
from tailboard.publish.grafana.plan_items import (
    CHANGE_STATES,
    DashboardItem,
    FolderItem,
    Plan,
    State,
)
from tailboard.publish.grafana.publish_policy import find_tip

Item = DashboardItem | FolderItem

COLORS = {
    State.CREATE: "green",
    State.UPDATE: "yellow",
    State.MOVE: "yellow",
    State.HAND_EDITED: "red",
    State.FOREIGN: "red",
    State.BLOCKED: "red",
}
STATE_WIDTH = max(len(state) for state in State)
LOSS_PREFIX = "schema v1 cannot hold: "
"""What is before the loss of a dashboard of schema v2 that schema v1 is written over."""

MAX_ROWS = 100
MAX_NAMES = 5


def render_plan_text(plan: Plan) -> list[Line]:
    """Each item that is not unchanged, with what would change."""
    return [line for item in list_changed_items(plan) for line in render_item(item)]


def render_item(item: Item, verb: str = "") -> list[Line]:
    """One item: what, which, why, and each change below."""
    state = f"{verb or item.state:<{STATE_WIDTH}}"
    reason = f": {item.reason}" if item.reason else ""
    heading = Line(f"  {format_item_name(item)}{reason}", label=state, color=COLORS.get(item.state))
    details = list_details(item)
    return [heading, *(Line(detail, indent=STATE_WIDTH + 4) for detail in details)]


def list_details(item: Item) -> list[str]:
    """What is to be said of an item beside its reason: each change, and what is lost with it."""
    if isinstance(item, FolderItem):
        return []
    return [*item.differences, *([f"{LOSS_PREFIX}{item.loss}"] if item.loss else [])]


def format_item_name(item: Item) -> str:
    """How a message names an item."""
    kind = "folder" if isinstance(item, FolderItem) else "dashboard"
    return f"{kind} {item.title!r} ({item.uid})"


def list_changed_items(plan: Plan) -> list[Item]:
    """Everything that there is something to say of."""
    return [item for item in plan.items if item.state is not State.UNCHANGED]


def render_plan_advice(plan: Plan) -> list[str]:
    """What to do about what publishing leaves alone: one line for all with the same advice."""
    names_by_tip: dict[str, list[str]] = {}
    for item in list_changed_items(plan):
        if tip := find_tip(item):
            is_folder = isinstance(item, FolderItem)
            names_by_tip.setdefault(tip, []).append(
                f"folder {item.title!r}" if is_folder else item.uid
            )
    return [f"{_format_names(names)}: {tip}" for tip, names in names_by_tip.items()]


def _format_names(names: list[str]) -> str:
    remainder = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + remainder


def render_plan_summary(items: Iterable[Item]) -> str:
    """How many of each state there are, those that change something first."""
    state_counts = Counter(item.state for item in items)
    sorted_states = sorted(
        State, key=lambda state: (state not in CHANGE_STATES, list(State).index(state))
    )
    parts = [f"{state_counts[state]} {state}" for state in sorted_states if state_counts[state]]
    return ", ".join(parts) or "nothing declared"


def build_plan_json(plan: Plan, server: str, api: str) -> dict[str, Any]:
    """Every item, unchanged ones too."""
    state_counts = Counter(str(item.state) for item in plan.items)
    return {
        "api": api,
        "items": [_build_item_json(item) for item in plan.items],
        "server": server,
        "summary": {str(state): state_counts[state] for state in State},
    }


def _build_item_json(item: Item) -> dict[str, object]:
    dashboard_fields: dict[str, object] = {}
    if isinstance(item, DashboardItem):
        dashboard_fields = {
            "differences": list(item.differences),
            "folder": item.folder,
            "loss": item.loss,
        }
    return {
        "kind": "folder" if isinstance(item, FolderItem) else "dashboard",
        "state": str(item.state),
        "tip": find_tip(item),
        "title": item.title,
        "uid": item.uid,
        "why": item.reason,
        **dashboard_fields,
    }


def render_plan_markdown(plan: Plan, server: str) -> list[str]:
    """A comment for a pull request: the numbers, then what changes, folded away."""
    items = list_changed_items(plan)
    heading = f"### Dashboards: {render_plan_summary(plan.items)}"
    if not items:
        return [heading, "", f"Against {server}. Nothing changes."]
    rows = ["| | what | |", "| --- | --- | --- |"]
    rows += [
        f"| **{item.state}** | {_escape_cell(format_item_name(item))} "
        f"| {_escape_cell(_describe_item(item))} |"
        for item in items[:MAX_ROWS]
    ]
    if len(items) > MAX_ROWS:
        rows.append(f"| | and {len(items) - MAX_ROWS} more | |")
    return [heading, "", f"Against {server}.", "", *rows]


def _describe_item(item: Item) -> str:
    parts = [item.reason] if item.reason else []
    parts += list_details(item)
    if tip := find_tip(item):
        parts.append(tip)
    return "; ".join(parts)


def _escape_cell(text: str) -> str:
    """A text in a cell of a Markdown table: no markup, no mention, one line."""
    text = escape_controls(" ".join(text.split())).replace("@", "@\u200b")
    for char in "\\`*_[]<>|#&~":
        text = text.replace(char, f"\\{char}")
    return text
