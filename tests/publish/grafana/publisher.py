"""Somebody who declares dashboards and publishes them by the command line."""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.grafana.grafana_under_test import GrafanaUnderTest
from tests.workspace import RUN_PROGRAM, CommandResult, Workspace

Document = dict[str, Any]
DEFINITIONS_FOLDER = "definitions"
RUN_NAME = re.compile(r"\(run (\S+)\)")


@dataclass(frozen=True)
class Publisher:
    """Definitions in a folder, and the Grafana that they are published into."""

    workspace: Workspace
    grafana: GrafanaUnderTest
    monkeypatch: pytest.MonkeyPatch

    def set_url(self, address: str) -> None:
        """Let commands go to another address."""
        self.monkeypatch.setenv("GRAFANA_URL", address)

    def set_token(self, token: str) -> None:
        """Let commands go as somebody else."""
        self.monkeypatch.setenv("GRAFANA_TOKEN", token)

    def declare_dashboard(
        self, uid: str, query: str = "up", *, folder: str = "", title: str = ""
    ) -> Path:
        """Declare a dashboard with one panel."""
        return self.declare_document(
            {
                "panels": [build_panel("Up", query)],
                "schemaVersion": 42,
                "title": title or uid.capitalize(),
                "uid": uid,
            },
            folder,
        )

    def declare_document(self, document: Document, folder: str = "") -> Path:
        """Declare a dashboard as JSON."""
        notes = {"tailboard/folder": folder} if folder else {}
        resource = {
            "apiVersion": "dashboard.grafana.app/v1beta1",
            "kind": "Dashboard",
            "metadata": {"name": document["uid"], "annotations": notes},
            "spec": document,
        }
        return self.workspace.write_file(
            f"{DEFINITIONS_FOLDER}/{document['uid']}.json", json.dumps(resource)
        )

    def delete_definition(self, uid: str) -> None:
        """Declare it no more."""
        (self.workspace.root / DEFINITIONS_FOLDER / f"{uid}.json").unlink()

    def run_command(
        self, command: str, *arguments: str, definitions: str = DEFINITIONS_FOLDER
    ) -> CommandResult:
        """Run a command that reads definitions."""
        unchecked = ["--no-data-source-check"] if command == "publish" else []
        return self.workspace.run_tailboard(
            command, definitions, "--api", self.grafana.api, *unchecked, *arguments
        )

    @property
    def publish_command(self) -> list[str]:
        """Publish in a process of its own."""
        options = ["--api", self.grafana.api, "--no-data-source-check"]
        return [sys.executable, "-c", RUN_PROGRAM, "publish", DEFINITIONS_FOLDER, *options]

    def run_publish(self, *arguments: str, code: int = 0) -> CommandResult:
        """Publish, and see how it ends."""
        run = self.run_command("publish", *arguments)
        assert run.exit_code == code, run.output
        return run

    def plan_items(self, *arguments: str) -> dict[str, dict[str, Any]]:
        """The plan: its items by uid."""
        run = self.run_command("plan", "--json", *arguments)
        assert run.exit_code == 0, run.output
        return {item["uid"]: item for item in run.json["items"]}

    def plan_states(self, *arguments: str) -> dict[str, str]:
        """The plan: the state of each dashboard and folder by uid."""
        return {uid: item["state"] for uid, item in self.plan_items(*arguments).items()}

    def is_published(self, *arguments: str) -> bool:
        """Whether a plan finds nothing to do."""
        return self.run_command("plan", "--exit-code", *arguments).exit_code == 0

    def run_rollback(self, run: CommandResult, *arguments: str, code: int = 0) -> CommandResult:
        """Undo a run, and see how that ends."""
        undone = self.workspace.run_tailboard(
            "rollback", read_run_name(run), "--api", self.grafana.api, *arguments
        )
        assert undone.exit_code == code, undone.output
        return undone

    def run_pull(self, *arguments: str, code: int = 0) -> CommandResult:
        """Pull, and see how it ends."""
        run = self.workspace.run_tailboard("pull", "--api", self.grafana.api, *arguments)
        assert run.exit_code == code, run.output
        return run

    def delete_runs(self) -> None:
        """Lose the state folder, as a CI job does."""
        for path in (self.workspace.root / ".tailboard" / "runs").iterdir():
            path.unlink()

    def list_queries(self) -> dict[str, str]:
        """The query of the first panel of each dashboard in Grafana."""
        return {
            uid: read_query(document) for uid, document in self.grafana.list_documents().items()
        }

    def count_versions(self, uids: Iterable[str]) -> dict[str, int]:
        """How many versions Grafana knows of each dashboard."""
        return {uid: len(self.grafana.list_versions(uid)) for uid in uids}

    def list_folder_paths(self) -> dict[str, str]:
        """The title of the folder of each dashboard, with those above it."""
        return {
            uid: self.format_folder_path(folder)
            for uid, folder in self.grafana.list_folder_uids().items()
        }

    def format_folder_path(self, folder: str) -> str:
        """The titles of a folder and of those above it."""
        titles, parents = self.grafana.list_folder_titles(), self.grafana.list_parent_uids()
        path_titles: list[str] = []
        while folder:
            path_titles.insert(0, titles[folder])
            folder = parents[folder]
        return "/".join(path_titles)


def build_panel(title: str, query: str) -> Document:
    """A panel with one query."""
    return {
        "targets": [{"expr": query, "refId": "A"}],
        "title": title,
        "type": "timeseries",
    }


def read_query(document: Document) -> str:
    """The query of the first panel; nothing, if there is none."""
    panels = document.get("panels") or []
    return str(panels[0]["targets"][0]["expr"]) if panels else ""


def set_query(document: Document, query: str = "edited") -> None:
    """Edit a document as somebody in the browser does."""
    document["panels"][0]["targets"][0]["expr"] = query


def read_run_name(run: CommandResult) -> str:
    """The name of a run, as publishing tells it."""
    match = RUN_NAME.search(run.stderr)
    assert match, run.output
    return match[1]
