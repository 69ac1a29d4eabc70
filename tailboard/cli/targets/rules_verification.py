"""Looking, after a publish, whether the rulers evaluate what was written to them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tailboard.cli.reports.progress import StepProgress
from tailboard.cli.reports.terminal import print_error, print_message
from tailboard.publish.errors import TailboardError
from tailboard.publish.plan.outcome import Outcome, Result
from tailboard.publish.plural import format_count
from tailboard.publish.rulers.plan import GroupItem
from tailboard.publish.rulers.ruler import GroupStatuses
from tailboard.publish.rulers.verification import GroupProblem, verify_groups
from tailboard.publish.targets.target import Target

PUT_BACK_TIP = "change the rules that fail, and publish again."


@dataclass(frozen=True)
class RulesVerification:
    """How long to wait for the evaluation of rules, in seconds."""

    seconds: float

    def verify(
        self, target: Target, outcomes: Sequence[Outcome], statuses: GroupStatuses
    ) -> tuple[list[Outcome], list[GroupProblem]]:
        """The outcomes, and the groups that the ruler does not evaluate.

        Groups that are unchanged may have failed since an earlier publish, and are looked at too.
        Where a ruler could put back what was there, the groups that were written are failures.
        """
        ruler = target.ruler
        if ruler is None or ruler.notes:
            return list(outcomes), []
        results = {Result.DONE} if ruler.has_proof else {Result.DONE, Result.UNCHANGED}
        items = [
            outcome.item
            for outcome in outcomes
            if outcome.result in results
            and isinstance(outcome.item, GroupItem)
            and outcome.item.desired
        ]
        if not items:
            return list(outcomes), []
        with StepProgress("Verifying", len(items), sys.stderr) as progress:
            try:
                problems = verify_groups(
                    ruler, items, statuses, self.seconds, progress.advance, self._announce
                )
            except TailboardError as error:
                problems = [GroupProblem(item, error.problem, error.tip) for item in items]
        is_put_back = bool(problems) and ruler.put_back()
        if is_put_back:
            problems = [replace(problem, tip=PUT_BACK_TIP) for problem in problems]
        for problem in problems:
            print_error(f"{problem.item.name}: {problem.problem}\nTip: {problem.tip}")
        if not is_put_back:
            return list(outcomes), problems
        print_message(f"{ruler.address}: what was there before is put back")
        reason = "put back, as not all rules of the file are evaluated"
        return [
            replace(outcome, result=Result.FAILED, problem=reason, tip=PUT_BACK_TIP)
            if outcome.item in items
            else outcome
            for outcome in outcomes
        ], problems

    def _announce(self, count: int) -> None:
        print_message(
            f"Waiting for the evaluation of {format_count(count, 'rule group')}, at most "
            f"{self.seconds:g} s (--no-verify does not)."
        )


def read_statuses(target: Target) -> GroupStatuses:
    """What a ruler has loaded before anything is written to it; nothing where it cannot be read."""
    try:
        return (target.ruler.fetch_statuses() if target.ruler else None) or {}
    except TailboardError:  # the write will tell, or the look after it
        return {}
