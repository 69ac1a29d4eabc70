"""The report of a run: what it touched at each target, and what was there before."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.run_reports import (
    GrafanaReport,
    build_grafana_entry,
    parse_grafana_report,
)
from tailboard.publish.plan.outcome import Outcome
from tailboard.publish.plan.runs import RunStore, validate_run_name
from tailboard.publish.rulers.run_reports import RulesReport, build_rules_entry, parse_rules_report
from tailboard.publish.targets.target import TargetPlan

SHAPE_ERRORS = (AttributeError, KeyError, OSError, TypeError, ValueError)


@dataclass(frozen=True)
class TargetReport:
    """What a run touched at one target: in a Grafana, in a ruler, or in both."""

    target: str
    owner: str
    dashboards: GrafanaReport | None = None
    rules: RulesReport | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to be undone."""
        has_dashboards = self.dashboards and (self.dashboards.dashboards or self.dashboards.folders)
        return not has_dashboards and not (self.rules and self.rules.groups)


def begin_run(runs: RunStore, run: str, plans: Sequence[TargetPlan]) -> None:
    """Write down what is there, before any item of these plans is changed."""
    runs.write_content(run, _build_content(run, plans, {}))


def end_run(
    runs: RunStore, run: str, plans: Sequence[TargetPlan], outcomes: Mapping[str, Iterable[Outcome]]
) -> Path:
    """Write down what became of it by the names of targets, and forget the oldest runs."""
    path = runs.write_content(run, _build_content(run, plans, outcomes))
    runs.delete_old_reports()
    return path


def read_reports(runs: RunStore, run: str) -> list[TargetReport]:
    """What a run touched at each target; none where it is not known here."""
    try:
        return _parse_targets(runs.read_content(run))
    except FileNotFoundError:
        return []
    except SHAPE_ERRORS as error:
        raise TailboardError(
            f"the report of the run {run} cannot be read: {runs.build_path(run)}",
            tip="move it away, and the server's own history is asked.",
        ) from error


def read_report_file(path: Path) -> tuple[str, list[TargetReport]]:
    """The name of the run of a report that lies anywhere, and what it touched at each target."""
    try:
        content = json.loads(path.read_bytes())
        return validate_run_name(content["run"]), _parse_targets(content)
    except SHAPE_ERRORS as error:
        raise TailboardError(
            f"{path} is not the report of a run",
            tip="publish writes it to .tailboard/runs, or to the folder of --state.",
        ) from error


def _build_content(
    run: str, plans: Sequence[TargetPlan], outcomes: Mapping[str, Iterable[Outcome]]
) -> dict[str, Any]:
    return {
        "run": run,
        "targets": [_build_target(plan, outcomes.get(plan.target.name, ())) for plan in plans],
    }


def _build_target(plan: TargetPlan, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    target = plan.target
    outcomes_by_item = {(outcome.item.kind, outcome.item.uid): outcome for outcome in outcomes}
    entry: dict[str, Any] = {"owner": target.owner, "target": target.name}
    if target.grafana and plan.dashboards.items:
        entry |= build_grafana_entry(plan.dashboards, target.grafana.address, outcomes_by_item)
    if target.ruler and plan.rules:
        entry["rules"] = build_rules_entry(target.ruler, plan.rules, outcomes_by_item)
    return entry


def _parse_targets(content: Mapping[str, Any]) -> list[TargetReport]:
    return [_parse_target(entry) for entry in content.get("targets", [content])]


def _parse_target(entry: Mapping[str, Any]) -> TargetReport:
    """What is known of a target, where a run may have changed nothing.

    A report of an older tailboard is one of a Grafana alone.
    """
    owner = entry["owner"]
    return TargetReport(
        entry.get("target", ""),
        owner,
        parse_grafana_report(entry, owner) if "server" in entry else None,
        parse_rules_report(entry["rules"]) if "rules" in entry else None,
    )
