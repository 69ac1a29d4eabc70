"""A plan as people and programs read it: text, Markdown for a pull request, JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tailboard.cli.comment.markdown import escape_text
from tailboard.cli.reports.terminal import Line
from tailboard.publish.plan.item import CHANGE_STATES, PlanItem, State
from tailboard.publish.targets.target import TargetPlan

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


def render_plan_text(items: Sequence[PlanItem]) -> list[Line]:
    """Each item that is not unchanged, with what would change."""
    return [line for item in list_changed_items(items) for line in render_item(item)]


def render_item(item: PlanItem, verb: str = "", reason: str | None = None) -> list[Line]:
    """One item: what, which, why, and each change below; another reason than its own, if given."""
    state = f"{verb or item.state:<{STATE_WIDTH}}"
    reason = item.reason if reason is None else reason
    reason_text = f": {reason}" if reason else ""
    heading = Line(f"  {item.name}{reason_text}", label=state, color=COLORS.get(item.state))
    details = list_details(item)
    return [heading, *(Line(detail, indent=STATE_WIDTH + 4) for detail in details)]


def list_details(item: PlanItem) -> list[str]:
    """What is to be said of an item beside its reason: each change, and what is lost with it."""
    return [*item.differences, *([f"{LOSS_PREFIX}{item.loss}"] if item.loss else [])]


def list_changed_items(items: Iterable[PlanItem]) -> list[PlanItem]:
    """Everything that there is something to say of."""
    return [item for item in items if item.state is not State.UNCHANGED]


def render_plan_advice(items: Sequence[PlanItem]) -> list[str]:
    """What to do about what publishing leaves alone: one line for all with the same advice."""
    names_by_tip: dict[str, list[str]] = {}
    for item in list_changed_items(items):
        if tip := item.advice:
            names_by_tip.setdefault(tip, []).append(item.short_name)
    return [f"{_format_names(names)}: {tip}" for tip, names in names_by_tip.items()]


def _format_names(names: list[str]) -> str:
    remainder = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + remainder


def render_plan_summary(items: Iterable[PlanItem]) -> str:
    """How many of each state there are, those that change something first."""
    state_counts = Counter(item.state for item in items)
    sorted_states = sorted(
        State, key=lambda state: (state not in CHANGE_STATES, list(State).index(state))
    )
    parts = [f"{state_counts[state]} {state}" for state in sorted_states if state_counts[state]]
    return ", ".join(parts) or "nothing declared"


def build_plans_json(plans: Sequence[TargetPlan]) -> dict[str, Any]:
    """The plan of the only target, or of each of several."""
    reports = [_build_target_json(plan) for plan in plans]
    return reports[0] if len(reports) == 1 else {"targets": reports}


def _build_target_json(plan: TargetPlan) -> dict[str, Any]:
    target = plan.target
    api = target.grafana.api.name if target.grafana else ""
    report = build_plan_json(plan.items, target.grafana.address if target.grafana else "", api)
    return {
        **report,
        "ruler": target.ruler.address if target.ruler else "",
        "target": target.name,
    }


def build_plan_json(items: Sequence[PlanItem], server: str, api: str) -> dict[str, Any]:
    """Every item, unchanged ones too."""
    state_counts = Counter(str(item.state) for item in items)
    return {
        "api": api,
        "items": [_build_item_json(item) for item in items],
        "server": server,
        "summary": {str(state): state_counts[state] for state in State},
    }


def _build_item_json(item: PlanItem) -> dict[str, object]:
    return {
        "kind": item.kind,
        "state": str(item.state),
        "tip": item.advice,
        "title": item.title,
        "uid": item.uid,
        "why": item.reason,
        **item.json_fields,
    }


def render_target_heading(plans: Sequence[TargetPlan], plan: TargetPlan) -> list[Line]:
    """The name of a target over what changes there, where there are several."""
    if len(plans) == 1 or not list_changed_items(plan.items):
        return []
    return [Line(f"{plan.target.label}:", is_bold=True)]


def render_plan_markdown(items: Sequence[PlanItem], server: str, target: str = "") -> list[str]:
    """A comment for a pull request: the numbers, then what changes at a target of a name."""
    has_rules = any(item.kind == "rule group" for item in items)
    subject = "Dashboards and rules" if has_rules else "Dashboards"
    name = f" of {escape_text(target)}" if target else ""
    heading = f"### {subject}{name}: {render_plan_summary(items)}"
    changed_items = list_changed_items(items)
    if not changed_items:
        return [heading, "", f"Against {server}. Nothing changes."]
    rows = ["| | what | |", "| --- | --- | --- |"]
    rows += [
        f"| **{item.state}** | {escape_text(item.name)} | {escape_text(_describe_item(item))} |"
        for item in changed_items[:MAX_ROWS]
    ]
    if len(changed_items) > MAX_ROWS:
        rows.append(f"| | and {len(changed_items) - MAX_ROWS} more | |")
    return [heading, "", f"Against {server}.", "", *rows]


def _describe_item(item: PlanItem) -> str:
    parts = [item.reason] if item.reason else []
    parts += list_details(item)
    if tip := item.advice:
        parts.append(tip)
    return "; ".join(parts)
