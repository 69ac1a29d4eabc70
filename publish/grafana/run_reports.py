"""Runs: what each publish touched and what was there before, kept so that it can be undone."""

import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tailboard.publish.errors import OutputError, TailboardError
from tailboard.publish.grafana.api import ROOT_UID, Document, LiveDashboard
from tailboard.publish.grafana.marker import find_marker
from tailboard.publish.grafana.plan_items import DashboardItem, FolderItem, Plan
from tailboard.publish.http.secret_filter import redact_secrets
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome, Result

RUNS_FOLDER = "runs"
NEW_FILE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL
MAX_REPORTS = 20
MAX_MESSAGE_LENGTH = 450
"""Of 500 that Grafana takes, so that the run's name has room."""

NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
RUN_SUFFIX_PATTERN = re.compile(rf"\[run {NAME.pattern}\]$")
UNKNOWN_RESULT = "unknown"
"""What became of an item while its run has not ended."""


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
class RunReport:
    """What a run touched, in the order that it did."""

    run: str
    server: str
    owner: str
    dashboards: tuple[DashboardChange, ...]
    folders: tuple[FolderChange, ...] = ()
    lost_titles: tuple[str, ...] = ()


def build_run_name() -> str:
    """The name of a run that begins now; names sort by time."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def validate_run_name(name: str) -> str:
    """The name itself, if a run can be called so."""
    if not NAME.fullmatch(name):
        raise TailboardError(
            f"{name!r} is not the name of a run",
            tip="publish prints the name of its run, such as 20261120-184800-3fa2c1.",
        )
    return name


def build_version_message(message: str, run: str) -> str:
    """The message of a version, which ends with the name of the run that made it."""
    return f"{' '.join(message.split())[:MAX_MESSAGE_LENGTH]} [run {run}]".strip()


def is_run_message(message: str) -> bool:
    """Whether a version was made by any run, a rollback included."""
    return bool(RUN_SUFFIX_PATTERN.search(message))


def is_message_of_run(message: str, run: str) -> bool:
    """Whether a version was made by a run."""
    return message.endswith(f"[run {run}]")


class RunStore:
    """The reports of the last runs, in a folder of their own."""

    def __init__(self, state_folder: Path) -> None:
        self._folder = state_folder / RUNS_FOLDER

    def begin_run(self, run: str, plan: Plan, server: str, owner: str) -> None:
        """Write down what is there, before any item of the plan is changed."""
        self._write_report(run, _build_report(run, plan, server, owner, {}))

    def end_run(
        self, run: str, plan: Plan, server: str, owner: str, outcomes: Iterable[Outcome]
    ) -> Path:
        """Write down what became of it, and forget the oldest runs; the report's path."""
        results = {(outcome.item.kind, outcome.item.uid): outcome for outcome in outcomes}
        path = self._write_report(run, _build_report(run, plan, server, owner, results))
        for report_path in self._list_reports()[:-MAX_REPORTS]:
            report_path.unlink(missing_ok=True)
        return path

    def read_report(self, run: str) -> RunReport | None:
        """What a run touched, if it is still known here."""
        path = self._folder / f"{run}.json"
        try:
            return _parse_report(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TailboardError(
                f"the report of the run {run} cannot be read: {path}",
                tip="move it away, and the server's own history is asked.",
            ) from error

    def _list_reports(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.json") if NAME.fullmatch(path.stem))

    def _write_report(self, run: str, content: dict[str, Any]) -> Path:
        path = self._folder / f"{run}.json"
        temporary_path = path.with_suffix(".tmp")
        try:
            # Reports hold whole documents: only the user who publishes may read them.
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder.chmod(0o700)
            temporary_path.unlink(missing_ok=True)
            with os.fdopen(
                os.open(temporary_path, NEW_FILE_FLAGS, 0o600), "w", encoding="utf-8"
            ) as stream:
                json.dump(content, stream, indent=1, sort_keys=True)
            temporary_path.replace(path)
        except OSError as error:
            raise OutputError(
                f"the report of the run cannot be written: {path}: {error.strerror}",
                tip="name a folder that can be written: --state DIR.",
            ) from error
        return path


def _build_report(
    run: str,
    plan: Plan,
    server: str,
    owner: str,
    results: "dict[tuple[str, str], Outcome]",
) -> dict[str, Any]:
    def find_outcome(item: DashboardItem | FolderItem) -> Outcome | None:
        return results.get((item.kind, item.uid))

    return {
        "dashboards": [
            _build_dashboard_entry(item, find_outcome(item)) for item in plan.dashboards
        ],
        "folders": [_build_folder_entry(item, find_outcome(item)) for item in plan.folders],
        "owner": owner,
        "run": run,
        "server": server,
    }


def _build_dashboard_entry(item: DashboardItem, outcome: Outcome | None) -> dict[str, Any]:
    last_item = outcome.item if outcome and isinstance(outcome.item, DashboardItem) else item
    return {
        "before": _build_previous_entry(last_item.live),
        "checksum": _find_checksum(item),
        "did": str(item.state),
        "result": _format_result(outcome),
        "title": redact_secrets(item.title),
        "uid": item.uid,
    }


def _build_folder_entry(item: FolderItem, outcome: Outcome | None) -> dict[str, Any]:
    folder = item.live or item.desired
    return {
        "did": str(item.state),
        "parent": folder.parent if folder else ROOT_UID,
        "result": _format_result(outcome),
        "title": redact_secrets(item.title),
        "uid": item.uid,
    }


def _format_result(outcome: Outcome | None) -> str:
    return UNKNOWN_RESULT if outcome is None or outcome.is_uncertain else str(outcome.result)


def _build_previous_entry(live: LiveDashboard | None) -> dict[str, Any] | None:
    if live is None:
        return None
    return {"document": live.document, "folder": live.folder, "owner": live.owner}


def _find_checksum(item: DashboardItem) -> str:
    marker = find_marker(item.desired.document) if item.desired else None
    return marker.checksum if marker else ""


def _parse_report(content: dict[str, Any]) -> RunReport:
    done_results = {str(Result.DONE), UNKNOWN_RESULT}
    return RunReport(
        content["run"],
        content["server"],
        content["owner"],
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
