"""What a publisher asks beside dashboards and folders: who, which version, what else is there."""

from typing import Any

from tests.grafana.memory.access import NONE
from tests.grafana.memory.answer import (
    Answer,
    RefusalError,
    build_access_error,
    build_message_error,
    build_status_error,
)
from tests.grafana.memory.classic_dashboards import build_folder_url
from tests.grafana.memory.document import build_slug
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import Item, Store

VERSION = "12.4.0"
VERSIONS = {
    "dashboard.grafana.app": ("v1beta1", "v0alpha1", "v2beta1", "v2alpha1"),
    "folder.grafana.app": ("v1beta1",),
}


def get_health(_request: Request, _store: Store) -> Answer:
    """Which Grafana this is; anybody may ask."""
    body = {"database": "ok", "version": VERSION, "commit": "0000000"}
    return Answer(200, body, "application/json; charset=UTF-8")


def list_groups(request: Request, _store: Store) -> Answer:
    """What /apis serves."""
    _check_role(request)
    return Answer(
        200, {"kind": "APIGroupList", "groups": [_render_group(name) for name in VERSIONS]}
    )


def get_group(request: Request, _store: Store) -> Answer:
    """The versions of one group."""
    _check_role(request)
    head = {"kind": "APIGroup", "apiVersion": "v1"}
    return Answer(200, {**head, **_render_group(request.values[0])})


def build_no_resource_error() -> RefusalError:
    """A version that is not served."""
    text = "the server could not find the requested resource"
    return build_status_error(404, text, "NotFound", {})


def get_organization(request: Request, _store: Store) -> Answer:
    """The organisation."""
    if request.user.role == NONE:
        raise build_access_error("orgs:read")
    return Answer(200, {"id": 1, "name": "Main Org."})


def get_settings(_request: Request, store: Store) -> Answer:
    """What the frontend needs to know."""
    sources = {
        source["name"]: {key: source[key] for key in ("uid", "type", "isDefault")}
        for source in store.data_sources.values()
    }
    build = {"version": VERSION, "edition": "Open Source"}
    body = {"namespace": "default", "buildInfo": build, "datasources": sources}
    return Answer(200, body)


def search_items(request: Request, store: Store) -> Answer:
    """Dashboards and folders by what they are and where."""
    limit, page = request.read_number("limit", 1000), request.read_number("page", 1)
    if limit > 5000:
        text = (
            "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit"
        )
        raise build_message_error(422, text)
    kind = request.read_parameter("type")
    hits = (
        [] if kind == "dash-db" else [(item, "dash-folder") for item in _list_items(store.folders)]
    )
    if kind != "dash-folder":
        hits += [(item, "dash-db") for item in _list_items(store.dashboards)]
    hits_visible = [
        _render_hit(item, of, store)
        for item, of in hits
        if request.user.is_reader_of(item, store) and _is_match(request, item)
    ]
    return Answer(200, hits_visible[(page - 1) * limit : page * limit])


def list_data_sources(request: Request, store: Store) -> Answer:
    """All data sources."""
    _check_data_source_permission(request, "datasources:read")
    return Answer(200, list(store.data_sources.values()))


def get_data_source(request: Request, store: Store) -> Answer:
    """One data source."""
    _check_data_source_permission(request, "datasources:read")
    source = store.data_sources.get(request.values[0])
    if source is None:
        raise build_message_error(404, "Data source not found")
    return Answer(200, {**source, "version": 1, "apiVersion": ""})


def check_data_source(request: Request, store: Store) -> Answer:
    """Whether a data source answers; one in memory never does."""
    _check_data_source_permission(request, "datasources:query")
    if request.values[0] not in store.data_sources:
        raise build_message_error(500, "Unable to load datasource metadata")
    raise build_message_error(400, "connection refused", status="ERROR")


def add_data_source(request: Request, store: Store) -> Answer:
    """A new data source."""
    body = request.parse_body()
    source = {key: body.get(key) for key in ("uid", "name", "type", "url", "jsonData")}
    number = {"id": len(store.data_sources) + 1, "isDefault": body.get("isDefault", False)}
    store.data_sources[body["uid"]] = {**source, **number}
    return Answer(200, {"message": "Datasource added", "name": body["name"]})


def delete_data_source(request: Request, store: Store) -> Answer:
    """One data source less."""
    del store.data_sources[request.values[0]]
    return Answer(200, {"message": "Data source deleted"})


def add_alert_rule(request: Request, store: Store) -> Answer:
    """A new alert rule; only its folder is remembered."""
    body = request.parse_body()
    store.rules[body.get("uid") or f"rule-{store.next_internal_id()}"] = body["folderUID"]
    return Answer(201, body)


def list_alert_rules(request: Request, store: Store) -> Answer:
    """The alert rules in a folder."""
    folder = request.values[0]
    uids = [uid for uid, folder_uid in store.rules.items() if folder_uid == folder]
    title = store.folders[folder].title if folder in store.folders else folder
    groups_of = [{"name": "group", "rules": [{"grafana_alert": {"uid": uid}} for uid in uids]}]
    return Answer(202, {title: groups_of} if uids else {})


def add_library_panel(request: Request, store: Store) -> Answer:
    """A new library panel; only its folder is remembered."""
    body = request.parse_body()
    store.library_panels[body["uid"]] = body["folderUid"]
    return Answer(200, {"result": body})


def list_library_panels(request: Request, store: Store) -> Answer:
    """The library panels in a folder."""
    folder = request.read_parameter("folderFilterUIDs")
    uids = [uid for uid, folder_uid in store.library_panels.items() if folder_uid == folder]
    elements = [{"uid": uid, "folderUid": folder} for uid in uids]
    return Answer(200, {"result": {"totalCount": len(uids), "elements": elements}})


def _render_group(name: str) -> dict[str, Any]:
    served = [
        {"groupVersion": f"{name}/{version}", "version": version} for version in VERSIONS[name]
    ]
    return {"name": name, "versions": served, "preferredVersion": served[0]}


def _check_role(request: Request) -> None:
    if request.user.role != NONE:
        return
    text = (
        f'forbidden: User "none" cannot get path "{request.path}": Grafana org role (None) '
        f"didn't allow get access on requested resource=, path={request.path}"
    )
    raise build_status_error(403, text, "Forbidden", {})


def _check_data_source_permission(request: Request, permission: str) -> None:
    if request.user.role == NONE:
        raise build_access_error(permission)


def _list_items(items: dict[str, Item]) -> list[Item]:
    return sorted(items.values(), key=lambda item: (item.title, item.name))


def _is_match(request: Request, item: Item) -> bool:
    parameters = request.query
    return (
        set(parameters.get("tag", [])) <= set(item.spec.get("tags", []))
        and item.folder in parameters.get("folderUIDs", [item.folder])
        and item.name in parameters.get("dashboardUIDs", [item.name])
        and request.read_parameter("query").lower() in item.title.lower()
    )


def _render_hit(item: Item, kind: str, store: Store) -> dict[str, Any]:
    is_folder = kind == "dash-folder"
    folder = store.folders.get(item.folder)
    place = {}
    if folder:
        place = {
            "folderId": folder.number,
            "folderUid": folder.name,
            "folderTitle": folder.title,
            "folderUrl": build_folder_url(folder),
        }
    return {
        "id": item.number,
        "uid": item.name,
        "title": item.title,
        "url": build_folder_url(item) if is_folder else f"/d/{item.name}/{build_slug(item.title)}",
        "slug": "",
        "type": kind,
        "tags": item.spec.get("tags", []),
        **place,
    }
