"""What the server holds: dashboards, folders, their history, and what else lies in folders."""

import itertools
import uuid
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

FOLDER = "grafana.app/folder"
MESSAGE = "grafana.app/message"
GRANT = "grafana.app/grant-permissions"
MANAGED_BY = "grafana.app/managedBy"
ALLOWS_EDITS = "grafana.app/managerAllowsEdits"
INTERNAL_ID = "grafana.app/deprecatedInternalID"
CREATED_BY = "grafana.app/createdBy"
UPDATED = ("grafana.app/updatedBy", "grafana.app/updatedTimestamp")
SERVER_ANNOTATIONS = frozenset({CREATED_BY, *UPDATED, GRANT})
FILE_PROVISIONING = "classic-file-provisioning"
NOW = "2026-01-01T00:00:00Z"


@dataclass
class Item:
    """A dashboard or a folder as it is stored.

    `has_grant` says that viewers may read it and editors change it, and its contents;
    `conversion_error` why it is shown in no other version than its own.
    """

    name: str
    spec: dict[str, Any]
    number: int
    created_by: str
    version: str = "v1beta1"
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    resource_version: int = 0
    generation: int = 1
    updated_by: str | None = None
    has_grant: bool = True
    status: dict[str, Any] = field(default_factory=dict)
    conversion_error: str = ""
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def folder(self) -> str:
        """The uid of the folder it lies in; empty at the root."""
        return self.annotations.get(FOLDER, "")

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.spec.get("title", ""))

    def is_locked_file(self) -> bool:
        """Provisioned from a file that wins over every edit."""
        return self.annotations.get(MANAGED_BY) == FILE_PROVISIONING and not self.is_editable()

    def is_editable(self) -> bool:
        """Its manager lets people edit it."""
        return self.annotations.get(ALLOWS_EDITS) == "true"

    def build_metadata(self) -> dict[str, Any]:
        """The metadata that /apis shows."""
        annotations = {CREATED_BY: self.created_by, **self.annotations}
        if self.updated_by:
            annotations |= dict(zip(UPDATED, (self.updated_by, NOW), strict=True))
        return {
            "name": self.name,
            "namespace": "default",
            "uid": self.uid,
            "resourceVersion": str(self.resource_version),
            "generation": self.generation,
            "creationTimestamp": NOW,
            "labels": {INTERNAL_ID: str(self.number), **self.labels},
            "annotations": annotations,
        }


class Store:
    """Everything of one organisation."""

    def __init__(self) -> None:
        self.dashboards: dict[str, Item] = {}
        self.folders: dict[str, Item] = {}
        self.history: dict[str, list[Item]] = {}
        self.rules: dict[str, str] = {}
        self.library_panels: dict[str, str] = {}
        self.data_sources: dict[str, dict[str, Any]] = {}
        self._clock = itertools.count(1_700_000_000_000_001)
        self._numbers = itertools.count(2_650_000_000_000_001)

    def next_resource_version(self) -> int:
        """The next resource version."""
        return next(self._clock)

    def next_internal_id(self) -> int:
        """The next numeric id."""
        return next(self._numbers)

    def put_item(self, items: dict[str, Item], item: Item) -> None:
        """Store an item; a dashboard leaves an entry in the history."""
        item.resource_version = self.next_resource_version()
        items[item.name] = item
        if items is self.dashboards:
            self.history.setdefault(item.name, []).insert(0, deepcopy(item))

    def delete_dashboard(self, name: str) -> None:
        """Forget a dashboard with its history."""
        del self.dashboards[name]
        del self.history[name]

    def delete_tree(self, name: str) -> None:
        """Forget a folder and all that lies in it."""
        for item in self.list_descendants(name):
            self.folders.pop(item, None)
            for inside in [d.name for d in self.dashboards.values() if d.folder == item]:
                self.delete_dashboard(inside)
            for panel in [uid for uid, folder in self.library_panels.items() if folder == item]:
                del self.library_panels[panel]

    def list_descendants(self, name: str) -> list[str]:
        """A folder and those nested in it."""
        names = [name]
        for above in names:
            children = [item.name for item in self.folders.values() if item.folder == above]
            names += [item for item in children if item not in names]
        return names

    def list_ancestors(self, name: str) -> list[Item]:
        """A folder and those above, the root's first, as far as they exist."""
        line: list[Item] = []
        while name in self.folders and self.folders[name] not in line:
            line.insert(0, self.folders[name])
            name = line[0].folder
        return line

    def count_contents(self, name: str) -> dict[str, int]:
        """How many things lie in a folder and below."""
        inside = set(self.list_descendants(name))
        return {
            "dashboards": _count_in_folders(
                inside, (item.folder for item in self.dashboards.values())
            ),
            "folders": len(inside) - 1,
            "alertrules": _count_in_folders(inside, self.rules.values()),
            "library_elements": _count_in_folders(inside, self.library_panels.values()),
        }


def _count_in_folders(folders: set[str], places: Iterable[str]) -> int:
    return sum(place in folders for place in places)
