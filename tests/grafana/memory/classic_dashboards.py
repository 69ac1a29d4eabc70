"""/api/dashboards."""

from copy import deepcopy
from typing import Any

from .access import ADMIN
from .answer import Answer, RefusalError, access_denied, message
from .document import complaint, nameless, slug
from .request import Request
from .store import FILES, FOLDER, MANAGED_BY, MESSAGE, NOW, Item, Store

RESTORED = "Restored from version "
CHANGED = "The dashboard has been changed by someone else"


def fetch(request: Request, store: Store) -> Answer:
    """One dashboard with what is known about it."""
    item = _readable(request, store)
    folder = store.folders.get(item.folder)
    meta = {
        "type": "db",
        "slug": slug(item.title),
        "url": _url(item),
        "created": NOW,
        "updated": NOW,
        "version": item.generation,
        "isFolder": False,
        "apiVersion": "v0alpha1",
        "folderId": folder.number if folder else 0,
        "folderUid": item.folder,
        "folderTitle": folder.title if folder else "General",
        "folderUrl": folder_url(folder) if folder else "",
        "provisioned": item.is_locked_file(),
        "provisionedExternalId": _file_name(item),
    }
    return Answer(200, {"meta": meta, "dashboard": _document(item)})


def save(request: Request, store: Store) -> Answer:
    """Create or update; labels and annotations of /apis do not survive it."""
    if not request.person.may_write():
        raise access_denied("any of dashboards:create, dashboards:write")
    body = request.body()
    document = (body or {}).get("dashboard")
    if not isinstance(document, dict):
        raise message(400, "bad request data")
    item = _saved(request, store, body, document)
    return Answer(200, _receipt(item))


def delete(request: Request, store: Store) -> Answer:
    """Delete a dashboard."""
    item = store.dashboards.get(request.values[-1])
    if not request.person.may_write():
        raise access_denied("dashboards:delete")
    if item is None:
        raise _missing()
    if not request.person.may_change(item, store):
        raise access_denied("dashboards:delete")
    if item.is_locked_file():
        raise message(400, "provisioned dashboard cannot be deleted")
    store.delete_dashboard(item.name)
    text = f"Dashboard {item.title} deleted"
    return Answer(200, {"message": text, "title": item.title, "uid": item.name})


def versions(request: Request, store: Store) -> Answer:
    """The history, the newest first; only for who may write."""
    item = _readable(request, store)
    if not request.person.may_change(item, store):
        raise access_denied("dashboards:write")
    start, limit = request.number("start", 0), request.number("limit", 1000)
    entries = [_version(each) for each in store.history[item.name]]
    for entry in entries:
        if entry["version"] == 1:
            entry["message"] = "Initial save"
    rest = len(entries) > start + limit
    body = {"continueToken": "more" if rest else "", "versions": entries[start : start + limit]}
    return Answer(200, body)


def version(request: Request, store: Store) -> Answer:
    """One entry of the history."""
    item = store.dashboards.get(request.values[0])
    if item is None:
        raise _missing()
    number = int(request.values[1])
    for each in store.history[item.name]:
        if each.generation == number:
            return Answer(200, _version(each))
    text = f"Dashboard version {number} not found for dashboardId {item.number}"
    raise message(500, text)


def restore(request: Request, store: Store) -> Answer:
    """Save an old document again; labels and annotations survive it."""
    uid = request.values[0]
    if uid not in store.dashboards:
        raise message(404, f'dashboards.dashboard.grafana.app "{uid}" not found')
    item = _readable(request, store)
    if not request.person.may_change(item, store):
        raise access_denied("dashboards:write")
    number = request.body()["version"]
    old = [each for each in store.history[item.name] if each.generation == number]
    if not old:
        raise _missing()
    if old[0].spec == item.spec:
        raise message(400, "Current dashboard is identical to the specified version")
    changed = deepcopy(item)
    changed.spec = deepcopy(old[0].spec)
    _become_v0(changed)
    changed.annotations[MESSAGE] = f"{RESTORED}{number}"
    _store(request, store, changed, bump=True)
    return Answer(200, _receipt(changed))


def folder_url(folder: Item) -> str:
    """Where people see a folder."""
    return f"/dashboards/f/{folder.name}/{slug(folder.title)}"


