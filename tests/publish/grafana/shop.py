"""Somebody who declares dashboards and publishes them by the command line."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.grafana.bench import Bench
from tests.publish.workshop import Run, Workshop

Document = dict[str, Any]
FOLDER = "definitions"
RUN = re.compile(r"\(run (\S+)\)")


@dataclass(frozen=True)
class Shop:
    """Definitions in a folder, and the Grafana that they are published into."""

    workshop: Workshop
    grafana: Bench
    patch: pytest.MonkeyPatch

    def ask_at(self, address: str) -> None:
        """Let commands go to another address."""
        self.patch.setenv("GRAFANA_URL", address)

    def with_token(self, token: str) -> None:
        """Let commands go as somebody else."""
        self.patch.setenv("GRAFANA_TOKEN", token)

    def declare(self, uid: str, query: str = "up", *, folder: str = "", title: str = "") -> Path:
        """Declare a dashboard with one panel."""
        return self.declare_document(
            {
                "panels": [panel("Up", query)],
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
        return self.workshop.write(f"{FOLDER}/{document['uid']}.json", json.dumps(resource))

    def undeclare(self, uid: str) -> None:
        """Declare it no more."""
        (self.workshop.root / FOLDER / f"{uid}.json").unlink()

    def run(self, command: str, *arguments: str, definitions: str = FOLDER) -> Run:
        """Run a command that reads definitions."""
        unchecked = ["--no-data-source-check"] if command == "publish" else []
        return self.workshop.tailboard(
            command, definitions, "--api", self.grafana.api, *unchecked, *arguments
        )

    def publish(self, *arguments: str, code: int = 0) -> Run:
        """Publish, and see how it ends."""
        run = self.run("publish", *arguments)
        assert run.code == code, run.said
        return run

    def items(self, *arguments: str) -> dict[str, dict[str, Any]]:
        """The plan: its items by uid."""
        run = self.run("plan", "--json", *arguments)
        assert run.code == 0, run.said
        return {it["uid"]: it for it in run.json["items"]}

    def states(self, *arguments: str) -> dict[str, str]:
        """The plan: the state of each dashboard and folder by uid."""
        return {uid: it["state"] for uid, it in self.items(*arguments).items()}

    def is_published(self, *arguments: str) -> bool:
        """Whether a plan finds nothing to do."""
        return self.run("plan", "--exit-code", *arguments).code == 0

    def roll_back(self, run: Run, *arguments: str, code: int = 0) -> Run:
        """Undo a run, and see how that ends."""
        undone = self.workshop.tailboard(
            "rollback", name_of(run), "--api", self.grafana.api, *arguments
        )
        assert undone.code == code, undone.said
        return undone

    def pull(self, *arguments: str, code: int = 0) -> Run:
        """Pull, and see how it ends."""
        run = self.workshop.tailboard("pull", "--api", self.grafana.api, *arguments)
        assert run.code == code, run.said
        return run

    def forget_runs(self) -> None:
        """Lose the state folder, as a CI job does."""
        for path in (self.workshop.root / ".tailboard" / "runs").iterdir():
            path.unlink()

    def queries(self) -> dict[str, str]:
        """The query of the first panel of each dashboard in Grafana."""
        return {uid: query_of(it) for uid, it in self.grafana.documents().items()}

    def versions(self, uids: Iterable[str]) -> dict[str, int]:
        """How many versions Grafana knows of each dashboard."""
        return {uid: len(self.grafana.versions(uid)) for uid in uids}

    def folder_titles(self) -> dict[str, str]:
        """The title of the folder of each dashboard, with those above it."""
        return {uid: self.path(folder) for uid, folder in self.grafana.places().items()}

    def path(self, folder: str) -> str:
        """The titles of a folder and of those above it."""
        titles, parents = self.grafana.folders(), self.grafana.parents()
        found: list[str] = []
        while folder:
            found.insert(0, titles[folder])
            folder = parents[folder]
        return "/".join(found)


def panel(title: str, query: str) -> Document:
    """A panel with one query."""
    return {
        "targets": [{"expr": query, "refId": "A"}],
        "title": title,
        "type": "timeseries",
    }


def query_of(document: Document) -> str:
    """The query of the first panel; nothing, if there is none."""
    panels = document.get("panels") or []
    return str(panels[0]["targets"][0]["expr"]) if panels else ""


def set_query(document: Document, query: str = "edited") -> None:
    """Edit a document as somebody in the browser does."""
    document["panels"][0]["targets"][0]["expr"] = query


def name_of(run: Run) -> str:
    """The name of a run, as publishing tells it."""
    found = RUN.search(run.err)
    assert found, run.said
    return found[1]
