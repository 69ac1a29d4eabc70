"""Runs: what each publish touched and what was there before, kept so that it can be undone."""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tailboard.publish.errors import OutputError, TailboardError
from tailboard.publish.grafana.api import ROOT, Document, Stored
from tailboard.publish.grafana.item import DashboardItem, FolderItem, Plan, State
from tailboard.publish.grafana.marker import mark_of
from tailboard.publish.grafana.outcome import Outcome, Result

FOLDER = "runs"
MOST_KEPT = 20
LONGEST_MESSAGE = 450
"""Of 500 that Grafana takes, so that the run's name has room."""

NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
NOTED = re.compile(rf"\[run {NAME.pattern}\]$")
UNKNOWN = "unknown"
"""What became of an item while its run has not ended."""


@dataclass(frozen=True)
class Before:
    """A dashboard as it was before a run."""

    document: Document = field(repr=False)
    folder: str


@dataclass(frozen=True)
class Touched:
    """A dashboard that a run changed: what it was before, None if it was not there.

    `checksum` is that of what the run published, empty where it deleted.
    """

    uid: str
    title: str
    before: Before | None
    checksum: str = ""


@dataclass(frozen=True)
class TouchedFolder:
    """A folder that a run made, or deleted; within `parent`."""

    uid: str
    title: str
    parent: str
    deleted: bool


@dataclass(frozen=True)
class Report:
    """What a run touched, in the order that it did."""

    run: str
    server: str
    owner: str
    dashboards: tuple[Touched, ...]
    folders: tuple[TouchedFolder, ...] = ()
    lost: tuple[str, ...] = ()


def new_run() -> str:
    """The name of a run that begins now; names sort by time."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def checked_run(name: str) -> str:
    """The name itself, if a run can be called so."""
    if not NAME.fullmatch(name):
        raise TailboardError(
            f"{name!r} is not the name of a run",
            tip="publish prints the name of its run, such as 20261120-184800-3fa2c1.",
        )
    return name


def noted(message: str, run: str) -> str:
    """The message of a version, from which the run that made it can be told."""
    return f"{' '.join(message.split())[:LONGEST_MESSAGE]} [run {run}]".strip()


def is_ours(message: str) -> bool:
    """Whether a version was made by any run, a rollback included."""
    return bool(NOTED.search(message))


def is_noted(message: str, run: str) -> bool:
    """Whether a version was made by a run."""
    return message.endswith(f"[run {run}]")


class Runs:
    """The reports of the last runs, in a folder of their own."""

    def __init__(self, state: Path) -> None:
        self._folder = state / FOLDER

    def begin(self, run: str, plan: Plan, server: str, owner: str) -> None:
        """Write down what is there, before any item of the plan is changed."""
        self._write(run, _written(run, plan, server, owner, {}))

    def end(
        self, run: str, plan: Plan, server: str, owner: str, outcomes: Iterable[Outcome]
    ) -> Path:
        """Write down what became of it, and forget the oldest runs; the report's path."""
        results = {(_kind(it.item), it.item.uid): it for it in outcomes}
        path = self._write(run, _written(run, plan, server, owner, results))
        for old in self._all()[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
        return path

    def report(self, run: str) -> Report | None:
        """What a run touched, if it is still known here."""
        path = self._folder / f"{run}.json"
        try:
            return _read(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TailboardError(
                f"the report of the run {run} cannot be read: {path}",
                tip="move it away, and the server's own history is asked.",
            ) from error

    def _all(self) -> list[Path]:
        return sorted(it for it in self._folder.glob("*.json") if NAME.fullmatch(it.stem))

    def _write(self, run: str, content: dict[str, Any]) -> Path:
        path = self._folder / f"{run}.json"
        temporary = path.with_suffix(".tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(content, indent=1, sort_keys=True), "utf-8")
            temporary.replace(path)
        except OSError as error:
            raise OutputError(
                f"the report of the run cannot be written: {path}: {error.strerror}",
                tip="name a folder that can be written: --state DIR.",
            ) from error
        return path


def _written(
    run: str,
    plan: Plan,
    server: str,
    owner: str,
    results: "dict[tuple[str, str], Outcome]",
) -> dict[str, Any]:
    def found(item: DashboardItem | FolderItem) -> Outcome | None:
        return results.get((_kind(item), item.uid))

    return {
        "dashboards": [_of_dashboard(it, found(it)) for it in plan.dashboards],
        "folders": [_of_folder(it, found(it)) for it in plan.folders],
        "owner": owner,
        "run": run,
        "server": server,
    }


def _kind(item: "DashboardItem | FolderItem") -> str:
    return "folder" if isinstance(item, FolderItem) else "dashboard"


def _of_dashboard(item: DashboardItem, outcome: Outcome | None) -> dict[str, Any]:
    last = outcome.item if outcome and isinstance(outcome.item, DashboardItem) else item
    return {
        "before": _before(last.stored),
        "checksum": _checksum(item),
        "did": str(item.state),
        "result": _result(outcome),
        "title": item.title,
        "uid": item.uid,
    }


def _of_folder(item: FolderItem, outcome: Outcome | None) -> dict[str, Any]:
    lies = item.stored or item.wanted
    return {
        "did": str(item.state),
        "parent": lies.parent if lies else ROOT,
        "result": _result(outcome),
        "title": item.title,
        "uid": item.uid,
    }


def _result(outcome: Outcome | None) -> str:
    return UNKNOWN if outcome is None or outcome.uncertain else str(outcome.result)


def _before(stored: Stored | None) -> dict[str, Any] | None:
    return {"document": stored.document, "folder": stored.folder} if stored else None


def _checksum(item: DashboardItem) -> str:
    mark = mark_of(item.wanted.document) if item.wanted else None
    return mark.checksum if mark else ""


def _read(content: dict[str, Any]) -> Report:
    done = {str(Result.DONE), UNKNOWN}
    return Report(
        content["run"],
        content["server"],
        content["owner"],
        tuple(
            Touched(
                it["uid"],
                it["title"],
                Before(**it["before"]) if it["before"] else None,
                it["checksum"],
            )
            for it in content["dashboards"]
            if it["result"] in done
        ),
        tuple(
            TouchedFolder(it["uid"], it["title"], it["parent"], it["did"] == State.ORPHAN)
            for it in content["folders"]
            if it["result"] in done and it["did"] in {State.CREATE, State.ORPHAN}
        ),
    )
