"""/apis/dashboard.grafana.app."""

import json
from copy import deepcopy
from typing import Any

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
from tests.grafana.memory.document import (
    SCHEMA,
    V2_VERSION,
    convert_to_version,
    find_problem,
)
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import FOLDER, GRANT, MANAGED_BY, MESSAGE, NOW, Item, Store

GROUP = "dashboard.grafana.app"
HISTORY = "grafana.app/get-history=true"


def render_dashboard(item: Item, version: str) -> dict[str, Any]:
    """A dashboard as a version of the API shows it."""
    converted = {"conversion": {"failed": False, "storedVersion": item.version}}
    if item.conversion_error and version != item.version:
        converted["conversion"] |= {"failed": True, "error": item.conversion_error}
    return {
        "kind": "Dashboard",
        "apiVersion": f"{GROUP}/{version}",
        "metadata": item.build_metadata(),
        "spec": convert_to_version(item.spec, version),
        "status": converted if version != item.version else item.status,
    }


def list_dashboards(request: Request, store: Store) -> Answer:
    """The list of dashboards, or the history of one."""
    version = request.values[0]
    if request.read_parameter("labelSelector") == HISTORY:
        name = request.read_parameter("fieldSelector").removeprefix("metadata.name=")
        items = store.history.get(name, [])
        request = _strip_label_selector(request)
    else:
        every = sorted(store.dashboards.values(), key=lambda item: item.name)
        items = [
            item
            for item in filter_by_name(request, every)
            if request.user.is_reader_of(item, store)
        ]
    return render_list(
        request, store, items, "Dashboard", lambda item: render_dashboard(item, version)
    )


def get_dashboard(request: Request, store: Store) -> Answer:
    """One dashboard, or what it was at a resource version."""
    item = _find_readable(request, store)
    at = request.read_parameter("resourceVersion")
    for version in store.history[item.name] if at else ():
        if str(version.resource_version) == at:
            item = version
    return Answer(200, render_dashboard(item, request.values[0]))


def create_dashboard(request: Request, store: Store) -> Answer:
    """A new dashboard."""
    if not request.user.is_writer():
        raise build_status_error(403)
    body = request.parse_body()
    return _create_item(request, store, body["metadata"], body["spec"])


def replace_dashboard(request: Request, store: Store) -> Answer:
    """Save a dashboard; one that is missing is created."""
    body, name = request.parse_body(), request.values[-1]
    check_name(request, body["metadata"])
    if name not in store.dashboards:
        if not request.user.is_writer():
            raise build_status_error(403)
        return _create_item(request, store, {**body["metadata"], "name": name}, body["spec"])
    return _update_item(request, store, body["metadata"], body["spec"])


def patch_dashboard(request: Request, store: Store) -> Answer:
    """Change a part of a dashboard."""
    item = _find_readable(request, store)
    present = render_dashboard(item, request.values[0])
    del present["metadata"]["resourceVersion"]
    body = merge_patch(present, request.parse_body())
    return _update_item(request, store, body["metadata"], body["spec"])


def delete_dashboard(request: Request, store: Store) -> Answer:
    """Delete a dashboard, if wished only at a resource version."""
    item = store.dashboards.get(request.values[-1])
    if item is None:
        raise build_not_found_error(GROUP, "dashboards", request.values[-1])
    if not request.user.is_writer_of(item, store):
        raise build_status_error(403)
    _check_precondition(item, request.parse_body())
    if item.is_locked_file():
        raise build_status_error(400, "provisioned dashboard cannot be deleted", "BadRequest")
    store.delete_dashboard(item.name)
    details = {"name": item.name, "group": GROUP, "kind": "dashboards", "uid": item.uid}
    success = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return Answer(200, {**success, "details": details})


def _find_readable(request: Request, store: Store) -> Item:
    item = store.dashboards.get(request.values[-1])
    if item is None:
        raise build_not_found_error(GROUP, "dashboards", request.values[-1])
    if not request.user.is_reader_of(item, store):
        raise build_status_error(403)
    return item


def _create_item(
    request: Request, store: Store, metadata: dict[str, Any], spec: dict[str, Any]
) -> Answer:
    name, version = metadata.get("name", ""), request.values[0]
    _check_spec(name, metadata, spec, version)
    check_no_version(metadata)
    if request.is_dry_run:
        return Answer(201, _build_dry_run(request, metadata, spec))
    annotations = read_annotations(metadata)
    folder = annotations.get(FOLDER)
    if folder and folder not in store.folders:
        raise build_not_found_error("folder.grafana.app", "folders", folder)
    if not request.user.is_writer_into(folder or "", store) and name not in store.dashboards:
        raise build_status_error(403)
    if name in store.dashboards:
        details = {"name": name, "group": GROUP, "kind": "dashboards"}
        text = f'dashboards.{GROUP} "{name}" already exists'
        raise build_status_error(409, text, "AlreadyExists", details)
    item = Item(
        name=name,
        spec=convert_to_version(spec, version),
        number=store.next_internal_id(),
        created_by=request.user.identity,
        version=version,
        labels=read_labels(metadata),
        annotations=annotations,
        has_grant=not folder and (metadata.get("annotations") or {}).get(GRANT) == "default",
    )
    store.put_item(store.dashboards, item)
    return Answer(201, render_dashboard(item, version))


