"""Looking, before and after a publish, which panels of the changed dashboards have data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tailboard.cli.reports.terminal import print_error, print_message
from tailboard.cli.targets.apply import ApplyOptions, apply_plans
from tailboard.panels.duration import parse_duration
from tailboard.prometheus.panel_data import PanelData, PanelKey, PanelReader
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.publish.grafana.data_sources import find_shown_source, list_prometheus_sources
from tailboard.publish.grafana.documents.marker import Document, find_marker
from tailboard.publish.grafana.plan.items import DashboardItem, Plan
from tailboard.publish.grafana.rollback import plan_rollback
from tailboard.publish.grafana.run_reports import (
    DashboardChange,
    GrafanaReport,
    PreviousDashboard,
)
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome, Result
from tailboard.publish.plan.policy import PublishPolicy
from tailboard.publish.plan.runs import RunStore, build_run_name, build_version_message
from tailboard.publish.plural import format_count
from tailboard.publish.targets.outcomes import TargetOutcomes
from tailboard.publish.targets.target import Target, TargetPlan

VERIFY_SECONDS = 120.0
"""How long the panels of one target are asked, before and again after."""

MAX_NAMES = 5


@dataclass(frozen=True)
class PanelLoss:
    """A panel that had data before a publish and has none since; `error` is the server's."""

    dashboard: str
    dashboard_title: str
    panel: str
    error: str = ""


class PanelVerification:
    """Compares what panels have after a publish with what they had before.

    With a rollback, the dashboards whose panels lose their data are put back.
    """

    def __init__(
        self, plans: Sequence[TargetPlan], scrape_interval: str, *, has_rollback: bool
    ) -> None:
        self._scrape_interval = scrape_interval
        self._has_rollback = has_rollback
        self._before: dict[str, dict[PanelKey, PanelData]] = {}
        for plan in plans:
            if plan.target.grafana:
                documents = {
                    item.uid: item.live.document
                    for item in plan.dashboards.dashboards
                    if item.live and item.state is not State.UNCHANGED
                }
                self._before[plan.target.name] = self._read_panels(plan.target.grafana, documents)

    def verify(
        self,
        plans: Sequence[TargetPlan],
        outcomes: TargetOutcomes,
        run: str,
        runs: RunStore,
        *,
        is_quiet: bool,
    ) -> list[PanelLoss]:
        """The panels that lost their data; a rollback of them is a run of its own."""
        undo_run = build_run_name()
        message = build_version_message(f"rollback of {run}, as panels lost their data", undo_run)
        all_losses: list[PanelLoss] = []
        rollback_plans: list[TargetPlan] = []
        for plan in plans:
            target_outcomes = outcomes.by_target[plan.target.name]
            losses = self._find_losses(plan.target, target_outcomes)
            all_losses += losses
            rollback_plan = _plan_loss_rollback(plan, losses, target_outcomes, message)
            if rollback_plan and self._has_rollback:
                rollback_plans.append(rollback_plan)
                outcomes.by_target[plan.target.name] = [
                    _replace_lost_outcome(outcome, losses) for outcome in target_outcomes
                ]
        outcomes.has_losses = bool(all_losses)
        if rollback_plans:
            policy, options = PublishPolicy(prune=True), ApplyOptions(message, is_quiet=is_quiet)
            apply_plans(rollback_plans, policy, runs, undo_run, options)
        return all_losses

    def _find_losses(self, target: Target, outcomes: Sequence[Outcome]) -> list[PanelLoss]:
        """The panels of what was published that had data before and have none now."""
        if target.grafana is None:
            return []
        items = _list_published_items(outcomes)
        documents = {uid: item.desired.document for uid, item in items.items() if item.desired}
        after = self._read_panels(target.grafana, documents)
        before = self._before.get(target.name, {})
        losses = [
            PanelLoss(key[0], items[key[0]].title, panel.title, panel.error)
            for key, panel in after.items()
            if not panel.has_data and key in before and before[key].has_data
        ]
        _report_losses(target.address, losses, after, has_rollback=self._has_rollback)
        return losses

    def _read_panels(
        self, grafana: Grafana, documents: Mapping[str, Mapping[str, Any]]
    ) -> dict[PanelKey, PanelData]:
        results: dict[PanelKey, PanelData] = {}
        sources = list_prometheus_sources(grafana.connection) if documents else []
        intervals = Intervals(parse_duration(self._scrape_interval))
        readers: dict[str, PanelReader] = {}
        try:
            for uid, document in documents.items():
                source_uid = find_shown_source(dict(document), sources)
                if source_uid and source_uid not in readers:
                    readers[source_uid] = PanelReader(
                        grafana, source_uid, intervals, VERIFY_SECONDS
                    )
                if source_uid:
                    results |= readers[source_uid].read_panels(uid, document)
        finally:
            for reader in readers.values():
                reader.close()
        if not all(reader.is_complete for reader in readers.values()):
            print_message("Note: not all panels could be asked for their data.")
        return results


