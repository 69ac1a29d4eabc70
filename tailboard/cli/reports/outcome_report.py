"""What a run did, a line for each change, and as plain data."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tailboard.cli.reports.plan_report import LOSS_PREFIX, render_item
from tailboard.cli.reports.terminal import Line
from tailboard.publish.plan.item import PlanItem, State
from tailboard.publish.plan.outcome import Outcome, Result
from tailboard.publish.plural import format_count
from tailboard.publish.rulers.verification import GroupProblem
from tailboard.publish.targets.outcomes import TargetOutcomes
from tailboard.publish.targets.target import Target, TargetPlan

MAX_NAMES = 5
RESULT_WORDS: Mapping[str, str] = {
    State.CREATE: "created",
    State.UPDATE: "updated",
    State.MOVE: "moved",
    State.HAND_EDITED: "overwritten",
    State.FOREIGN: "adopted",
    State.ORPHAN: "deleted",
}
"""What was done with an item of each state."""

REHEARSAL_WORDS: Mapping[str, str] = {
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


def render_outcome(outcome: Outcome, words: Mapping[str, str] = RESULT_WORDS) -> list[Line]:
    """What became of an item; nothing where nothing was to be done."""
    if outcome.result is Result.UNCHANGED:
        return []
    if outcome.result is Result.DONE:
        return render_item(outcome.item, format_result(outcome, words))
    if outcome.result is Result.KEPT and not outcome.problem:
        return []
    return render_item(outcome.item, format_result(outcome, words), outcome.problem)


def format_result(outcome: Outcome, words: Mapping[str, str] = RESULT_WORDS) -> str:
    """What became of an item, in a word."""
    if outcome.result is Result.DONE:
        return words[outcome.item.state]
    return words.get(outcome.result, str(outcome.result))


def render_losses(items: Iterable[PlanItem]) -> list[str]:
    """What writing items loses: one line for each dashboard that loses anything."""
    return [
        f"{item.name} is stored in schema v2; {LOSS_PREFIX}{item.loss}"
        for item in items
        if item.loss
    ]


def render_outcome_summary(outcomes: Iterable[Outcome]) -> str:
    """How many were created, updated and so on, and how many of which kind were kept."""
    result_counts: Counter[str] = Counter()
    kept_counts: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.result is Result.KEPT:
            kept_counts[outcome.item.kind] += 1
        else:
            result_counts[format_result(outcome)] += 1
    parts = [f"{count} {name}" for name, count in sorted(result_counts.items())]
    parts += [f"{format_count(count, kind)} kept" for kind, count in sorted(kept_counts.items())]
    return ", ".join(parts) or "nothing"


def render_outcome_problems(outcomes: Iterable[Outcome]) -> list[str]:
    """What was not done and why, and what to do about it: one message for all with the same tip."""
    problems_by_tip: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.result in {Result.STOPPED, Result.FAILED}:
            problem_text = f"{outcome.item.name}: {outcome.problem}"
            problems_by_tip.setdefault(outcome.tip, []).append(problem_text)
    return [
        f"{_format_problems(problem_texts)}\nTip: {tip}"
        for tip, problem_texts in problems_by_tip.items()
    ]


def _format_problems(problem_texts: list[str]) -> str:
    remainder = (
        [f"and {len(problem_texts) - MAX_NAMES} more"] if len(problem_texts) > MAX_NAMES else []
    )
    return "\n".join([*problem_texts[:MAX_NAMES], *remainder])


def build_outcomes_json(
    plans: Sequence[TargetPlan],
    outcomes: TargetOutcomes,
    run: str,
    words: Mapping[str, str] = RESULT_WORDS,
) -> dict[str, Any]:
    """Every item and what became of it, by target where there are several.

    `run` is empty where nothing was done.
    """
    reports = [
        {
            **build_target_json(outcomes.by_target[plan.target.name], plan.target, run, words),
            "unverified": build_unverified_json(outcomes.problems.get(plan.target.name, ())),
        }
        for plan in plans
    ]
    return reports[0] if len(reports) == 1 else {"run": run, "targets": reports}


def build_target_json(
    outcomes: Iterable[Outcome],
    target: Target,
    run: str,
    words: Mapping[str, str] = RESULT_WORDS,
) -> dict[str, Any]:
    """Every item at one target, and what became of it."""
    return {
        "items": [_build_outcome_json(outcome, words) for outcome in outcomes],
        "ruler": target.ruler.address if target.ruler else "",
        "run": run,
        "server": target.grafana.address if target.grafana else "",
        "target": target.name,
    }


def _build_outcome_json(outcome: Outcome, words: Mapping[str, str]) -> dict[str, Any]:
    item = outcome.item
    return {
        "differences": list(item.differences),
        "kind": item.kind,
        "loss": item.loss,
        "problem": outcome.problem,
        "result": format_result(outcome, words),
        "state": str(item.state),
        "tip": outcome.tip,
        "title": item.title,
        "uid": item.uid,
    }


def build_unverified_json(problems: Iterable[GroupProblem]) -> list[dict[str, Any]]:
    """The groups that a ruler does not evaluate, and why."""
    return [
        {
            "kind": problem.item.kind,
            "problem": problem.problem,
            "tip": problem.tip,
            "title": problem.item.title,
            "uid": problem.item.uid,
        }
        for problem in problems
    ]
