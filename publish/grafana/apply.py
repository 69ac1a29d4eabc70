"""Doing what a plan says: folders, dashboards, what is declared no more, and reading back.

Every write names the state that it was decided on. Where somebody was faster, or a connection
broke so that the result of a write is unknown, the dashboard is read and planned again: any write
may be repeated, and no run leaves anything half done.
"""

import dataclasses
import threading
from collections.abc import Callable, Mapping

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.api import (
    ConflictError,
    DesiredDashboard,
    ForbiddenError,
    GrafanaApi,
    LiveDashboard,
)
from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.plan.folders import DesiredFolder
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem, Plan
from tailboard.publish.grafana.plan.plan import plan_dashboard
from tailboard.publish.grafana.plan.selection import select_changes
from tailboard.publish.parallel import run_parallel
from tailboard.publish.plan.apply import ItemApplier, OutcomeListener
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import INCOMPLETE_RESULTS, Outcome, Result
from tailboard.publish.plan.policy import PublishPolicy, is_permitted
from tailboard.publish.plural import format_count

MAX_ATTEMPTS = 3
HIDDEN_DASHBOARD_TIP = (
    "let an admin give it permissions, or declare a folder: Grafana 12 shows what is moved into "
    "none to admins only."
)
"""What to do about a dashboard that was written, and is not seen any more."""


ItemPlanner = Callable[[GrafanaApi, DesiredDashboard], DashboardItem]


