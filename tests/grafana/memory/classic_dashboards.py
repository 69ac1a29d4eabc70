"""/api/dashboards."""

from copy import deepcopy
from typing import Any

from tests.grafana.memory.access import ADMIN
from tests.grafana.memory.answer import (
    Answer,
    RefusalError,
    build_access_error,
    build_message_error,
)
from tests.grafana.memory.document import (
    build_slug,
    convert_to_version,
    find_problem,
    strip_identity,
)
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import (
    FILE_PROVISIONING,
    FOLDER,
    MANAGED_BY,
    MESSAGE,
    NOW,
    Item,
    Store,
)

RESTORED_MESSAGE = "Restored from version "
CHANGED_MESSAGE = "The dashboard has been changed by someone else"


def get_dashboard(request: Request, store: Store) -> Answer:
    """One dashboard with what is known about it."""
    item = _find_readable(request, store)
    folder = store.folders.get(item.folder)
    meta = {
        "type": "db",
        "slug": build_slug(item.title),
        "url": _build_url(item),
        "created": NOW,
        "updated": NOW,
        "version": item.generation,
        "isFolder": False,
        "apiVersion": "v0alpha1",
        "folderId": folder.number if folder else 0,
        "folderUid": item.folder,
        "folderTitle": folder.title if folder else "General",
        "folderUrl": build_folder_url(folder) if folder else "",
        "provisioned": item.is_locked_file(),
        "provisionedExternalId": _find_file_name(item),
    }
    return Answer(200, {"meta": meta, "dashboard": _render_document(item)})


def save_dashboard(request: Request, store: Store) -> Answer:
    """Create or update; labels and annotations of /apis do not survive it."""
    if not request.user.is_writer():
        raise build_access_error("any of dashboards:create, dashboards:write")
    body = request.parse_body()
    document = (body or {}).get("dashboard")
    if not isinstance(document, dict):
        raise build_message_error(400, "bad request data")
    item = _save_item(request, store, body, document)
    return Answer(200, _render_receipt(item))


def delete_dashboard(request: Request, store: Store) -> Answer:
    """Delete a dashboard."""
    item = store.dashboards.get(request.values[-1])
    if not request.user.is_writer():
        raise build_access_error("dashboards:delete")
    if item is None:
        raise _build_missing_error()
    if not request.user.is_writer_of(item, store):
        raise build_access_error("dashboards:delete")
    if item.is_locked_file():
        raise build_message_error(400, "provisioned dashboard cannot be deleted")
    store.delete_dashboard(item.name)
    text = f"Dashboard {item.title} deleted"
    return Answer(200, {"message": text, "title": item.title, "uid": item.name})


def list_versions(request: Request, store: Store) -> Answer:
    """The history, the newest first; only for who may write."""
    item = _find_readable(request, store)
    if not request.user.is_writer_of(item, store):
        raise build_access_error("dashboards:write")
    start, limit = request.read_number("start", 0), request.read_number("limit", 1000)
    entries = [_render_version(version) for version in store.history[item.name]]
    for entry in entries:
        if entry["version"] == 1:
            entry["message"] = "Initial save"
    has_more = len(entries) > start + limit
    body = {"continueToken": "more" if has_more else "", "versions": entries[start : start + limit]}
    return Answer(200, body)


def get_version(request: Request, store: Store) -> Answer:
    """One entry of the history."""
    item = store.dashboards.get(request.values[0])
    if item is None:
        raise _build_missing_error()
    number = int(request.values[1])
    for version in store.history[item.name]:
        if version.generation == number:
            return Answer(200, _render_version(version))
    text = f"Dashboard version {number} not found for dashboardId {item.number}"
    raise build_message_error(500, text)


def restore_version(request: Request, store: Store) -> Answer:
    """Save an old document again; labels and annotations survive it."""
    uid = request.values[0]
    if uid not in store.dashboards:
        raise build_message_error(404, f'dashboards.dashboard.grafana.app "{uid}" not found')
    item = _find_readable(request, store)
    if not request.user.is_writer_of(item, store):
        raise build_access_error("dashboards:write")
    number = request.parse_body()["version"]
    old = [version for version in store.history[item.name] if version.generation == number]
    if not old:
        raise _build_missing_error()
    if old[0].spec == item.spec:
        raise build_message_error(400, "Current dashboard is identical to the specified version")
    changed = deepcopy(item)
    changed.spec = deepcopy(old[0].spec)
    _convert_to_v0(changed)
    changed.annotations[MESSAGE] = f"{RESTORED_MESSAGE}{number}"
    _store_item(request, store, changed, bump=True)
    return Answer(200, _render_receipt(changed))


def build_folder_url(folder: Item) -> str:
    """Where people see a folder."""
    return f"/dashboards/f/{folder.name}/{build_slug(folder.title)}"


