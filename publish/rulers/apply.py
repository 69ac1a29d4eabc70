"""Doing what a plan says of rule groups: write, read back, and delete what is declared no more.

A ruler knows no versions: each group is read just before it is written and just after, and judged
anew where it is not what the plan saw.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.parallel import run_parallel
from tailboard.publish.plan.apply import ItemApplier, OutcomeListener
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome, Result
from tailboard.publish.plan.policy import PublishPolicy, is_permitted
from tailboard.publish.rulers.plan import GroupItem, classify_group
from tailboard.publish.rulers.rule_group import RuleGroup
from tailboard.publish.rulers.ruler import Ruler

READ_BACK_SECONDS = 15.0
"""How long a server may show what was there before a write: several replicas, caches, stores."""

READ_BACK_PAUSE = 0.2


class RulesApplier(ItemApplier[GroupItem]):
    """Applies the groups of one ruler; `owner` is whose they are, `message` says what for."""

    def __init__(
        self,
        ruler: Ruler,
        policy: PublishPolicy,
        listener: OutcomeListener,
        *,
        owner: str,
        message: str = "",
        abort: bool = False,
        failure_event: threading.Event | None = None,
    ) -> None:
        super().__init__(policy, listener, abort=abort, failure_event=failure_event)
        self._ruler = ruler
        self._owner = owner
        self._message = message

    def apply_items(self, items: Sequence[GroupItem]) -> list[Outcome]:
        """What became of these items, once the server has loaded all of them."""
        outcomes = run_parallel(self._try_item, items, self._ruler.max_concurrency)
        try:
            if not (self._abort and self._failure_event.is_set()):
                self._ruler.commit()
        except TailboardError as error:
            outcomes = [
                self._build_failed_outcome(item, error)
                if outcome.result in {Result.DONE, Result.UNCHANGED}
                else outcome
                for item, outcome in zip(items, outcomes, strict=True)
            ]
        return [self._report_outcome(outcome) for outcome in outcomes]

    def _execute_item(self, item: GroupItem) -> Outcome:
        if item.state is State.ORPHAN:
            return self._delete_item(item)
        if item.desired is None:
            raise TypeError(f"an item that is neither declared nor there: {item}")
        outcome = self._write_item(item, item.desired)
        if item.previous and outcome.result is Result.DONE:
            self._delete_previous(item.previous)
        return outcome

    def _delete_previous(self, previous: RuleGroup) -> None:
        """Delete the group of a service's former name, unless somebody has changed it meanwhile."""
        live = self._ruler.fetch_group(previous.name)
        if live is None:
            return
        if not is_same_group(live, previous):
            raise ServerError(
                f"the rule group {previous.name!r} was changed meanwhile, and is still there",
                tip="look at it, and delete it with --prune --force.",
                is_uncertain=True,
            )
        self._delete_group(live)

    def _write_item(self, item: GroupItem, desired: RuleGroup) -> Outcome:
        """Write a group, and once more where nobody knows what became of it."""
        for is_last in (False, True):
            live = self._ruler.fetch_group(item.title)
            if live is not None and is_same_group(live, desired):
                break
            current = classify_group(self._ruler, desired, live, self._owner)
            is_unchanged = is_same_group(live, item.live)
            if not is_unchanged and not is_permitted(current, self._policy):
                raise TailboardError(
                    f"the rule group {item.title!r} was changed meanwhile: "
                    f"{current.state}, {current.reason or 'as declared'}",
                    tip=current.advice or "run the command again.",
                )
            try:
                self._ruler.write_group(desired, self._message)
                break
            except ServerError as error:
                if is_last or not error.is_uncertain:
                    raise
        if not _wait_until(lambda: is_same_group(self._ruler.fetch_group(item.title), desired)):
            self._failure_event.set()
            problem = f"the rule group {item.title!r} was written, and reads otherwise"
            tip = "somebody else may be changing it: look at the plan, and publish again."
            return Outcome(item, Result.FAILED, problem, tip, is_uncertain=True)
        if item.state is State.UNCHANGED:
            return Outcome(item, Result.UNCHANGED)
        return Outcome(item, Result.DONE)

    def _delete_item(self, item: GroupItem) -> Outcome:
        live = self._ruler.fetch_group(item.title)
        if live is not None and not is_same_group(live, item.live):
            is_ours = live.mark is not None and live.mark.owner == self._owner
            current = replace(item, live=live, is_edited=live.is_edited)
            if not is_ours or not is_permitted(current, self._policy):
                raise TailboardError(
                    f"the rule group {item.title!r} was changed meanwhile", tip=current.advice
                )
        if live is not None:
            self._delete_group(live)
        return Outcome(item, Result.DONE)

    def _delete_group(self, group: RuleGroup) -> None:
        """Delete a group, and once more where nobody knows what became of it."""
        for is_last in (False, True):
            try:
                self._ruler.delete_group(group.name)
                break
            except ServerError as error:
                if is_last or not error.is_uncertain:
                    raise
        if not _wait_until(lambda: self._ruler.fetch_group(group.name) is None):
            raise ServerError(
                f"the rule group {group.name!r} was deleted, and is still there",
                tip="somebody else may be writing it: look at the plan, and publish again.",
                is_uncertain=True,
            )


def is_same_group(first: RuleGroup | None, second: RuleGroup | None) -> bool:
    """Whether two groups mean the same and have the same mark, or neither is there."""
    if first is None or second is None:
        return first is second
    return first.normal_form == second.normal_form and first.mark == second.mark


def _wait_until(is_done: Callable[[], bool]) -> bool:
    """Whether it is so in time: a server may show an older state for a while."""
    deadline = time.monotonic() + READ_BACK_SECONDS
    while not is_done():
        if time.monotonic() >= deadline:
            return False
        time.sleep(READ_BACK_PAUSE)
    return True