def _update_item(
    request: Request,
    store: Store,
    metadata: dict[str, Any],
    spec: dict[str, Any],
) -> Answer:
    """What is stored keeps the status that a read in this version showed before."""
    item, version = _find_readable(request, store), request.values[0]
    _check_spec(item.name, metadata, spec, version)
    check_lock(item, metadata, GROUP, "dashboards")
    if request.is_dry_run:
        return Answer(200, _build_dry_run(request, metadata, spec, item))
    if not request.user.is_writer_of(item, store):
        raise build_status_error(403)
    annotations = read_annotations(metadata)
    folder = annotations.get(FOLDER)
    if folder and folder not in store.folders:
        raise build_status_error(500, "access denied to folder")
    changed = deepcopy(item)
    changed.labels, changed.annotations = read_labels(metadata), annotations
    changed.spec, changed.version = convert_to_version(spec, version), version
    changed.status = render_dashboard(item, version)["status"]
    if changed.folder != item.folder or _is_identity_changed(item, changed):
        changed.generation += 1
        changed.updated_by = request.user.identity
    if changed == item:
        return Answer(200, strip_version(render_dashboard(item, version)))
    store.put_item(store.dashboards, changed)
    return Answer(200, render_dashboard(changed, version))


def _is_identity_changed(old: Item, new: Item) -> bool:
    """Grafana does not notice that a v1beta1 document was stored as v1beta1 unchanged."""
    is_v2_change = old.version != new.version and V2_VERSION in {old.version, new.version}
    if old.version == new.version == "v1beta1" or is_v2_change:
        return True
    return bool(render_dashboard(old, new.version)["spec"] != new.spec)


def _check_spec(name: str, metadata: dict[str, Any], spec: dict[str, Any], version: str) -> None:
    if not name:
        raise _build_title_error()
    if spec.get("title") == "":
        raise build_status_error(400, "Dashboard title cannot be empty", "BadRequest")
    annotations = read_annotations(metadata)
    text = find_problem(name, spec)
    if len(annotations.get(MESSAGE, "")) > 500:
        text = "message too long, max 500 characters"
    if text:
        raise build_status_error(400, text, "BadRequest")
    if version == "v1beta1" and spec.get("schemaVersion", SCHEMA) > SCHEMA:
        raise _build_schema_error(name, spec["schemaVersion"])
    if "\ufeff" in json.dumps(spec, ensure_ascii=False):
        raise _build_byte_order_mark_error(name)
    if annotations.get(MANAGED_BY) == "repo" and "grafana.app/sourcePath" not in annotations:
        raise build_status_error(500, "managed resource is missing source path annotation")


def _build_dry_run(
    request: Request, metadata: dict[str, Any], spec: dict[str, Any], item: Item | None = None
) -> dict[str, Any]:
    """What a dry run answers: the metadata that was sent, hardly more."""
    version = request.values[0]
    kept_metadata = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
    kept_metadata |= {"name": metadata.get("name", request.values[-1]), "namespace": "default"}
    kept_metadata |= {"creationTimestamp": NOW, "generation": item.generation if item else 1}
    kept_metadata |= {"uid": item.uid if item else "00000000-0000-0000-0000-000000000000"}
    if item:
        kept_metadata["resourceVersion"] = str(item.resource_version)
    head = {"kind": "Dashboard", "apiVersion": f"{GROUP}/{version}", "metadata": kept_metadata}
    status = render_dashboard(item, version)["status"] if item else {}
    return {**head, "spec": convert_to_version(spec, version), "status": status}


def _check_precondition(item: Item, body: Any) -> None:
    expected_version = ((body or {}).get("preconditions") or {}).get("resourceVersion")
    if not expected_version or expected_version == str(item.resource_version):
        return
    text = (
        f'Operation cannot be fulfilled on Dashboard.{GROUP} "{item.name}": the ResourceVersion '
        f"in the precondition ({expected_version}) does not match the ResourceVersion in record "
        f"({item.resource_version}). The object might have been modified"
    )
    details = {"name": item.name, "group": GROUP, "kind": "Dashboard"}
    raise build_status_error(409, text, "Conflict", details)


def _build_title_error() -> Exception:
    text = "Required value: name or generateName is required"
    return build_status_error(
        422,
        f'Dashboard.{GROUP} "" is invalid: metadata.name: {text}',
        "Invalid",
        {
            "group": GROUP,
            "kind": "Dashboard",
            "causes": [{"reason": "FieldValueRequired", "message": text, "field": "metadata.name"}],
        },
    )


def _build_schema_error(name: str, schema: int) -> Exception:
    return _build_invalid_error(
        name,
        "spec",
        f'Invalid value: "{name}": schema migration from version {schema} to {SCHEMA} failed: '
        "schema version not migrated to target version",
    )


def _build_byte_order_mark_error(name: str) -> Exception:
    return _build_invalid_error(name, "[]", "Invalid value: illegal byte order mark")


def _build_invalid_error(name: str, field: str, text: str) -> Exception:
    return build_status_error(
        422,
        f'Dashboard.{GROUP} "{name}" is invalid: {field}: {text}',
        "Invalid",
        {
            "name": name,
            "group": GROUP,
            "kind": "Dashboard",
            "causes": [{"reason": "FieldValueInvalid", "message": text, "field": field}],
        },
    )


def _strip_label_selector(request: Request) -> Request:
    target = request.target.replace("labelSelector", "asked")
    return Request(
        request.method, target, request.headers, request.raw, request.user, request.values
    )
