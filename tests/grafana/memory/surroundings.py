"""What a publisher asks beside dashboards and folders: who, which version, what else is there."""

from typing import Any

from .access import NONE
from .answer import Answer, RefusalError, access_denied, failure, message
from .classic_dashboards import folder_url
from .document import slug
from .request import Request
from .store import Item, Store

VERSION = "12.4.0"
VERSIONS = {
    "dashboard.grafana.app": ("v1beta1", "v0alpha1", "v2beta1", "v2alpha1"),
    "folder.grafana.app": ("v1beta1",),
}


def health(_request: Request, _store: Store) -> Answer:
    """Which Grafana this is; anybody may ask."""
    body = {"database": "ok", "version": VERSION, "commit": "0000000"}
    return Answer(200, body, "application/json; charset=UTF-8")


def groups(request: Request, _store: Store) -> Answer:
    """What /apis serves."""
    _refuse_roleless(request)
    return Answer(200, {"kind": "APIGroupList", "groups": [_group(name) for name in VERSIONS]})


def group(request: Request, _store: Store) -> Answer:
    """The versions of one group."""
    _refuse_roleless(request)
    head = {"kind": "APIGroup", "apiVersion": "v1"}
    return Answer(200, {**head, **_group(request.values[0])})


def no_such_resource() -> RefusalError:
    """A version that is not served."""
    text = "the server could not find the requested resource"
    return failure(404, text, "NotFound", {})


def org(request: Request, _store: Store) -> Answer:
    """The organisation."""
    if request.person.role == NONE:
        raise access_denied("orgs:read")
    return Answer(200, {"id": 1, "name": "Main Org."})


def settings(_request: Request, store: Store) -> Answer:
    """What the frontend needs to know."""
    sources = {
        each["name"]: {key: each[key] for key in ("uid", "type", "isDefault")}
        for each in store.data_sources.values()
    }
    build = {"version": VERSION, "edition": "Open Source"}
    body = {"namespace": "default", "buildInfo": build, "datasources": sources}
    return Answer(200, body)


def search(request: Request, store: Store) -> Answer:
    """Dashboards and folders by what they are and where."""
    limit, page = request.number("limit", 1000), request.number("page", 1)
    if limit > 5000:
        text = (
            "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit"
        )
        raise message(422, text)
    kind = request.one("type")
    hits = [] if kind == "dash-db" else [(each, "dash-folder") for each in _all(store.folders)]
    if kind != "dash-folder":
        hits += [(each, "dash-db") for each in _all(store.dashboards)]
    found = [
        _hit(item, of, store)
        for item, of in hits
        if request.person.may_read(item, store) and _is_asked_for(request, item)
    ]
    return Answer(200, found[(page - 1) * limit : page * limit])


def data_sources(request: Request, store: Store) -> Answer:
    """All data sources."""
    _may_see_sources(request, "datasources:read")
    return Answer(200, list(store.data_sources.values()))


def data_source(request: Request, store: Store) -> Answer:
    """One data source."""
    _may_see_sources(request, "datasources:read")
    source = store.data_sources.get(request.values[0])
    if source is None:
        raise message(404, "Data source not found")
    return Answer(200, {**source, "version": 1, "apiVersion": ""})


def source_health(request: Request, store: Store) -> Answer:
    """Whether a data source answers; one in memory never does."""
    _may_see_sources(request, "datasources:query")
    if request.values[0] not in store.data_sources:
        raise message(500, "Unable to load datasource metadata")
    raise message(400, "connection refused", status="ERROR")


def add_source(request: Request, store: Store) -> Answer:
    """A new data source."""
    body = request.body()
    kept = {key: body.get(key) for key in ("uid", "name", "type", "url", "jsonData")}
    number = {"id": len(store.data_sources) + 1, "isDefault": body.get("isDefault", False)}
    store.data_sources[body["uid"]] = {**kept, **number}
    return Answer(200, {"message": "Datasource added", "name": body["name"]})


def delete_source(request: Request, store: Store) -> Answer:
    """One data source less."""
    del store.data_sources[request.values[0]]
    return Answer(200, {"message": "Data source deleted"})


def add_rule(request: Request, store: Store) -> Answer:
    """A new alert rule; only its folder is remembered."""
    body = request.body()
    store.rules[body.get("uid") or f"rule-{store.number()}"] = body["folderUID"]
    return Answer(201, body)


def rules(request: Request, store: Store) -> Answer:
    """The alert rules in a folder."""
    folder = request.values[0]
    found = [uid for uid, where in store.rules.items() if where == folder]
    title = store.folders[folder].title if folder in store.folders else folder
    groups_of = [{"name": "group", "rules": [{"grafana_alert": {"uid": uid}} for uid in found]}]
    return Answer(202, {title: groups_of} if found else {})


def add_library_panel(request: Request, store: Store) -> Answer:
    """A new library panel; only its folder is remembered."""
    body = request.body()
    store.library_panels[body["uid"]] = body["folderUid"]
    return Answer(200, {"result": body})


def library_panels(request: Request, store: Store) -> Answer:
    """The library panels in a folder."""
    asked = request.one("folderFilterUIDs")
    found = [uid for uid, where in store.library_panels.items() if where == asked]
    elements = [{"uid": uid, "folderUid": asked} for uid in found]
    return Answer(200, {"result": {"totalCount": len(found), "elements": elements}})


def _group(name: str) -> dict[str, Any]:
    served = [{"groupVersion": f"{name}/{each}", "version": each} for each in VERSIONS[name]]
    return {"name": name, "versions": served, "preferredVersion": served[0]}


def _refuse_roleless(request: Request) -> None:
    if request.person.role != NONE:
        return
    text = (
        f'forbidden: User "none" cannot get path "{request.path}": Grafana org role (None) '
        f"didn't allow get access on requested resource=, path={request.path}"
    )
    raise failure(403, text, "Forbidden", {})


def _may_see_sources(request: Request, permission: str) -> None:
    if request.person.role == NONE:
        raise access_denied(permission)


def _all(items: dict[str, Item]) -> list[Item]:
    return sorted(items.values(), key=lambda each: (each.title, each.name))


def _is_asked_for(request: Request, item: Item) -> bool:
    asked = request.query
    return (
        set(asked.get("tag", [])) <= set(item.spec.get("tags", []))
        and item.folder in asked.get("folderUIDs", [item.folder])
        and item.name in asked.get("dashboardUIDs", [item.name])
        and request.one("query").lower() in item.title.lower()
    )


def _hit(item: Item, kind: str, store: Store) -> dict[str, Any]:
    is_folder = kind == "dash-folder"
    folder = store.folders.get(item.folder)
    place = {}
    if folder:
        place = {
            "folderId": folder.number,
            "folderUid": folder.name,
            "folderTitle": folder.title,
            "folderUrl": folder_url(folder),
        }
    return {
        "id": item.number,
        "uid": item.name,
        "title": item.title,
        "url": folder_url(item) if is_folder else f"/d/{item.name}/{slug(item.title)}",
        "slug": "",
        "type": kind,
        "tags": item.spec.get("tags", []),
        **place,
    }
