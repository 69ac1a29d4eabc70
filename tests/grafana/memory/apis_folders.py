"""/apis/folder.grafana.app."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.grafana.memory import folder_rules
from tests.grafana.memory.answer import Answer, build_status_error
from tests.grafana.memory.apis_shared import (
    build_not_found_error,
    check_lock,
    check_name,
    check_no_version,
    filter_by_name,
    merge_patch,
    read_annotations,
    read_labels,
    render_list,
    strip_version,
)
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import FOLDER, Item, Store

GROUP = "folder.grafana.app"
VERSION = f"{GROUP}/v1beta1"


def render_folder(item: Item) -> dict[str, Any]:
    """A folder as the API shows it."""
    head = {"kind": "Folder", "apiVersion": VERSION, "metadata": item.build_metadata()}
    return {**head, "spec": deepcopy(item.spec)}


def list_folders(request: Request, store: Store) -> Answer:
    """The list of folders."""
    every = sorted(store.folders.values(), key=lambda item: item.name)
    items = [
        item for item in filter_by_name(request, every) if request.user.is_reader_of(item, store)
    ]
    return render_list(request, store, items, "Folder", render_folder)


def get_folder(request: Request, store: Store) -> Answer:
    """One folder."""
    return Answer(200, render_folder(_find_readable(request, store)))


def create_folder(request: Request, store: Store) -> Answer:
    """A new folder; a parent that does not exist is no obstacle."""
    if not request.user.is_writer():
        raise build_status_error(403, "Access denied")
    body = request.parse_body()
    return _create_item(request, store, body["metadata"], body["spec"])


def _create_item(
    request: Request, store: Store, metadata: dict[str, Any], spec: dict[str, Any]
) -> Answer:
    check_no_version(metadata)
    name, annotations = metadata["name"], read_annotations(metadata)
    parent = annotations.get(FOLDER, "")
    if not request.user.is_writer_into(parent, store):
        raise build_status_error(403, "Access denied")
    _raise_refusal(folder_rules.find_refusal(name, spec["title"], parent, store))
    item = Item(name, dict(spec), store.next_internal_id(), request.user.identity)
    item.labels, item.annotations = read_labels(metadata), annotations
    item.has_grant = item.folder not in store.folders
    store.put_item(store.folders, item)
    return Answer(201, render_folder(item))


def replace_folder(request: Request, store: Store) -> Answer:
    """Rename or move a folder; one that is missing is created."""
    body, name = request.parse_body(), request.values[-1]
    check_name(request, body["metadata"])
    if name not in store.folders and request.user.is_writer():
        return _create_item(request, store, {**body["metadata"], "name": name}, body["spec"])
    return _update_item(request, store, body["metadata"], body["spec"])


def patch_folder(request: Request, store: Store) -> Answer:
    """Change a part of a folder."""
    present = render_folder(_find_readable(request, store))
    del present["metadata"]["resourceVersion"]
    body = merge_patch(present, request.parse_body())
    return _update_item(request, store, body["metadata"], body["spec"])


def delete_folder(request: Request, store: Store) -> Answer:
    """Delete a folder that holds nothing."""
    item = _find_readable(request, store)
    if not request.user.is_writer_of(item, store):
        raise build_status_error(403)
    if any(store.count_contents(item.name).values()):
        text = "Folder cannot be deleted: folder is not empty"
        raise build_status_error(400, text, "BadRequest", {"uid": "folder.not-empty"})
    del store.folders[item.name]
    details = {"name": item.name, "group": GROUP, "kind": "folders", "uid": item.uid}
    success = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return Answer(200, {**success, "details": details})


def list_parents(request: Request, store: Store) -> Answer:
    """The folders above and the folder itself, the root's first."""
    line = store.list_ancestors(_find_readable(request, store).name)
    items: list[dict[str, Any]] = [
        {"name": item.name, "title": item.title} | ({"parent": item.folder} if item.folder else {})
        for item in line
    ]
    if line[0].folder:
        text = f'folders.{GROUP} "{line[0].folder}" not found'
        detached_parent = {
            "name": line[0].folder,
            "title": "",
            "detached": True,
            "description": text,
        }
        items.insert(0, detached_parent)
    head = {"kind": "FolderInfoList", "apiVersion": VERSION, "metadata": {}}
    return Answer(200, {**head, "items": items})


def count_contents(request: Request, store: Store) -> Answer:
    """How much a folder holds: of dashboards and folders those that lie no deeper."""
    name = _find_readable(request, store).name
    counts = store.count_contents(name)
    rows = [
        ("dashboard.grafana.app", "dashboards", _count_children(name, store.dashboards)),
        (GROUP, "folders", _count_children(name, store.folders)),
        ("sql-fallback", "alertrules", counts["alertrules"]),
        ("sql-fallback", "dashboards", 0),
        ("sql-fallback", "folders", 0),
        ("sql-fallback", "library_elements", counts["library_elements"]),
    ]
    listed = [{"group": group, "resource": name, "count": count} for group, name, count in rows]
    if not store.history:
        del listed[0]  # a server that never had a dashboard has no row for them
    return Answer(200, {"kind": "DescendantCounts", "apiVersion": VERSION, "counts": listed})


def _count_children(name: str, items: Mapping[str, Item]) -> int:
    return sum(item.folder == name for item in items.values())


def _find_readable(request: Request, store: Store) -> Item:
    name = request.values[-1]
    item = store.folders.get(name)
    if item is None:
        raise build_not_found_error(GROUP, "folders", name)
    if not request.user.is_reader_of(item, store):
        raise build_status_error(403)
    return item


def _update_item(
    request: Request, store: Store, metadata: dict[str, Any], spec: dict[str, Any]
) -> Answer:
    item = _find_readable(request, store)
    if not request.user.is_writer_of(item, store):
        raise build_status_error(403)
    check_lock(item, metadata, GROUP, "folders")
    changed = deepcopy(item)
    changed.spec, changed.labels = dict(spec), read_labels(metadata)
    changed.annotations = read_annotations(metadata)
    if changed.folder != item.folder:
        _raise_refusal(folder_rules.find_cycle(item.name, changed.folder, store))
    if changed == item:
        return Answer(200, strip_version(render_folder(item)))
    changed.generation += 1
    changed.updated_by = request.user.identity
    store.put_item(store.folders, changed)
    return Answer(200, render_folder(changed))


def _raise_refusal(refusal: tuple[int, str] | None) -> None:
    if refusal:
        raise build_status_error(*refusal)
