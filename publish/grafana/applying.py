"""Doing what a plan says: folders, dashboards, what is declared no more, and reading back.

Every write names the state that it was decided on. Where somebody was faster, or a connection
broke so that nobody knows what became of a write, the dashboard is read and judged anew: so that
any write may be repeated, and no run leaves anything half done.
"""

import dataclasses
import threading
from collections.abc import Callable, Mapping

from tailboard.publish.at_once import at_once
from tailboard.publish.counted import counted
from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.grafana.allowed import Allowed, how, may, touched
from tailboard.publish.grafana.api import Api, ConflictError, ForbiddenError, Stored, Wanted
from tailboard.publish.grafana.folders import Folder
from tailboard.publish.grafana.item import DashboardItem, FolderItem, Plan, State
from tailboard.publish.grafana.noise import checksum
from tailboard.publish.grafana.outcome import UNDONE, Outcome, Result
from tailboard.publish.grafana.planning import judged_now

ATTEMPTS = 3
SHOW = (
    "let an admin give it permissions, or declare a folder: Grafana 12 shows what is moved into "
    "none to admins only."
)
"""What to do about a dashboard that was written, and is not seen any more."""

Told = Callable[[Outcome], None]


class Run:
    """One publish of a plan; `told` hears of every item as soon as it is known what became of it.

    With `abort`, nothing more is begun once something failed.
    """

    def __init__(self, api: Api, allowed: Allowed, told: Told, *, abort: bool = False) -> None:
        self._api = api
        self._allowed = allowed
        self._told = told
        self._abort = abort
        self._failed = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, plan: Plan) -> list[Outcome]:
        """What became of every item of the plan."""
        folders = self._folders(plan)
        missing = {it.item.uid: it for it in folders if it.result in UNDONE}
        declared = [it for it in plan.dashboards if it.state is not State.ORPHAN]
        outcomes = at_once(lambda it: self._declared(it, missing), declared)
        outcomes += at_once(self._one, [it for it in plan.dashboards if it.state is State.ORPHAN])
        outcomes += [self._one(it) for it in plan.folders if it.state is State.ORPHAN]
        return [*folders, *outcomes]

    def _folders(self, plan: Plan) -> list[Outcome]:
        """What became of folders, parents first: Grafana takes one whose parent there is not."""
        found: dict[str, Outcome] = {}
        items = [it for it in plan.folders if it.state is not State.ORPHAN]
        changing = {it.uid for it in touched(plan, self._allowed).folders}
        for item in items:
            above = found.get(item.wanted.parent) if item.wanted else None
            if above and above.result in UNDONE:
                found[item.uid] = self._without(item, above)
            elif item.state is State.CREATE and item.uid not in changing:
                found[item.uid] = self._tell(Outcome(item, Result.SKIPPED, "nothing goes into it"))
            else:
                found[item.uid] = self._one(item)
        return list(found.values())

    def _declared(self, item: DashboardItem, missing: Mapping[str, Outcome]) -> Outcome:
        if item.folder in missing and may(item, self._allowed):
            return self._without(item, missing[item.folder])
        return self._one(item)

    def _without(self, item: DashboardItem | FolderItem, folder: Outcome) -> Outcome:
        """What cannot be done without a folder."""
        why = "its folder could not be made"
        return self._tell(
            Outcome(item, folder.result, why, "see above.", not_allowed=folder.not_allowed)
        )

    def _one(self, item: DashboardItem | FolderItem) -> Outcome:
        """What became of an item, if there is anything to do with it and nothing failed before."""
        if not may(item, self._allowed):
            return self._tell(self._left(item))
        if self._abort and self._failed.is_set():
            return self._tell(Outcome(item, Result.SKIPPED, "something failed before"))
        try:
            return self._tell(self._done(item))
        except TailboardError as error:
            self._failed.set()
            return self._tell(
                Outcome(
                    item,
                    Result.FAILED,
                    error.problem,
                    error.tip,
                    not_allowed=isinstance(error, NotAllowedError),
                    uncertain=isinstance(error, ServerError),
                )
            )

    def _left(self, item: DashboardItem | FolderItem) -> Outcome:
        """What is left as it is, and whether that is a pity."""
        if item.state is State.UNCHANGED:
            return Outcome(item, Result.UNCHANGED)
        if item.state is State.ORPHAN and not self._allowed.prune:
            return Outcome(item, Result.KEPT)
        return Outcome(item, Result.STOPPED, item.why, how(item))

    def _tell(self, outcome: Outcome) -> Outcome:
        with self._lock:
            self._told(outcome)
        return outcome

    def _done(self, item: DashboardItem | FolderItem) -> Outcome:
        match item:
            case DashboardItem(state=State.ORPHAN, stored=Stored() as stored):
                return self._orphan(item, stored)
            case DashboardItem(wanted=Wanted() as declared):
                return self._dashboard(item, declared)
            case FolderItem(state=State.ORPHAN):
                return self._orphaned_folder(item)
            case FolderItem(wanted=Folder() as folder):
                return self._folder(item, folder)
        raise TypeError(f"an item that is neither declared nor there: {item}")

    def _folder(self, item: FolderItem, wanted: Folder) -> Outcome:
        def work() -> None:
            if item.stored is None:
                self._api.create_folder(wanted.uid, wanted.title, wanted.parent)
            else:
                self._api.change_folder(item.stored, wanted.title, wanted.parent)

        def is_done() -> bool:
            now = self._api.folders().get(wanted.uid)
            return now is not None and (now.title, now.parent) == (wanted.title, wanted.parent)

        try:
            _until(work, is_done)
        except ConflictError as error:
            if item.stored or not error.there or wanted.uid in self._api.folders():
                raise
            raise _unseen("folders:read") from error
        return Outcome(item, Result.DONE)

    def _dashboard(self, item: DashboardItem, wanted: Wanted) -> Outcome:
        stored, before = self._write(item, wanted)
        item = dataclasses.replace(item, stored=before)
        try:
            read = self._api.dashboard(item.uid)
        except ForbiddenError:
            self._failed.set()
            problem = "it was written, and the credentials may not read it any more (403)"
            return Outcome(item, Result.FAILED, problem, SHOW, not_allowed=True, uncertain=True)
        if read is None or checksum(read.document) != checksum(stored.document):
            self._failed.set()
            problem = f"the dashboard {item.uid} was written, and reads otherwise"
            tip = "somebody else may be changing it: look at its history, and publish again."
            return Outcome(item, Result.FAILED, problem, tip, uncertain=True)
        quiet = item.state is State.UNCHANGED
        return Outcome(item, Result.UNCHANGED if quiet else Result.DONE, after=read)

    def _write(self, item: DashboardItem, wanted: Wanted) -> tuple[Stored, Stored | None]:
        """What is stored now, and what was before.

        Where a write came to nothing, or may have, the dashboard is judged anew.
        """
        now, problem = item, TailboardError("")
        for _ in range(ATTEMPTS):
            try:
                if now.stored is None:
                    return self._api.create(wanted), None
                return self._api.update(wanted, now.stored), now.stored
            except ConflictError as error:
                problem = error
            except ServerError as error:
                if not error.uncertain:
                    raise
                problem = error
            before, now = now.stored, judged_now(self._api, wanted)
            if now.state is State.UNCHANGED and not now.stale and now.stored:
                return now.stored, before
            if now.state is not State.UNCHANGED and not may(now, self._allowed):
                raise ConflictError(
                    f"the dashboard {item.uid} was changed meanwhile: {now.state}, {now.why}",
                    tip=how(now),
                )
        created = item.stored is None and now.stored is None
        if created and isinstance(problem, ConflictError) and problem.there:
            raise _unseen("dashboards:read") from problem
        raise problem

    def _orphan(self, item: DashboardItem, stored: Stored) -> Outcome:
        _until(lambda: self._api.delete(stored), lambda: self._api.dashboard(item.uid) is None)
        return Outcome(item, Result.DONE)

    def _orphaned_folder(self, item: FolderItem) -> Outcome:
        if held := self._api.holds(item.uid):
            inside = ", ".join(counted(count, kind) for kind, count in sorted(held.items()))
            return Outcome(item, Result.KEPT, f"it still holds {inside}")
        if not self._allowed.prune:
            why = f"made for the owner {item.owner!r}, and empty now: delete it in the browser"
            return Outcome(item, Result.KEPT, why)
        _until(
            lambda: self._api.delete_folder(item.uid), lambda: item.uid not in self._api.folders()
        )
        return Outcome(item, Result.DONE)


def _unseen(permission: str) -> ForbiddenError:
    """Grafana says that there is something, and does not show it."""
    return ForbiddenError(
        f"there is one of this uid, and the credentials may not see it: {permission} is missing",
        tip="give the service account the permission Edit on it, or let an admin delete it.",
    )


def _until(work: Callable[[], None], is_done: Callable[[], bool]) -> None:
    """Do it, and once more where a broken connection may have kept it from being done."""
    for last in (False, True):
        try:
            return work()
        except (ConflictError, ServerError) as error:
            if is_done():
                return None
            if last or not (isinstance(error, ServerError) and error.uncertain):
                raise
    return None
