"""Grafana's newer API: `/apis/dashboard.grafana.app` and `/apis/folder.grafana.app`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.api import (
    DashboardVersion,
    DesiredDashboard,
    Document,
    LiveDashboard,
    LiveFolder,
    format_kind,
)
from tailboard.publish.grafana.resource import (
    FOLDER_ANNOTATION,
    OWNER_LABEL,
    build_dashboard_resource,
    build_resource,
    parse_dashboard,
    parse_folder,
    parse_version,
)
from tailboard.publish.grafana.responses import (
    check_uid,
    parse_response,
    read_object,
    read_objects,
    read_text,
    read_uid,
    validate_response,
)
from tailboard.publish.grafana.search import (
    ENDLESS_TIP,
    MAX_PAGES,
    fetch_readable_dashboards,
    search_tagged_uids,
)
from tailboard.publish.http.connection import Connection, Response

Parsed = TypeVar("Parsed")

PAGE_SIZE = 200
METADATA_ACCEPT = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
HISTORY_LABEL = "grafana.app/get-history=true"


class AppPlatformApi:
    """The newer API of one organisation, in the versions that the server offers."""

    name = "apis"

    def __init__(
        self, connection: Connection, namespace: str, dashboard_version: str, folder_version: str
    ) -> None:
        self._connection = connection
        self._dashboards_path = _build_path(
            "dashboard.grafana.app", dashboard_version, namespace, "dashboards"
        )
        self._folders_path = _build_path("folder.grafana.app", folder_version, namespace, "folders")
        self._namespace = namespace
        self._version, self._folder_version = dashboard_version, folder_version

    def fetch_owned_dashboards(self, owner: str) -> Iterator[LiveDashboard]:
        """Those with our label, then those of ours that lost it.

        The classic API drops labels whenever it saves a dashboard; the tag in the document stays.
        """
        owned_uids = set()
        label_selector = {"labelSelector": f"{OWNER_LABEL}={owner}"}
        for live in self._fetch_items(self._dashboards_path, label_selector, parse_dashboard):
            owned_uids.add(live.uid)
            if live.owner == owner:
                yield live
        tagged_uids = [uid for uid in search_tagged_uids(self._connection) if uid not in owned_uids]
        labelled_uids = self._fetch_labelled_uids() if tagged_uids else frozenset()
        for tagged_dashboard in fetch_readable_dashboards(
            self.fetch_dashboard, (uid for uid in tagged_uids if uid not in labelled_uids)
        ):
            if tagged_dashboard.owner == owner:
                yield tagged_dashboard

    def _fetch_labelled_uids(self) -> frozenset[str]:
        """The uids of the dashboards with any owner's label."""
        label_selector = {"labelSelector": OWNER_LABEL}
        uids = self._fetch_items(
            self._dashboards_path,
            label_selector,
            lambda item: read_uid(item["metadata"]["name"]),
            METADATA_ACCEPT,
        )
        return frozenset(uids)

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        response = self._connection.request("GET", _join_path(self._dashboards_path, uid))
        if response.status == 404:
            return None
        return parse_response(
            response,
            f"reading the dashboard {uid}",
            lambda body: check_uid(parse_dashboard(body), uid),
        )

    def preview_document(self, desired: DesiredDashboard, live: LiveDashboard | None) -> Document:
        response = self._save_dashboard(desired, live, {"dryRun": "All"})
        return parse_response(
            response,
            f"trying the dashboard {desired.uid}",
            lambda body: read_object(body["spec"]),
            is_write=True,
        )

    def create_dashboard(self, desired: DesiredDashboard) -> LiveDashboard:
        response = self._save_dashboard(desired, None, {})
        action = f"creating the dashboard {desired.uid}"
        return parse_response(response, action, parse_dashboard, is_write=True)

    def update_dashboard(self, desired: DesiredDashboard, live: LiveDashboard) -> LiveDashboard:
        response = self._save_dashboard(desired, live, {})
        action = f"updating the dashboard {desired.uid}"
        return parse_response(response, action, parse_dashboard, is_write=True)

    def delete_dashboard(self, live: LiveDashboard) -> None:
        response = self._connection.request(
            "DELETE",
            _join_path(self._dashboards_path, live.uid),
            json={"preconditions": {"resourceVersion": live.resource_version}},
        )
        if response.status != 404:
            validate_response(response, f"deleting the dashboard {live.uid}", is_write=True)

    def fetch_user_name(self, identity: str) -> str:
        path = (
            f"/apis/iam.grafana.app/v0alpha1/namespaces/{quote(self._namespace, safe='')}/display"
        )
        response = self._connection.request("GET", path, params={"key": identity})
        try:
            return parse_response(response, "reading a name", _parse_display_name) or identity
        except TailboardError:
            return identity

    def fetch_versions(self, uid: str) -> Iterator[DashboardVersion]:
        params = {"labelSelector": HISTORY_LABEL, "fieldSelector": f"metadata.name={uid}"}
        yield from self._fetch_items(self._dashboards_path, params, parse_version)

    def fetch_folders(self) -> dict[str, LiveFolder]:
        folders = self._fetch_items(self._folders_path, {}, parse_folder)
        return {folder.uid: folder for folder in folders}

    def is_folder_hidden(self, uid: str) -> bool:
        response = self._connection.request("GET", _join_path(self._folders_path, uid))
        return response.status == 403

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        annotations = {FOLDER_ANNOTATION: parent} if parent else {}
        body = build_resource("Folder", self._folder_version, uid, {"title": title}, annotations)
        response = self._connection.request("POST", self._folders_path, json=body)
        validate_response(response, f"creating the folder {title!r}", is_write=True)

    def update_folder(self, folder: LiveFolder, title: str, parent: str) -> None:
        path = _join_path(self._folders_path, folder.uid)
        patch = {
            "metadata": {
                "annotations": {FOLDER_ANNOTATION: parent or None},
                "resourceVersion": folder.resource_version,
            },
            "spec": {"title": title},
        }
        response = self._connection.request(
            "PATCH", path, json=patch, headers={"Content-Type": "application/merge-patch+json"}
        )
        validate_response(response, f"changing the folder {title!r}", is_write=True)

    def count_contents(self, uid: str) -> dict[str, int]:
        path = f"{_join_path(self._folders_path, uid)}/counts"
        response = self._connection.request("GET", path)
        if response.status == 404:
            return {}
        return parse_response(response, f"looking into the folder {uid}", _parse_counts)

    def delete_folder(self, uid: str) -> None:
        response = self._connection.request("DELETE", _join_path(self._folders_path, uid))
        if response.status != 404:
            validate_response(response, f"deleting the folder {uid}")

    def _fetch_items(
        self,
        path: str,
        params: Mapping[str, str],
        parse_item: Callable[[dict[str, Any]], Parsed],
        accept: str = "application/json",
    ) -> Iterator[Parsed]:
        """Every item of a list; a page may be empty and still not be the last one.

        Raises `ServerError` where a page names itself or an earlier one as the next.
        """
        action = f"listing the {path.rpartition('/')[2]}"

        def parse_page(body: Any) -> tuple[list[Parsed], str]:
            metadata = read_object(body.get("metadata") or {})
            items = [parse_item(item) for item in read_objects(body.get("items"))]
            return items, read_text(metadata.get("continue"))

        continue_token, known_tokens = "", set[str]()
        while len(known_tokens) < MAX_PAGES:
            page_params = {**params, "limit": str(PAGE_SIZE)}
            if continue_token:
                page_params["continue"] = continue_token
            response = self._connection.request(
                "GET", path, params=page_params, headers={"Accept": accept}
            )
            items, continue_token = parse_response(response, action, parse_page)
            yield from items
            if not continue_token:
                return
            if continue_token in known_tokens:
                raise ServerError(f"{action}: a page leads to itself again", tip=ENDLESS_TIP)
            known_tokens.add(continue_token)
        raise ServerError(f"{action}: there are more than {MAX_PAGES} pages", tip=ENDLESS_TIP)

    def _save_dashboard(
        self, desired: DesiredDashboard, live: LiveDashboard | None, params: Mapping[str, str]
    ) -> Response:
        body = build_dashboard_resource(desired, live, self._version)
        if live is None:
            return self._connection.request("POST", self._dashboards_path, params=params, json=body)
        path = _join_path(self._dashboards_path, live.uid)
        return self._connection.request("PUT", path, params=params, json=body)


def _build_path(group: str, version: str, namespace: str, kind: str) -> str:
    return f"/apis/{group}/{version}/namespaces/{quote(namespace, safe='')}/{kind}"


def _join_path(path: str, name: str) -> str:
    return f"{path}/{quote(name, safe='')}"


def _parse_counts(body: Any) -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in read_objects(body.get("counts")):
        kind = format_kind(read_text(entry["resource"]))
        totals[kind] = totals.get(kind, 0) + int(entry["count"])
    return {name: count for name, count in totals.items() if count}


def _parse_display_name(body: Any) -> str:
    displays = read_objects(body.get("display"))
    return read_text(displays[0].get("displayName")) if displays else ""
