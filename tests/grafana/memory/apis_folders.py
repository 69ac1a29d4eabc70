"""/apis/folder.grafana.app."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from . import folder_rules
from .answer import Answer, failure
from .apis_shared import (
    annotations_of,
    check_lock,
    check_name,
    labels_of,
    listing,
    merged,
    named,
    not_found,
    refuse_version_on_create,
    without_version,
)
from .request import Request
from .store import FOLDER, Item, Store

GROUP = "folder.grafana.app"
VERSION = f"{GROUP}/v1beta1"


def rendered(item: Item) -> dict[str, Any]:
    """A folder as the API shows it."""
    head = {"kind": "Folder", "apiVersion": VERSION, "metadata": item.metadata()}
    return {**head, "spec": deepcopy(item.spec)}


def browse(request: Request, store: Store) -> Answer:
    """The list of folders."""
    every = sorted(store.folders.values(), key=lambda each: each.name)
    items = [each for each in named(request, every) if request.person.may_read(each, store)]
    return listing(request, store, items, "Folder", rendered)


def fetch(request: Request, store: Store) -> Answer:
    """One folder."""
    return Answer(200, rendered(_readable(request, store)))


def create(request: Request, store: Store) -> Answer:
    """A new folder; a parent that does not exist is no obstacle."""
    if not request.person.may_write():
        raise failure(403, "Access denied")
    body = request.body()
    return _create(request, store, body["metadata"], body["spec"])


def _create(
    request: Request, store: Store, metadata: dict[str, Any], spec: dict[str, Any]
) -> Answer:
    refuse_version_on_create(metadata)
    name, annotations = metadata["name"], annotations_of(metadata)
    parent = annotations.get(FOLDER, "")
    if not request.person.may_put_into(parent, store):
        raise failure(403, "Access denied")
    _refuse(folder_rules.refusal(name, spec["title"], parent, store))
    item = Item(name, dict(spec), store.number(), request.person.identity)
    item.labels, item.annotations = labels_of(metadata), annotations
    item.granted = item.folder not in store.folders
    store.put(store.folders, item)
    return Answer(201, rendered(item))


def replace(request: Request, store: Store) -> Answer:
    """Rename or move a folder; one that is missing is created."""
    body, name = request.body(), request.values[-1]
    check_name(request, body["metadata"])
    if name not in store.folders and request.person.may_write():
        return _create(request, store, {**body["metadata"], "name": name}, body["spec"])
    return _update(request, store, body["metadata"], body["spec"])


def amend(request: Request, store: Store) -> Answer:
    """Change a part of a folder."""
    present = rendered(_readable(request, store))
    del present["metadata"]["resourceVersion"]
    body = merged(present, request.body())
    return _update(request, store, body["metadata"], body["spec"])


def delete(request: Request, store: Store) -> Answer:
    """Delete a folder that holds nothing."""
    item = _readable(request, store)
    if not request.person.may_change(item, store):
        raise failure(403)
    if any(store.counts(item.name).values()):
        text = "Folder cannot be deleted: folder is not empty"
        raise failure(400, text, "BadRequest", {"uid": "folder.not-empty"})
    del store.folders[item.name]
    details = {"name": item.name, "group": GROUP, "kind": "folders", "uid": item.uid}
    success = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return Answer(200, {**success, "details": details})


def parents(request: Request, store: Store) -> Answer:
    """The folders above and the folder itself, the root's first."""
    line = store.ancestors(_readable(request, store).name)
    items: list[dict[str, Any]] = [
        {"name": each.name, "title": each.title} | ({"parent": each.folder} if each.folder else {})
        for each in line
    ]
    if line[0].folder:
        text = f'folders.{GROUP} "{line[0].folder}" not found'
        lost = {"name": line[0].folder, "title": "", "detached": True, "description": text}
        items.insert(0, lost)
    head = {"kind": "FolderInfoList", "apiVersion": VERSION, "metadata": {}}
    return Answer(200, {**head, "items": items})


def counts(request: Request, store: Store) -> Answer:
    """How much a folder holds: of dashboards and folders those that lie no deeper."""
    name = _readable(request, store).name
    held = store.counts(name)
    rows = [
        ("dashboard.grafana.app", "dashboards", _directly(name, store.dashboards)),
        (GROUP, "folders", _directly(name, store.folders)),
        ("sql-fallback", "alertrules", held["alertrules"]),
        ("sql-fallback", "dashboards", 0),
        ("sql-fallback", "folders", 0),
        ("sql-fallback", "library_elements", held["library_elements"]),
    ]
    listed = [{"group": group, "resource": name, "count": count} for group, name, count in rows]
    if not store.history:
        del listed[0]  # a server that never had a dashboard has no row for them
    return Answer(200, {"kind": "DescendantCounts", "apiVersion": VERSION, "counts": listed})


def _directly(name: str, items: Mapping[str, Item]) -> int:
    return sum(each.folder == name for each in items.values())


def _readable(request: Request, store: Store) -> Item:
    name = request.values[-1]
    item = store.folders.get(name)
    if item is None:
        raise not_found(GROUP, "folders", name)
    if not request.person.may_read(item, store):
        raise failure(403)
    return item


def _update(
    request: Request, store: Store, metadata: dict[str, Any], spec: dict[str, Any]
) -> Answer:
    item = _readable(request, store)
    if not request.person.may_change(item, store):
        raise failure(403)
    check_lock(item, metadata, GROUP, "folders")
    changed = deepcopy(item)
    changed.spec, changed.labels = dict(spec), labels_of(metadata)
    changed.annotations = annotations_of(metadata)
    if changed.folder != item.folder:
        _refuse(folder_rules.circle(item.name, changed.folder, store))
    if changed == item:
        return Answer(200, without_version(rendered(item)))
    changed.generation += 1
    changed.updated_by = request.person.identity
    store.put(store.folders, changed)
    return Answer(200, rendered(changed))


def _refuse(refusal: tuple[int, str] | None) -> None:
    if refusal:
        raise failure(*refusal)