def _save_item(
    request: Request, store: Store, body: dict[str, Any], document: dict[str, Any]
) -> Item:
    uid, overwrite = (
        document.get("uid") or f"made-{store.next_internal_id()}",
        body.get("overwrite", False),
    )
    _check_document(uid, body, document, store)
    item = store.dashboards.get(uid)
    annotations = _build_annotations(body)
    if item is None:
        if not request.user.is_writer_into(body.get("folderUid") or "", store):
            raise build_message_error(403, "Access denied to save dashboard")
        item = Item(
            uid,
            strip_identity(document),
            store.next_internal_id(),
            request.user.identity,
            "v0alpha1",
        )
        item.annotations = annotations
        item.has_grant = not item.folder
        store.put_item(store.dashboards, item)
        return item
    if not request.user.is_writer_of(item, store):
        raise build_access_error("dashboards:write")
    if not overwrite and document.get("version", 0) != item.generation:
        raise build_message_error(412, CHANGED_MESSAGE, status="version-mismatch")
    if item.is_locked_file():
        raise build_message_error(400, "Cannot save provisioned dashboard")
    changed = deepcopy(item)
    changed.spec = strip_identity(document)
    _convert_to_v0(changed)
    changed.labels, changed.annotations = {}, annotations
    same = changed.spec == item.spec and changed.folder == item.folder
    _store_item(request, store, changed, bump=not same)
    return changed


def _store_item(request: Request, store: Store, item: Item, *, bump: bool) -> None:
    if bump:
        item.generation += 1
        item.updated_by = request.user.identity
        store.put_item(store.dashboards, item)
        return
    item.resource_version = store.next_resource_version()
    store.dashboards[item.name] = item


def _convert_to_v0(item: Item) -> None:
    """The classic API stores v0alpha1; what was said of a conversion stays."""
    if item.version != "v0alpha1":
        item.status = {"conversion": {"failed": False, "storedVersion": item.version}}
    item.version = "v0alpha1"


def _check_document(uid: str, body: dict[str, Any], document: dict[str, Any], store: Store) -> None:
    if not document.get("title"):
        raise build_message_error(400, "Dashboard title cannot be empty", status="empty-name")
    if len(body.get("message") or "") > 500:
        raise build_message_error(400, "message too long, max 500 characters")
    text = find_problem(uid, {key: value for key, value in document.items() if key != "refresh"})
    if text and (uid not in store.dashboards or "tag" not in text):
        raise build_message_error(400, text)
    number = document.get("id")
    if number and number not in {item.number for item in store.dashboards.values()}:
        raise build_message_error(404, "Dashboard not found", status="not-found")
    folder = body.get("folderUid")
    if folder and folder not in store.folders:
        raise build_message_error(400, "folder not found")


def _build_annotations(body: dict[str, Any]) -> dict[str, str]:
    annotations = {FOLDER: body.get("folderUid"), MESSAGE: body.get("message")}
    return {key: value for key, value in annotations.items() if value}


def _find_readable(request: Request, store: Store) -> Item:
    item = store.dashboards.get(request.values[0])
    if item is None:
        raise (
            _build_missing_error()
            if request.user.role == ADMIN
            else _build_missing_error(title="Not found")
        )
    if not request.user.is_reader_of(item, store):
        raise build_access_error("dashboards:read")
    return item


def _build_missing_error(**details: str) -> RefusalError:
    return build_message_error(404, "Dashboard not found", **details)


def _render_document(item: Item) -> dict[str, Any]:
    identity = {"id": item.number, "uid": item.name, "version": item.generation}
    return {**convert_to_version(item.spec, "v0alpha1"), **identity}


def _render_version(item: Item) -> dict[str, Any]:
    document, message = _render_document(item), item.annotations.get(MESSAGE, "")
    del document["id"]
    return {
        "id": item.generation,
        "dashboardId": item.number,
        "uid": item.name,
        "parentVersion": item.generation - 1,
        "restoredFrom": int(
            message.removeprefix(RESTORED_MESSAGE) if message.startswith(RESTORED_MESSAGE) else 0
        ),
        "version": item.generation,
        "created": NOW,
        "message": message,
        "data": document,
    }


def _build_url(item: Item) -> str:
    return f"/d/{item.name}/{build_slug(item.title)}"


def _render_receipt(item: Item) -> dict[str, Any]:
    return {
        "folderUid": item.folder,
        "id": item.number,
        "slug": build_slug(item.title),
        "status": "success",
        "uid": item.name,
        "url": _build_url(item),
        "version": item.generation,
    }


def _find_file_name(item: Item) -> str:
    if item.annotations.get(MANAGED_BY) != FILE_PROVISIONING:
        return ""
    return item.annotations["grafana.app/sourcePath"].rsplit("/", 1)[-1]
