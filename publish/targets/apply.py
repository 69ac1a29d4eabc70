"""Doing what a plan says at one target, in the order in which one thing needs another.

Recording rules come before the dashboards that read them, dashboards before the alerts that link to
them; what is deleted goes last, the other way round. A group that has both kinds of rules counts
as one of recording rules.
"""

import threading

from tailboard.publish.grafana.api import GrafanaApi
from tailboard.publish.grafana.apply import ItemPlanner, PlanApplier
from tailboard.publish.grafana.plan.plan import plan_dashboard
from tailboard.publish.grafana.plan.selection import select_changes
from tailboard.publish.plan.apply import OutcomeListener
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome
from tailboard.publish.plan.policy import PublishPolicy, is_permitted
from tailboard.publish.rulers.apply import RulesApplier
from tailboard.publish.rulers.plan import GroupItem
from tailboard.publish.targets.target import TargetPlan


def apply_target_plan(
    plan: TargetPlan,
    policy: PublishPolicy,
    listener: OutcomeListener,
    *,
    abort: bool = False,
    message: str = "",
    api: GrafanaApi | None = None,
    plan_item: ItemPlanner = plan_dashboard,
) -> list[Outcome]:
    """What became of every item.

    `api` is another one than the Grafana's own, for a rehearsal; `plan_item` plans a dashboard
    again that was changed meanwhile.
    """
    target, failure_event = plan.target, threading.Event()
    grafana = target.grafana
    dashboards = (
        PlanApplier(
            api or grafana.api,
            policy,
            listener,
            abort=abort,
            failure_event=failure_event,
            plan_item=plan_item,
        )
        if grafana and plan.dashboards.items
        else None
    )
    rules = (
        RulesApplier(
            target.ruler,
            policy,
            listener,
            owner=target.owner,
            message=message,
            abort=abort,
            failure_event=failure_event,
        )
        if target.ruler and plan.rules
        else None
    )
    desired_items = [item for item in plan.rules if item.state is not State.ORPHAN]
    orphans = [item for item in plan.rules if item.state is State.ORPHAN]

    def apply_rules(items: list[GroupItem], *, is_recording: bool) -> list[Outcome]:
        selected = [item for item in items if item.has_recording_rules is is_recording]
        return rules.apply_items(selected) if rules and selected else []

    outcomes = apply_rules(desired_items, is_recording=True)
    outcomes += dashboards.apply_writes(plan.dashboards) if dashboards else []
    outcomes += apply_rules(desired_items, is_recording=False)
    outcomes += apply_rules(orphans, is_recording=False)
    outcomes += dashboards.apply_deletions(plan.dashboards) if dashboards else []
    return outcomes + apply_rules(orphans, is_recording=True)


def select_target_changes(plan: TargetPlan, policy: PublishPolicy) -> TargetPlan:
    """The part of a plan that changes anything."""
    rules = tuple(item for item in plan.rules if is_permitted(item, policy))
    return TargetPlan(plan.target, select_changes(plan.dashboards, policy), rules)