def _plan_loss_rollback(
    plan: TargetPlan, losses: Sequence[PanelLoss], outcomes: Sequence[Outcome], message: str
) -> TargetPlan | None:
    """The plan that puts back the dashboards that lost data; None where there is nothing to do."""
    grafana = plan.target.grafana
    items = _list_published_items(outcomes)
    changes = tuple(
        DashboardChange(
            item.uid,
            item.title,
            PreviousDashboard(item.live.document, item.live.folder, item.live.owner),
            _find_checksum(item.desired.document),
        )
        for uid, item in items.items()
        if uid in {loss.dashboard for loss in losses} and item.live and item.desired
    )
    if grafana is None or not changes:
        return None
    report = GrafanaReport(grafana.address, plan.target.owner, changes)
    dashboards: Plan = plan_rollback(grafana.api, report, message)
    return TargetPlan(replace(plan.target, ruler=None), dashboards)


def build_losses_json(losses: Sequence[PanelLoss]) -> list[dict[str, str]]:
    """What a report in JSON says of panels without data."""
    return [
        {
            "dashboard": loss.dashboard,
            "error": loss.error,
            "panel": loss.panel,
            "title": loss.dashboard_title,
        }
        for loss in losses
    ]


def _list_published_items(outcomes: Sequence[Outcome]) -> dict[str, DashboardItem]:
    """The dashboards that were written, by uid."""
    return {
        outcome.item.uid: outcome.item
        for outcome in outcomes
        if outcome.result is Result.DONE
        and isinstance(outcome.item, DashboardItem)
        and outcome.item.desired
    }


def _replace_lost_outcome(outcome: Outcome, losses: Sequence[PanelLoss]) -> Outcome:
    """The outcome of a dashboard that is put back, if this is one."""
    count = sum(loss.dashboard == outcome.item.uid for loss in losses)
    if not count or not isinstance(outcome.item, DashboardItem):
        return outcome
    owner = "its" if count == 1 else "their"
    problem = f"put back: {format_count(count, 'panel')} lost {owner} data"
    return replace(outcome, result=Result.FAILED, problem=problem)


def _find_checksum(document: Document) -> str:
    """The checksum of what was published, as its mark says it."""
    marker = find_marker(document)
    return marker.checksum if marker else ""


def _report_losses(
    address: str,
    losses: Sequence[PanelLoss],
    panels: Mapping[PanelKey, PanelData],
    *,
    has_rollback: bool,
) -> None:
    full_count = sum(panel.has_data for panel in panels.values())
    if panels:
        count = format_count(len(panels), "panel")
        print_message(f"{address}: {full_count} of {count} of what was published have data")
    lines = [
        f"dashboard {loss.dashboard_title!r} ({loss.dashboard}): panel {loss.panel!r} had data, "
        f"and has none now{f': {loss.error}' if loss.error else ''}"
        for loss in losses
    ]
    remainder = [f"and {len(lines) - MAX_NAMES} more"] if len(lines) > MAX_NAMES else []
    tip = (
        "look at their queries; these dashboards are put back."
        if has_rollback
        else "look at their queries; --rollback-on-loss puts such dashboards back by itself."
    )
    if lines:
        print_error("\n".join([*lines[:MAX_NAMES], *remainder, f"Tip: {tip}"]))
