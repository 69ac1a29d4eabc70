"""/apis/dashboard.grafana.app."""

from copy import deepcopy
from typing import Any

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
from .document import SCHEMA, complaint, in_v1, nameless
from .request import Request
from .store import FOLDER, GRANT, MANAGED_BY, MESSAGE, NOW, Item, Store

GROUP = "dashboard.grafana.app"
HISTORY = "grafana.app/get-history=true"


def rendered(item: Item, version: str) -> dict[str, Any]:
    """A dashboard as a version of the API shows it."""
    spec = in_v1(item.spec) if version == "v1beta1" else nameless(item.spec)
    converted = {"conversion": {"failed": False, "storedVersion": item.version}}
    return {
        "kind": "Dashboard",
        "apiVersion": f"{GROUP}/{version}",
        "metadata": item.metadata(),
        "spec": spec,
        "status": converted if version != item.version else item.status,
    }


def browse(request: Request, store: Store) -> Answer:
    """The list of dashboards, or the history of one."""
    version = request.values[0]
    if request.one("labelSelector") == HISTORY:
        name = request.one("fieldSelector").removeprefix("metadata.name=")
        items = store.history.get(name, [])
        request = _without_labels(request)
    else:
        every = sorted(store.dashboards.values(), key=lambda each: each.name)
        items = [each for each in named(request, every) if request.person.may_read(each, store)]
    return listing(request, store, items, "Dashboard", lambda item: rendered(item, version))


def fetch(request: Request, store: Store) -> Answer:
    """One dashboard, or what it was at a resource version."""
    item = _readable(request, store)
    at = request.one("resourceVersion")
    for each in store.history[item.name] if at else ():
        if str(each.resource_version) == at:
            item = each
    return Answer(200, rendered(item, request.values[0]))


def create(request: Request, store: Store) -> Answer:
    """A new dashboard."""
    if not request.person.may_write():
        raise failure(403)
    body = request.body()
    return _create(request, store, body["metadata"], body["spec"])


def replace(request: Request, store: Store) -> Answer:
    """Save a dashboard; one that is missing is created."""
    body, name = request.body(), request.values[-1]
    check_name(request, body["metadata"])
    if name not in store.dashboards:
        if not request.person.may_write():
            raise failure(403)
        return _create(request, store, {**body["metadata"], "name": name}, body["spec"])
    return _update(request, store, body["metadata"], body["spec"], body.get("status"))


def amend(request: Request, store: Store) -> Answer:
    """Change a part of a dashboard."""
    item = _readable(request, store)
    present = rendered(item, request.values[0])
    del present["metadata"]["resourceVersion"]
    body = merged(present, request.body())
    return _update(request, store, body["metadata"], body["spec"], body["status"])


def delete(request: Request, store: Store) -> Answer:
    """Delete a dashboard, if wished only at a resource version."""
    item = store.dashboards.get(request.values[-1])
    if item is None:
        raise not_found(GROUP, "dashboards", request.values[-1])
    if not request.person.may_change(item, store):
        raise failure(403)
    _check_precondition(item, request.body())
    if item.is_locked_file():
        raise failure(400, "provisioned dashboard cannot be deleted", "BadRequest")
    store.delete_dashboard(item.name)
    details = {"name": item.name, "group": GROUP, "kind": "dashboards", "uid": item.uid}
    success = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return Answer(200, {**success, "details": details})


def _readable(request: Request, store: Store) -> Item:
    item = store.dashboards.get(request.values[-1])
    if item is None:
        raise not_found(GROUP, "dashboards", request.values[-1])
    if not request.person.may_read(item, store):
        raise failure(403)
    return item


def _create(
    request: Request, store: Store, metadata: dict[str, Any], spec: dict[str, Any]
) -> Answer:
    name, version = metadata.get("name", ""), request.values[0]
    _check(name, metadata, spec, version)
    refuse_version_on_create(metadata)
    if request.dry:
        return Answer(201, _imagined(request, metadata, spec))
    annotations = annotations_of(metadata)
    folder = annotations.get(FOLDER)
    if folder and folder not in store.folders:
        raise not_found("folder.grafana.app", "folders", folder)
    if not request.person.may_put_into(folder or "", store) and name not in store.dashboards:
        raise failure(403)
    if name in store.dashboards:
        details = {"name": name, "group": GROUP, "kind": "dashboards"}
        text = f'dashboards.{GROUP} "{name}" already exists'
        raise failure(409, text, "AlreadyExists", details)
    item = Item(
        name=name,
        spec=_stored(spec, version),
        number=store.number(),
        created_by=request.person.identity,
        version=version,
        labels=labels_of(metadata),
        annotations=annotations,
        granted=not folder and (metadata.get("annotations") or {}).get(GRANT) == "default",
    )
    store.put(store.dashboards, item)
    return Answer(201, rendered(item, version))


