"""Dashboards and folders as resources of Grafana's newer API: metadata around a document."""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.folder import GRAFANA_NOTE
from tailboard.publish.grafana.api import ROOT, Document, Stored, StoredFolder, Version, Wanted
from tailboard.publish.grafana.managers import KIND, blocked_by, manager_id, owner_of

Resource = dict[str, Any]

FOLDER = GRAFANA_NOTE
MESSAGE = "grafana.app/message"
FROM_BROWSER = "grafana.app/saved-from-ui"
GRANT = "grafana.app/grant-permissions"
MANAGER, MANAGER_ID = "grafana.app/managedBy", "grafana.app/managerId"
ALLOWS_EDITS = "grafana.app/managerAllowsEdits"
SOURCE = "grafana.app/sourcePath"
GENERATION = "tailboard/generation"
OWNER = "tailboard/owner"
OURS = (
    *(FROM_BROWSER, FOLDER, MESSAGE, GENERATION),
    *(MANAGER, MANAGER_ID, ALLOWS_EDITS, SOURCE),
)
"""What is written anew with every version."""

IN_METADATA = ("id", "uid", "version")
"""What the server keeps in the metadata; an `id` in a document would become a label."""


def resource(
    kind: str, version: str, name: str, spec: Document, notes: Mapping[str, str]
) -> Resource:
    """A resource with these annotations."""
    return {
        "apiVersion": f"{kind.lower()}.grafana.app/{version}",
        "kind": kind,
        "metadata": {"annotations": dict(notes), "name": name},
        "spec": spec,
    }


def dashboard_resource(wanted: Wanted, stored: Stored | None, version: str) -> Resource:
    """What to send for a dashboard: what others noted on it is sent back as it was.

    Without the wish for its permissions, a new dashboard in no folder could be read by admins only.
    """
    metadata = stored.metadata if stored else {}
    notes = {**(metadata.get("annotations") or {})}
    labels = {**(metadata.get("labels") or {})}
    before = str(notes.get(SOURCE, ""))
    for name in OURS:
        notes.pop(name, None)
    labels.pop(OWNER, None)
    if wanted.owner:
        notes |= _signed(wanted, before)
        labels[OWNER] = wanted.owner
    if wanted.vouched:
        notes[GENERATION] = str((stored.version if stored else 0) + 1)
    notes |= {FOLDER: wanted.folder} if wanted.folder else {}
    notes |= {MESSAGE: wanted.message} if wanted.message else {}
    notes |= {} if stored else {GRANT: "default"}
    spec = {name: it for name, it in wanted.document.items() if name not in IN_METADATA}
    made = resource("Dashboard", version, wanted.uid, spec, notes)
    made["metadata"]["labels"] = labels
    if stored:
        made["metadata"]["resourceVersion"] = stored.lock
    return made


def stored_in(item: Mapping[str, Any]) -> Stored:
    """The dashboard that a resource holds."""
    metadata, notes = item["metadata"], _notes(item)
    generation, uid = int(metadata.get("generation", 0)), str(metadata["name"])
    copied = not str(notes.get(SOURCE, "")).endswith(f"#{uid}")
    managed_for = "" if copied else owner_of(*_manager(notes))
    return Stored(
        uid,
        {**item["spec"], "uid": uid},
        folder=str(notes.get(FOLDER, ROOT)),
        version=generation,
        lock=str(metadata.get("resourceVersion", "")),
        blocked=blocked_by(*_manager(notes)),
        managed_for=managed_for,
        signed=bool(managed_for),
        untouched=notes.get(GENERATION) == str(generation),
        schema=_newer_schema(item),
        by=str(notes.get("grafana.app/updatedBy") or notes.get("grafana.app/createdBy", "")),
        at=str(notes.get("grafana.app/updatedTimestamp") or metadata.get("creationTimestamp", "")),
        metadata=metadata,
    )


def _newer_schema(item: Mapping[str, Any]) -> str:
    """The version that a dashboard is stored in, where it says more than ours can."""
    conversion = (item.get("status") or {}).get("conversion") or {}
    stored = str(conversion.get("storedVersion", ""))
    return stored if stored.startswith("v2") else ""


def version_in(item: Mapping[str, Any]) -> Version:
    """The earlier state of a dashboard that a resource holds."""
    metadata, notes = item["metadata"], _notes(item)
    return Version(
        int(metadata.get("generation", 0)),
        str(notes.get(MESSAGE, "")),
        {**item["spec"], "uid": str(metadata["name"])},
        str(notes.get(FOLDER, ROOT)),
    )


def folder_in(item: Mapping[str, Any]) -> StoredFolder:
    """The folder that a resource holds."""
    metadata, notes = item["metadata"], _notes(item)
    return StoredFolder(
        str(metadata["name"]),
        str(item["spec"].get("title", "")),
        str(notes.get(FOLDER, ROOT)),
        str(metadata.get("resourceVersion", "")),
        blocked_by(*_manager(notes)),
    )


def _notes(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return item["metadata"].get("annotations") or {}


def _manager(notes: Mapping[str, Any]) -> tuple[str, str]:
    return str(notes.get(MANAGER, "")), str(notes.get(MANAGER_ID, ""))


def _signed(wanted: Wanted, before: str) -> dict[str, str]:
    """Whose it is, as Grafana and other tools know it; people may edit it all the same.

    `before` is the source that was noted so far, which stays where none is known.
    """
    source = wanted.source or before.rpartition("#")[0]
    return {
        ALLOWS_EDITS: "true",
        MANAGER: KIND,
        MANAGER_ID: manager_id(wanted.owner),
        SOURCE: f"{source}#{wanted.uid}",
    }
