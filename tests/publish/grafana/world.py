"""A Grafana in which everything is to be done that a publish can do, and others have things too."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.grafana.memory.store import Store
from tests.publish.grafana.shop import Shop, query_of

OWNER = ("--owner", "team")
PUBLISH = (*OWNER, "--prune", "--on-error", "continue")
QUERIES = {"created": "new", "moved": "new", "updated": "new", "same": "old"}
PLACES = {"created": "Made", "moved": "Made", "updated": "Shop", "same": "Shop"}
THEIRS = {"theirs": "Theirs", "apart": ""}


@dataclass
class World:
    """A shop after an earlier publish, and before the one that is to be disturbed."""

    shop: Shop
    kept: Store | None = None
    theirs: dict[str, Any] | None = None

    def prepare(self) -> None:
        """Publish what was declared before, and declare what is declared now."""
        shop = self.shop
        for uid, title in THEIRS.items():
            if title:
                shop.grafana.create_folder(f"folder-{uid}", title)
            folder = f"folder-{uid}" if title else None
            shop.grafana.create_foreign(uid, uid.capitalize(), folder)
        for uid in ("moved", "updated", "same"):
            shop.declare(uid, "old", folder="Shop")
        shop.declare("pruned", "old", folder="Gone")
        shop.publish(*OWNER)
        shop.undeclare("pruned")
        for uid in ("created", "moved"):
            shop.declare(uid, QUERIES[uid], folder="Made")
        shop.declare("updated", "new", folder="Shop")
        self.theirs = self._of_others()
        memory = shop.grafana.memory
        self.kept = deepcopy(memory.store) if memory else None

    def again(self) -> None:
        """Go back to what was there before the disturbed publish."""
        memory = self.shop.grafana.memory
        if memory and self.kept:
            with memory.lock:
                memory.store = deepcopy(self.kept)
            return
        self.shop.grafana.clean()
        for path in (self.shop.workshop.root / "definitions").iterdir():
            path.unlink()
        self.prepare()

    def assert_complete(self) -> None:
        """What is declared is there, nothing twice, and nothing of others was touched."""
        grafana = self.shop.grafana
        documents = grafana.documents()
        assert {it: query_of(documents[it]) for it in documents if it not in THEIRS} == QUERIES
        assert self.shop.folder_titles() == {**PLACES, **THEIRS}
        assert sorted(grafana.folders().values()) == ["Made", "Shop", "Theirs"]
        assert self._of_others() == self.theirs
        assert self.shop.is_published(*OWNER)

    def _of_others(self) -> dict[str, Any]:
        """The dashboards of others, with their versions."""
        paths = {uid: f"/api/dashboards/uid/{uid}" for uid in THEIRS}
        return {
            uid: self.shop.grafana.ask("GET", path).json()["dashboard"]
            for uid, path in paths.items()
        }
