"""What a run did to dashboards and folders, and what there was before, so that it can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tailboard.publish.grafana.api import ROOT_UID, Document, LiveDashboard
from tailboard.publish.grafana.documents.marker import find_marker
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem, Plan
from tailboard.publish.http.secret_filter import redact_secrets
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import UNKNOWN_RESULT, Outcome, Result, format_known_result


@dataclass(frozen=True)
class PreviousDashboard:
    """The state of a dashboard before a run, in the schema that it was stored in.

    `owner` is ours whose it was by the server's annotations, even without its mark.
    """

    document: Document = field(repr=False)
    folder: str
    owner: str = ""


@dataclass(frozen=True)
class DashboardChange:
    """A dashboard that a run changed: what it was before, None if it was not there.

    `checksum` is that of what the run published, empty where it deleted.
    """

    uid: str
    title: str
    previous: PreviousDashboard | None
    checksum: str = ""


@dataclass(frozen=True)
class FolderChange:
    """A folder that a run made, or deleted; within `parent`."""

    uid: str
    title: str
    parent: str
    is_deleted: bool


@dataclass(frozen=True)
class GrafanaReport:
    """What a run touched in a Grafana, in the order that it did.

    `lost_titles` are of dashboards of which Grafana keeps no more what was there before.
    """

    server: str
    owner: str
    dashboards: tuple[DashboardChange, ...]
    folders: tuple[FolderChange, ...] = ()
    lost_titles: tuple[str, ...] = ()


def build_grafana_entry(
    plan: Plan, server: str, outcomes: Mapping[tuple[str, str], Outcome]
) -> dict[str, Any]:
    """The entry of a report about a Grafana; without outcomes, every result is unknown."""

    def find_outcome(item: DashboardItem | FolderItem) -> Outcome | None:
        return outcomes.get((item.kind, item.uid))

    return {
        "dashboards": [
            _build_dashboard_entry(item, find_outcome(item)) for item in plan.dashboards
        ],
        "folders": [_build_folder_entry(item, find_outcome(item)) for item in plan.folders],
        "server": server,
    }


def parse_grafana_report(content: Mapping[str, Any], owner: str) -> GrafanaReport:
    """What a report says of a Grafana; raises errors of the shape of its content."""
    done_results = {str(Result.DONE), UNKNOWN_RESULT}
    return GrafanaReport(
        content["server"],
        owner,
        tuple(
            DashboardChange(
                entry["uid"],
                entry["title"],
                PreviousDashboard(**entry["before"]) if entry["before"] else None,
                entry["checksum"],
            )
            for entry in content["dashboards"]
            if entry["result"] in done_results
        ),
        tuple(
            FolderChange(
                entry["uid"], entry["title"], entry["parent"], entry["did"] == State.ORPHAN
            )
            for entry in content["folders"]
            if entry["result"] in done_results and entry["did"] in {State.CREATE, State.ORPHAN}
        ),
    )


def _build_dashboard_entry(item: DashboardItem, outcome: Outcome | None) -> dict[str, Any]:
    last_item = outcome.item if outcome and isinstance(outcome.item, DashboardItem) else item
    return {
        "before": _build_previous_entry(last_item.live),
        "checksum": _find_checksum(item),
        "did": str(item.state),
        "result": format_known_result(outcome),
        "title": redact_secrets(item.title),
        "uid": item.uid,
    }


def _build_folder_entry(item: FolderItem, outcome: Outcome | None) -> dict[str, Any]:
    folder = item.live or item.desired
    return {
        "did": str(item.state),
        "parent": folder.parent if folder else ROOT_UID,
        "result": format_known_result(outcome),
        "title": redact_secrets(item.title),
        "uid": item.uid,
    }


def _build_previous_entry(live: LiveDashboard | None) -> dict[str, Any] | None:
    if live is None:
        return None
    return {"document": live.document, "folder": live.folder, "owner": live.owner}


def _find_checksum(item: DashboardItem) -> str:
    marker = find_marker(item.desired.document) if item.desired else None
    return marker.checksum if marker else ""