def _update(
    request: Request,
    store: Store,
    metadata: dict[str, Any],
    spec: dict[str, Any],
    status: dict[str, Any] | None = None,
) -> Answer:
    item, version = _readable(request, store), request.values[0]
    _check(item.name, metadata, spec, version)
    check_lock(item, metadata, GROUP, "dashboards")
    if request.dry:
        return Answer(200, _imagined(request, metadata, spec, item))
    if not request.person.may_change(item, store):
        raise failure(403)
    annotations = annotations_of(metadata)
    folder = annotations.get(FOLDER)
    if folder and folder not in store.folders:
        raise failure(500, "access denied to folder")
    changed = deepcopy(item)
    changed.labels, changed.annotations = labels_of(metadata), annotations
    changed.spec, changed.version = _stored(spec, version), version
    changed.status = status or rendered(item, version)["status"]
    if changed.folder != item.folder or _is_another(item, changed):
        changed.generation += 1
        changed.updated_by = request.person.identity
    if changed == item:
        return Answer(200, without_version(rendered(item, version)))
    store.put(store.dashboards, changed)
    return Answer(200, rendered(changed, version))


def _is_another(old: Item, new: Item) -> bool:
    """Grafana does not notice that a v1beta1 document was stored as v1beta1 unchanged."""
    if old.version == new.version == "v1beta1":
        return True
    return bool(rendered(old, new.version)["spec"] != new.spec)


def _check(name: str, metadata: dict[str, Any], spec: dict[str, Any], version: str) -> None:
    if not name:
        raise _nameless()
    if spec.get("title") == "":
        raise failure(400, "Dashboard title cannot be empty", "BadRequest")
    annotations = annotations_of(metadata)
    text = complaint(name, spec)
    if len(annotations.get(MESSAGE, "")) > 500:
        text = "message too long, max 500 characters"
    if text:
        raise failure(400, text, "BadRequest")
    if version == "v1beta1" and spec.get("schemaVersion", SCHEMA) > SCHEMA:
        raise _from_the_future(name, spec["schemaVersion"])
    if annotations.get(MANAGED_BY) == "repo" and "grafana.app/sourcePath" not in annotations:
        raise failure(500, "managed resource is missing source path annotation")


def _stored(spec: dict[str, Any], version: str) -> dict[str, Any]:
    return in_v1(spec) if version == "v1beta1" else nameless(spec)


def _imagined(
    request: Request, metadata: dict[str, Any], spec: dict[str, Any], item: Item | None = None
) -> dict[str, Any]:
    """What a dry run answers: the metadata that was sent, hardly more."""
    version = request.values[0]
    shown = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
    shown |= {"name": metadata.get("name", request.values[-1]), "namespace": "default"}
    shown |= {"creationTimestamp": NOW, "generation": item.generation if item else 1}
    shown |= {"uid": item.uid if item else "00000000-0000-0000-0000-000000000000"}
    if item:
        shown["resourceVersion"] = str(item.resource_version)
    head = {"kind": "Dashboard", "apiVersion": f"{GROUP}/{version}", "metadata": shown}
    status = rendered(item, version)["status"] if item else {}
    return {**head, "spec": _stored(spec, version), "status": status}


def _check_precondition(item: Item, body: Any) -> None:
    wanted = ((body or {}).get("preconditions") or {}).get("resourceVersion")
    if not wanted or wanted == str(item.resource_version):
        return
    text = (
        f'Operation cannot be fulfilled on Dashboard.{GROUP} "{item.name}": the ResourceVersion '
        f"in the precondition ({wanted}) does not match the ResourceVersion in record "
        f"({item.resource_version}). The object might have been modified"
    )
    details = {"name": item.name, "group": GROUP, "kind": "Dashboard"}
    raise failure(409, text, "Conflict", details)


def _nameless() -> Exception:
    text = "Required value: name or generateName is required"
    return failure(
        422,
        f'Dashboard.{GROUP} "" is invalid: metadata.name: {text}',
        "Invalid",
        {
            "group": GROUP,
            "kind": "Dashboard",
            "causes": [{"reason": "FieldValueRequired", "message": text, "field": "metadata.name"}],
        },
    )


def _from_the_future(name: str, schema: int) -> Exception:
    text = (
        f'Invalid value: "{name}": schema migration from version {schema} to {SCHEMA} failed: '
        "schema version not migrated to target version"
    )
    return failure(
        422,
        f'Dashboard.{GROUP} "{name}" is invalid: spec: {text}',
        "Invalid",
        {
            "name": name,
            "group": GROUP,
            "kind": "Dashboard",
            "causes": [{"reason": "FieldValueInvalid", "message": text, "field": "spec"}],
        },
    )


def _without_labels(request: Request) -> Request:
    target = request.target.replace("labelSelector", "asked")
    return Request(
        request.method, target, request.headers, request.raw, request.person, request.values
    )