class PlanApplier(ItemApplier[DashboardItem | FolderItem]):
    """Applies a plan: first what is written, then what is deleted.

    `plan_item` plans a dashboard again that was changed meanwhile.
    """

    def __init__(
        self,
        api: GrafanaApi,
        policy: PublishPolicy,
        listener: OutcomeListener,
        *,
        abort: bool = False,
        failure_event: threading.Event | None = None,
        plan_item: ItemPlanner = plan_dashboard,
    ) -> None:
        super().__init__(policy, listener, abort=abort, failure_event=failure_event)
        self._api = api
        self._plan_item = plan_item

    def __call__(self, plan: Plan) -> list[Outcome]:
        """What became of every item of the plan."""
        return [*self.apply_writes(plan), *self.apply_deletions(plan)]

    def apply_writes(self, plan: Plan) -> list[Outcome]:
        """What became of every item that is declared, folders first."""
        folders = self._apply_folders(plan)
        failed_folders = {
            outcome.item.uid: outcome for outcome in folders if outcome.result in INCOMPLETE_RESULTS
        }
        dashboard_items = [item for item in plan.dashboards if item.state is not State.ORPHAN]
        return folders + run_parallel(
            lambda item: self._apply_dashboard_item(item, failed_folders), dashboard_items
        )

    def apply_deletions(self, plan: Plan) -> list[Outcome]:
        """What became of every item that is declared no more, folders last."""
        outcomes = run_parallel(
            self._apply_item, [item for item in plan.dashboards if item.state is State.ORPHAN]
        )
        return outcomes + [
            self._apply_item(item) for item in plan.folders if item.state is State.ORPHAN
        ]

    def _apply_folders(self, plan: Plan) -> list[Outcome]:
        """What became of folders, parents first: Grafana takes one whose parent there is not."""
        outcomes: dict[str, Outcome] = {}
        items = [item for item in plan.folders if item.state is not State.ORPHAN]
        changed_uids = {item.uid for item in select_changes(plan, self._policy).folders}
        for item in items:
            parent_outcome = outcomes.get(item.desired.parent) if item.desired else None
            if parent_outcome and parent_outcome.result in INCOMPLETE_RESULTS:
                outcomes[item.uid] = self._report_missing_folder(item, parent_outcome)
            elif item.state is State.CREATE and item.uid not in changed_uids:
                outcomes[item.uid] = self._report_unneeded_folder(item)
            else:
                outcomes[item.uid] = self._apply_item(item)
        return list(outcomes.values())

    def _report_unneeded_folder(self, item: FolderItem) -> Outcome:
        """What becomes of a folder that is made for nothing, or that another run made meanwhile."""
        if item.uid in self._api.fetch_folders():
            return self._report_outcome(Outcome(item, Result.UNCHANGED))
        return self._report_outcome(Outcome(item, Result.SKIPPED, "nothing goes into it"))

    def _apply_dashboard_item(
        self, item: DashboardItem, failed_folders: Mapping[str, Outcome]
    ) -> Outcome:
        if item.folder in failed_folders and is_permitted(item, self._policy):
            return self._report_missing_folder(item, failed_folders[item.folder])
        return self._apply_item(item)

    def _report_missing_folder(
        self, item: DashboardItem | FolderItem, folder_outcome: Outcome
    ) -> Outcome:
        """What cannot be done without a folder."""
        reason = "its folder could not be made"
        return self._report_outcome(
            Outcome(
                item,
                folder_outcome.result,
                reason,
                "see above.",
                is_denied=folder_outcome.is_denied,
            )
        )

    def _execute_item(self, item: DashboardItem | FolderItem) -> Outcome:
        match item:
            case DashboardItem(state=State.ORPHAN, live=LiveDashboard() as live):
                return self._delete_dashboard(item, live)
            case DashboardItem(desired=DesiredDashboard() as desired):
                return self._write_dashboard(item, desired)
            case FolderItem(state=State.ORPHAN):
                return self._delete_folder(item)
            case FolderItem(desired=DesiredFolder() as folder):
                return self._write_folder(item, folder)
        raise TypeError(f"an item that is neither declared nor there: {item}")

    def _write_folder(self, item: FolderItem, desired: DesiredFolder) -> Outcome:
        def write_folder() -> None:
            if item.live is None:
                self._api.create_folder(desired.uid, desired.title, desired.parent)
            else:
                self._api.update_folder(item.live, desired.title, desired.parent)

        def is_done() -> bool:
            live = self._api.fetch_folders().get(desired.uid)
            return live is not None and (live.title, live.parent) == (desired.title, desired.parent)

        try:
            _retry_until_done(write_folder, is_done)
        except ConflictError as error:
            if item.live or not error.is_present or desired.uid in self._api.fetch_folders():
                raise
            raise _build_hidden_error("folders:read") from error
        return Outcome(item, Result.DONE)

    def _write_dashboard(self, item: DashboardItem, desired: DesiredDashboard) -> Outcome:
        live, previous = self._save_dashboard(item, desired)
        item = dataclasses.replace(item, live=previous)
        try:
            current = self._api.fetch_dashboard(item.uid)
        except ForbiddenError:
            self._failure_event.set()
            problem = "it was written, and the credentials may not read it any more (403)"
            return Outcome(
                item,
                Result.FAILED,
                problem,
                HIDDEN_DASHBOARD_TIP,
                is_denied=True,
                is_uncertain=True,
            )
        if current is None or compute_checksum(current.document) != compute_checksum(live.document):
            self._failure_event.set()
            problem = f"the dashboard {item.uid} was written, and reads otherwise"
            tip = "somebody else may be changing it: look at its history, and publish again."
            return Outcome(item, Result.FAILED, problem, tip, is_uncertain=True)
        is_unchanged = item.state is State.UNCHANGED
        return Outcome(item, Result.UNCHANGED if is_unchanged else Result.DONE)

    def _save_dashboard(
        self, item: DashboardItem, desired: DesiredDashboard
    ) -> tuple[LiveDashboard, LiveDashboard | None]:
        """What is stored now, and what was before.

        Where a write had no effect, or may have had none, the dashboard is planned again.
        """
        current_item, problem = item, TailboardError("")
        for _ in range(MAX_ATTEMPTS):
            try:
                if current_item.live is None:
                    return self._api.create_dashboard(desired), None
                return self._api.update_dashboard(desired, current_item.live), current_item.live
            except ConflictError as error:
                problem = error
            except ServerError as error:
                if not error.is_uncertain:
                    raise
                problem = error
            previous, current_item = current_item.live, self._plan_item(self._api, desired)
            if (
                current_item.state is State.UNCHANGED
                and not current_item.is_stale
                and current_item.live
            ):
                return current_item.live, previous
            if current_item.state is not State.UNCHANGED and not is_permitted(
                current_item, self._policy
            ):
                raise ConflictError(
                    f"the dashboard {item.uid} was changed meanwhile: "
                    f"{current_item.state}, {current_item.reason}",
                    tip=current_item.advice,
                )
        is_new = item.live is None and current_item.live is None
        if is_new and isinstance(problem, ConflictError) and problem.is_present:
            raise _build_hidden_error("dashboards:read") from problem
        raise problem

    def _delete_dashboard(self, item: DashboardItem, live: LiveDashboard) -> Outcome:
        """Delete a dashboard; what somebody else is deleting reads unchanged until it is gone."""

        def delete_unchanged() -> None:
            try:
                self._api.delete_dashboard(live)
            except ConflictError:
                current = self._api.fetch_dashboard(item.uid)
                if current and current.resource_version != live.resource_version:
                    raise
                self._api.delete_dashboard(live)

        _retry_until_done(delete_unchanged, lambda: self._api.fetch_dashboard(item.uid) is None)
        return Outcome(item, Result.DONE)

    def _delete_folder(self, item: FolderItem) -> Outcome:
        if contents := self._api.count_contents(item.uid):
            summary = ", ".join(
                format_count(count, kind) for kind, count in sorted(contents.items())
            )
            return Outcome(item, Result.KEPT, f"it still holds {summary}")
        if not self._policy.prune:
            reason = f"made for the owner {item.owner!r}, and empty now: delete it in the browser"
            return Outcome(item, Result.KEPT, reason)
        _retry_until_done(
            lambda: self._api.delete_folder(item.uid),
            lambda: item.uid not in self._api.fetch_folders(),
        )
        return Outcome(item, Result.DONE)


def _build_hidden_error(permission: str) -> ForbiddenError:
    """Grafana says that there is something, and does not show it."""
    return ForbiddenError(
        f"there is one of this uid, and the credentials may not see it: {permission} is missing",
        tip="give the service account the permission Edit on it, or let an admin delete it.",
    )


def _retry_until_done(operation: Callable[[], None], is_done: Callable[[], bool]) -> None:
    """Do it, and once more where a broken connection may have kept it from being done."""
    for is_last in (False, True):
        try:
            return operation()
        except (ConflictError, ServerError) as error:
            if is_done():
                return None
            if is_last or not (isinstance(error, ServerError) and error.is_uncertain):
                raise
    return None
