"""Doing what a plan says, item by item: what every kind of target has in common."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.plan.item import PlanItem, State
from tailboard.publish.plan.outcome import Outcome, Result
from tailboard.publish.plan.policy import PublishPolicy, is_permitted

OutcomeListener = Callable[[Outcome], None]
Item = TypeVar("Item", bound=PlanItem)


class ItemApplier(ABC, Generic[Item]):
    """Applies items; `listener` is called with the outcome of every item once that is known.

    With `abort`, no item is started after a failure of any applier that has the same
    `failure_event`.
    """

    def __init__(
        self,
        policy: PublishPolicy,
        listener: OutcomeListener,
        *,
        abort: bool = False,
        failure_event: threading.Event | None = None,
    ) -> None:
        self._policy = policy
        self._listener = listener
        self._abort = abort
        self._failure_event = failure_event or threading.Event()
        self._lock = threading.Lock()

    @abstractmethod
    def _execute_item(self, item: Item) -> Outcome:
        """Do what is to be done with an item that is permitted."""

    def _apply_item(self, item: Item) -> Outcome:
        """What became of an item, which is reported."""
        return self._report_outcome(self._try_item(item))

    def _try_item(self, item: Item) -> Outcome:
        """What became of an item, if there is anything to do with it and nothing failed before."""
        if not is_permitted(item, self._policy):
            return self._build_unapplied_outcome(item)
        if self._abort and self._failure_event.is_set():
            return Outcome(item, Result.SKIPPED, "something failed before")
        try:
            return self._execute_item(item)
        except TailboardError as error:
            return self._build_failed_outcome(item, error)

    def _build_failed_outcome(self, item: Item, error: TailboardError) -> Outcome:
        self._failure_event.set()
        return Outcome(
            item,
            Result.FAILED,
            error.problem,
            error.tip,
            is_denied=isinstance(error, NotAllowedError),
            is_uncertain=isinstance(error, ServerError),
        )

    def _build_unapplied_outcome(self, item: Item) -> Outcome:
        """The outcome of an item that is left unchanged, and whether that is a problem."""
        if item.state is State.UNCHANGED:
            return Outcome(item, Result.UNCHANGED)
        if item.state is State.ORPHAN and not self._policy.prune:
            return Outcome(item, Result.KEPT)
        return Outcome(item, Result.STOPPED, item.reason, item.advice)

    def _report_outcome(self, outcome: Outcome) -> Outcome:
        with self._lock:
            self._listener(outcome)
        return outcome
