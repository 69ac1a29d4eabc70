"""/api/folders."""

from copy import deepcopy
from typing import Any

from . import folder_rules
from .access import ADMIN
from .answer import Answer, access_denied, message
from .classic_dashboards import CHANGED, folder_url
from .request import Request
from .store import FOLDER, MANAGED_BY, NOW, Item, Store


def browse(request: Request, store: Store) -> Answer:
    """The folders in one folder, or at the root."""
    parent = request.one("parentUid")
    items = [
        each
        for each in sorted(store.folders.values(), key=lambda each: (each.title, each.name))
        if each.folder == parent and request.person.may_read(each, store)
    ]
    limit, page = request.number("limit", 1000), request.number("page", 1)
    shown = items[(page - 1) * limit : page * limit]
    return Answer(200, [_short(each) for each in shown])


def fetch(request: Request, store: Store) -> Answer:
    """One folder with those above."""
    return Answer(200, _rendered(_readable(request, store), store))


def create(request: Request, store: Store) -> Answer:
    """A new folder."""
    if not request.person.may_write():
        raise access_denied("folders:create")
    body = request.body()
    uid = body.get("uid") or f"made-{store.number()}"
    parent = body.get("parentUid") or ""
    if not request.person.may_put_into(parent, store):
        text = "not enough permissions to create a folder in the selected location"
        raise message(403, text, messageId="folders.forbiddenCreation", statusCode=403)
    _refuse(folder_rules.refusal(uid, body["title"], parent, store))
    item = Item(
        uid, {"title": body["title"], "description": ""}, store.number(), request.person.identity
    )
    item.annotations = {FOLDER: parent} if parent else {}
    item.granted = parent not in store.folders
    store.put(store.folders, item)
    return Answer(200, _rendered(item, store))


def rename(request: Request, store: Store) -> Answer:
    """Another title; labels and annotations survive it."""
    item, body = _writable(request, store), request.body()
    if not body.get("overwrite") and body.get("version", 0) != item.generation:
        raise message(412, CHANGED)
    changed = deepcopy(item)
    changed.spec["title"] = body["title"]
    return _changed(request, store, changed)


def move(request: Request, store: Store) -> Answer:
    """Another place; empty is the root."""
    item, parent = _writable(request, store), request.body().get("parentUid", "")
    if parent and parent not in store.folders:
        raise message(404, "folder not found", status="not-found")
    _refuse(folder_rules.circle(item.name, parent, store))
    changed = deepcopy(item)
    changed.annotations.pop(FOLDER, None)
    if parent:
        changed.annotations[FOLDER] = parent
    if changed == item:
        return Answer(200, _rendered(item, store))
    return _changed(request, store, changed)


def delete(request: Request, store: Store) -> Answer:
    """Delete a folder with the dashboards in it; only rules prevent that."""
    item = store.folders.get(request.values[-1])
    if item is None:
        for lost in store.below(request.values[-1])[1:]:  # Grafana deletes them all the same
            store.delete_tree(lost)
        raise message(404, f'folders.folder.grafana.app "{request.values[-1]}" not found')
    if not request.person.may_change(item, store):
        raise access_denied("folders:delete")
    if store.counts(item.name)["alertrules"]:
        text = "Folder cannot be deleted: folder is not empty"
        raise message(400, text, messageId="folder.not-empty", statusCode=400)
    store.delete_tree(item.name)
    return Answer(200, {"message": "Folder deleted"})


def permit(request: Request, store: Store) -> Answer:
    """Other permissions: here only whether viewers and editors have theirs, or nobody any."""
    item = _readable(request, store)
    if request.person.role != ADMIN:
        raise access_denied("folders.permissions:write")
    item.granted = bool(request.body()["items"])
    return Answer(200, {"message": "Folder permissions updated"})


def counts(request: Request, store: Store) -> Answer:
    """How much a folder holds."""
    held = store.counts(_readable(request, store).name)
    names = {
        "alertrule": "alertrules",
        "dashboard": "dashboards",
        "folder": "folders",
        "librarypanel": "library_elements",
    }
    return Answer(200, {name: held[kind] for name, kind in names.items()})


def _changed(request: Request, store: Store, item: Item) -> Answer:
    item.generation += 1
    item.updated_by = request.person.identity
    store.put(store.folders, item)
    return Answer(200, _rendered(item, store))


def _readable(request: Request, store: Store) -> Item:
    item = store.folders.get(request.values[0])
    if item is None and request.person.role != ADMIN:
        raise access_denied("folders:read")
    if item is None:
        raise message(404, "folder not found", status="not-found")
    if not request.person.may_read(item, store):
        raise access_denied("folders:read")
    return item


def _writable(request: Request, store: Store) -> Item:
    item = _readable(request, store)
    if not request.person.may_change(item, store):
        raise access_denied("folders:write")
    return item


def _short(item: Item) -> dict[str, Any]:
    parent = {"parentUid": item.folder} if item.folder else {}
    return {"id": item.number, "uid": item.name, "title": item.title, **parent}


def _plain(item: Item) -> dict[str, Any]:
    times = {"created": NOW, "updated": NOW, "version": item.generation}
    manager = item.annotations.get(MANAGED_BY)
    managed = {"managedBy": manager} if manager else {}
    return {**_short(item), "url": folder_url(item), **times, **managed}


def _rendered(item: Item, store: Store) -> dict[str, Any]:
    above = [_plain(each) for each in store.ancestors(item.folder)]
    is_known = above and "parentUid" not in above[0]
    return {**_plain(item), **({"parents": above} if is_known else {})}


def _refuse(refusal: tuple[int, str] | None) -> None:
    if refusal:
        raise message(*refusal)
