"""What became of one item of a plan."""

from dataclasses import dataclass
from enum import StrEnum

from tailboard.publish.plan.item import PlanItem


class Result(StrEnum):
    """`STOPPED`: left unchanged, since it is not ours. `SKIPPED`: another one failed before it."""

    DONE = "done"
    UNCHANGED = "unchanged"
    STOPPED = "stopped"
    FAILED = "failed"
    SKIPPED = "skipped"
    KEPT = "kept"


INCOMPLETE_RESULTS = frozenset({Result.FAILED, Result.SKIPPED})
PROBLEM_RESULTS = INCOMPLETE_RESULTS | {Result.STOPPED}
"""The results of items that differ from what is declared."""

FOLDER_KIND = "folder"
"""The kind of items that are nothing by themselves: a run that only made folders did nothing."""

UNKNOWN_RESULT = "unknown"
"""What became of an item while its run has not ended, or of one whose write may have been done."""

EXIT_PARTIAL = 4
"""The exit code where some of it was done."""


@dataclass(frozen=True)
class Outcome:
    """The result for an item; a problem and a tip where it differs from what is declared.

    `is_uncertain` is true of a write that failed and may have been done all the same.
    """

    item: PlanItem
    result: Result
    problem: str = ""
    tip: str = ""
    is_denied: bool = False
    is_uncertain: bool = False


def compute_exit_code(outcomes: list[Outcome]) -> int:
    """0 where all is as declared, 3 where no change was allowed, 4 where some is, else 1.

    3 only where the server refused one: what was skipped was refused by nobody.
    """
    problem_outcomes = [outcome for outcome in outcomes if outcome.result in PROBLEM_RESULTS]
    if not problem_outcomes:
        return 0
    results = {outcome.result for outcome in outcomes if outcome.item.kind != FOLDER_KIND}
    attempts = [outcome for outcome in problem_outcomes if outcome.result is not Result.SKIPPED]
    is_denied = bool(attempts) and all(outcome.is_denied for outcome in attempts)
    if is_denied and Result.DONE not in results:
        return 3
    return EXIT_PARTIAL if results & {Result.DONE, Result.UNCHANGED} else 1


def format_known_result(outcome: Outcome | None) -> str:
    """The result that is known of an item."""
    return UNKNOWN_RESULT if outcome is None or outcome.is_uncertain else str(outcome.result)
