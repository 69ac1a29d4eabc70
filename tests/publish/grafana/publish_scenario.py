"""A Grafana in which everything is to be done that a publish can do, and others have things too."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.grafana.memory.store import Store
from tests.publish.grafana.publisher import Publisher, read_query

OWNER_OPTIONS = ("--owner", "team")
PUBLISH_OPTIONS = (*OWNER_OPTIONS, "--prune", "--on-error", "continue")
EXPECTED_QUERIES = {"created": "new", "moved": "new", "updated": "new", "same": "old"}
EXPECTED_FOLDERS = {"created": "Made", "moved": "Made", "updated": "Shop", "same": "Shop"}
FOREIGN_DASHBOARDS = {"theirs": "Theirs", "apart": ""}


@dataclass
class PublishScenario:
    """A shop after an earlier publish, and before the one that is to be disturbed."""

    publisher: Publisher
    saved_store: Store | None = None
    foreign_documents: dict[str, Any] | None = None

    def prepare_dashboards(self) -> None:
        """Publish what was declared before, and declare what is declared now."""
        shop = self.publisher
        for uid, title in FOREIGN_DASHBOARDS.items():
            if title:
                shop.grafana.create_folder(f"folder-{uid}", title)
            folder = f"folder-{uid}" if title else None
            shop.grafana.create_foreign_dashboard(uid, uid.capitalize(), folder)
        for uid in ("moved", "updated", "same"):
            shop.declare_dashboard(uid, "old", folder="Shop")
        shop.declare_dashboard("pruned", "old", folder="Gone")
        shop.run_publish(*OWNER_OPTIONS)
        shop.delete_definition("pruned")
        for uid in ("created", "moved"):
            shop.declare_dashboard(uid, EXPECTED_QUERIES[uid], folder="Made")
        shop.declare_dashboard("updated", "new", folder="Shop")
        self.foreign_documents = self._read_foreign_documents()
        memory = shop.grafana.memory_server
        self.saved_store = deepcopy(memory.store) if memory else None

    def reset_server(self) -> None:
        """Go back to what was there before the disturbed publish."""
        memory = self.publisher.grafana.memory_server
        if memory and self.saved_store:
            with memory.lock:
                memory.store = deepcopy(self.saved_store)
            return
        self.publisher.grafana.delete_items()
        for path in (self.publisher.workspace.root / "definitions").iterdir():
            path.unlink()
        self.prepare_dashboards()

    def check_complete(self) -> None:
        """What is declared is there, nothing twice, and nothing of others was touched."""
        grafana = self.publisher.grafana
        documents = grafana.list_documents()
        assert {
            document: read_query(documents[document])
            for document in documents
            if document not in FOREIGN_DASHBOARDS
        } == EXPECTED_QUERIES
        assert self.publisher.list_folder_paths() == {**EXPECTED_FOLDERS, **FOREIGN_DASHBOARDS}
        assert sorted(grafana.list_folder_titles().values()) == ["Made", "Shop", "Theirs"]
        assert self._read_foreign_documents() == self.foreign_documents
        assert self.publisher.is_published(*OWNER_OPTIONS)

    def _read_foreign_documents(self) -> dict[str, Any]:
        """The dashboards of others, with their versions."""
        paths = {uid: f"/api/dashboards/uid/{uid}" for uid in FOREIGN_DASHBOARDS}
        return {
            uid: self.publisher.grafana.send_request("GET", path).json()["dashboard"]
            for uid, path in paths.items()
        }