def _saved(request: Request, store: Store, body: dict[str, Any], document: dict[str, Any]) -> Item:
    uid, overwrite = document.get("uid") or f"made-{store.number()}", body.get("overwrite", False)
    _check(uid, body, document, store)
    item = store.dashboards.get(uid)
    annotations = _annotations(body)
    if item is None:
        if not request.person.may_put_into(body.get("folderUid") or "", store):
            raise message(403, "Access denied to save dashboard")
        item = Item(uid, nameless(document), store.number(), request.person.identity, "v0alpha1")
        item.annotations = annotations
        item.granted = not item.folder
        store.put(store.dashboards, item)
        return item
    if not request.person.may_change(item, store):
        raise access_denied("dashboards:write")
    if not overwrite and document.get("version", 0) != item.generation:
        raise message(412, CHANGED, status="version-mismatch")
    if item.is_locked_file():
        raise message(400, "Cannot save provisioned dashboard")
    changed = deepcopy(item)
    changed.spec = nameless(document)
    _become_v0(changed)
    changed.labels, changed.annotations = {}, annotations
    same = changed.spec == item.spec and changed.folder == item.folder
    _store(request, store, changed, bump=not same)
    return changed


def _store(request: Request, store: Store, item: Item, *, bump: bool) -> None:
    if bump:
        item.generation += 1
        item.updated_by = request.person.identity
        store.put(store.dashboards, item)
        return
    item.resource_version = store.tick()
    store.dashboards[item.name] = item


def _become_v0(item: Item) -> None:
    """The classic API stores v0alpha1; what was said of a conversion stays."""
    if item.version != "v0alpha1":
        item.status = {"conversion": {"failed": False, "storedVersion": item.version}}
    item.version = "v0alpha1"


def _check(uid: str, body: dict[str, Any], document: dict[str, Any], store: Store) -> None:
    if not document.get("title"):
        raise message(400, "Dashboard title cannot be empty", status="empty-name")
    if len(body.get("message") or "") > 500:
        raise message(400, "message too long, max 500 characters")
    text = complaint(uid, {key: value for key, value in document.items() if key != "refresh"})
    if text and (uid not in store.dashboards or "tag" not in text):
        raise message(400, text)
    number = document.get("id")
    if number and number not in {each.number for each in store.dashboards.values()}:
        raise message(404, "Dashboard not found", status="not-found")
    folder = body.get("folderUid")
    if folder and folder not in store.folders:
        raise message(400, "folder not found")


def _annotations(body: dict[str, Any]) -> dict[str, str]:
    wanted = {FOLDER: body.get("folderUid"), MESSAGE: body.get("message")}
    return {key: value for key, value in wanted.items() if value}


def _readable(request: Request, store: Store) -> Item:
    item = store.dashboards.get(request.values[0])
    if item is None:
        raise _missing() if request.person.role == ADMIN else _missing(title="Not found")
    if not request.person.may_read(item, store):
        raise access_denied("dashboards:read")
    return item


def _missing(**more: str) -> RefusalError:
    return message(404, "Dashboard not found", **more)


def _document(item: Item) -> dict[str, Any]:
    identity = {"id": item.number, "uid": item.name, "version": item.generation}
    return {**deepcopy(item.spec), **identity}


def _version(item: Item) -> dict[str, Any]:
    document, said = _document(item), item.annotations.get(MESSAGE, "")
    del document["id"]
    return {
        "id": item.generation,
        "dashboardId": item.number,
        "uid": item.name,
        "parentVersion": item.generation - 1,
        "restoredFrom": int(said.removeprefix(RESTORED) if said.startswith(RESTORED) else 0),
        "version": item.generation,
        "created": NOW,
        "message": said,
        "data": document,
    }


def _url(item: Item) -> str:
    return f"/d/{item.name}/{slug(item.title)}"


def _receipt(item: Item) -> dict[str, Any]:
    return {
        "folderUid": item.folder,
        "id": item.number,
        "slug": slug(item.title),
        "status": "success",
        "uid": item.name,
        "url": _url(item),
        "version": item.generation,
    }


def _file_name(item: Item) -> str:
    if item.annotations.get(MANAGED_BY) != FILES:
        return ""
    return item.annotations["grafana.app/sourcePath"].rsplit("/", 1)[-1]
