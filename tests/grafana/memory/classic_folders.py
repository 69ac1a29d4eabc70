"""/api/folders."""

from copy import deepcopy
from typing import Any

from tests.grafana.memory import folder_rules
from tests.grafana.memory.access import ADMIN
from tests.grafana.memory.answer import Answer, build_access_error, build_message_error
from tests.grafana.memory.classic_dashboards import CHANGED_MESSAGE, build_folder_url
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import FOLDER, MANAGED_BY, NOW, Item, Store


def list_folders(request: Request, store: Store) -> Answer:
    """The folders in one folder, or at the root."""
    parent = request.read_parameter("parentUid")
    items = [
        item
        for item in sorted(store.folders.values(), key=lambda item: (item.title, item.name))
        if item.folder == parent and request.user.is_reader_of(item, store)
    ]
    limit, page = request.read_number("limit", 1000), request.read_number("page", 1)
    page_items = items[(page - 1) * limit : page * limit]
    return Answer(200, [_render_summary(item) for item in page_items])


def get_folder(request: Request, store: Store) -> Answer:
    """One folder with those above."""
    return Answer(200, _render_folder(_find_readable(request, store), store))


def create_folder(request: Request, store: Store) -> Answer:
    """A new folder."""
    if not request.user.is_writer():
        raise build_access_error("folders:create")
    body = request.parse_body()
    uid = body.get("uid") or f"made-{store.next_internal_id()}"
    parent = body.get("parentUid") or ""
    if not request.user.is_writer_into(parent, store):
        text = "not enough permissions to create a folder in the selected location"
        raise build_message_error(403, text, messageId="folders.forbiddenCreation", statusCode=403)
    _raise_refusal(folder_rules.find_refusal(uid, body["title"], parent, store))
    item = Item(
        uid,
        {"title": body["title"], "description": ""},
        store.next_internal_id(),
        request.user.identity,
    )
    item.annotations = {FOLDER: parent} if parent else {}
    item.has_grant = parent not in store.folders
    store.put_item(store.folders, item)
    return Answer(200, _render_folder(item, store))


def rename_folder(request: Request, store: Store) -> Answer:
    """Another title; labels and annotations survive it."""
    item, body = _find_writable(request, store), request.parse_body()
    if not body.get("overwrite") and body.get("version", 0) != item.generation:
        raise build_message_error(412, CHANGED_MESSAGE)
    changed = deepcopy(item)
    changed.spec["title"] = body["title"]
    return _update_folder(request, store, changed)


def move_folder(request: Request, store: Store) -> Answer:
    """Another place; empty is the root."""
    item, parent = _find_writable(request, store), request.parse_body().get("parentUid", "")
    if parent and parent not in store.folders:
        raise build_message_error(404, "folder not found", status="not-found")
    _raise_refusal(folder_rules.find_cycle(item.name, parent, store))
    changed = deepcopy(item)
    changed.annotations.pop(FOLDER, None)
    if parent:
        changed.annotations[FOLDER] = parent
    if changed == item:
        return Answer(200, _render_folder(item, store))
    return _update_folder(request, store, changed)


def delete_folder(request: Request, store: Store) -> Answer:
    """Delete a folder with the dashboards in it; only rules prevent that."""
    item = store.folders.get(request.values[-1])
    if item is None:
        for descendant in store.list_descendants(request.values[-1])[
            1:
        ]:  # Grafana deletes them all the same
            store.delete_tree(descendant)
        raise build_message_error(
            404, f'folders.folder.grafana.app "{request.values[-1]}" not found'
        )
    if not request.user.is_writer_of(item, store):
        raise build_access_error("folders:delete")
    if store.count_contents(item.name)["alertrules"]:
        text = "Folder cannot be deleted: folder is not empty"
        raise build_message_error(400, text, messageId="folder.not-empty", statusCode=400)
    store.delete_tree(item.name)
    return Answer(200, {"message": "Folder deleted"})


def set_permissions(request: Request, store: Store) -> Answer:
    """Other permissions: here only whether viewers and editors have theirs, or nobody any."""
    item = _find_readable(request, store)
    if request.user.role != ADMIN:
        raise build_access_error("folders.permissions:write")
    item.has_grant = bool(request.parse_body()["items"])
    return Answer(200, {"message": "Folder permissions updated"})


def count_contents(request: Request, store: Store) -> Answer:
    """How much a folder holds."""
    counts = store.count_contents(_find_readable(request, store).name)
    names = {
        "alertrule": "alertrules",
        "dashboard": "dashboards",
        "folder": "folders",
        "librarypanel": "library_elements",
    }
    return Answer(200, {name: counts[kind] for name, kind in names.items()})


def _update_folder(request: Request, store: Store, item: Item) -> Answer:
    item.generation += 1
    item.updated_by = request.user.identity
    store.put_item(store.folders, item)
    return Answer(200, _render_folder(item, store))


def _find_readable(request: Request, store: Store) -> Item:
    item = store.folders.get(request.values[0])
    if item is None and request.user.role != ADMIN:
        raise build_access_error("folders:read")
    if item is None:
        raise build_message_error(404, "folder not found", status="not-found")
    if not request.user.is_reader_of(item, store):
        raise build_access_error("folders:read")
    return item


def _find_writable(request: Request, store: Store) -> Item:
    item = _find_readable(request, store)
    if not request.user.is_writer_of(item, store):
        raise build_access_error("folders:write")
    return item


def _render_summary(item: Item) -> dict[str, Any]:
    parent = {"parentUid": item.folder} if item.folder else {}
    return {"id": item.number, "uid": item.name, "title": item.title, **parent}


def _render_basic(item: Item) -> dict[str, Any]:
    times = {"created": NOW, "updated": NOW, "version": item.generation}
    manager = item.annotations.get(MANAGED_BY)
    managed = {"managedBy": manager} if manager else {}
    return {**_render_summary(item), "url": build_folder_url(item), **times, **managed}


def _render_folder(item: Item, store: Store) -> dict[str, Any]:
    above = [_render_basic(folder_item) for folder_item in store.list_ancestors(item.folder)]
    is_known = above and "parentUid" not in above[0]
    return {**_render_basic(item), **({"parents": above} if is_known else {})}


def _raise_refusal(refusal: tuple[int, str] | None) -> None:
    if refusal:
        raise build_message_error(*refusal)
