"""Grafana's newer API: `/apis/dashboard.grafana.app` and `/apis/folder.grafana.app`."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

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
from tailboard.publish.grafana.responses import validate_response
from tailboard.publish.grafana.search import fetch_readable_dashboards, search_tagged_uids
from tailboard.publish.http.connection import Connection, Response

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
        for item in self._fetch_items(
            self._dashboards_path, {"labelSelector": f"{OWNER_LABEL}={owner}"}
        ):
            live = parse_dashboard(item)
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
        items = self._fetch_items(
            self._dashboards_path, {"labelSelector": OWNER_LABEL}, METADATA_ACCEPT
        )
        return frozenset(str(item["metadata"]["name"]) for item in items)

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        response = self._connection.request("GET", f"{self._dashboards_path}/{quote(uid)}")
        if response.status == 404:
            return None
        return parse_dashboard(validate_response(response, f"reading the dashboard {uid}").body)

    def preview_document(self, desired: DesiredDashboard, live: LiveDashboard | None) -> Document:
        raw_response = self._save_dashboard(desired, live, {"dryRun": "All"})
        response = validate_response(
            raw_response, f"trying the dashboard {desired.uid}", is_write=True
        )
        return dict(response.body["spec"])

    def create_dashboard(self, desired: DesiredDashboard) -> LiveDashboard:
        raw_response = self._save_dashboard(desired, None, {})
        response = validate_response(
            raw_response, f"creating the dashboard {desired.uid}", is_write=True
        )
        return parse_dashboard(response.body)

    def update_dashboard(self, desired: DesiredDashboard, live: LiveDashboard) -> LiveDashboard:
        raw_response = self._save_dashboard(desired, live, {})
        response = validate_response(
            raw_response, f"updating the dashboard {desired.uid}", is_write=True
        )
        return parse_dashboard(response.body)

    def delete_dashboard(self, live: LiveDashboard) -> None:
        response = self._connection.request(
            "DELETE",
            f"{self._dashboards_path}/{quote(live.uid)}",
            json={"preconditions": {"resourceVersion": live.resource_version}},
        )
        if response.status != 404:
            validate_response(response, f"deleting the dashboard {live.uid}", is_write=True)

    def fetch_user_name(self, identity: str) -> str:
        path = f"/apis/iam.grafana.app/v0alpha1/namespaces/{quote(self._namespace)}/display"
        response = self._connection.request("GET", path, params={"key": identity})
        displays = (
            response.body.get("display")
            if response.ok and isinstance(response.body, dict)
            else None
        )
        return str((displays or [{}])[0].get("displayName") or identity)

    def fetch_versions(self, uid: str) -> Iterator[DashboardVersion]:
        params = {"labelSelector": HISTORY_LABEL, "fieldSelector": f"metadata.name={uid}"}
        yield from map(parse_version, self._fetch_items(self._dashboards_path, params))

    def fetch_folders(self) -> dict[str, LiveFolder]:
        folders = (parse_folder(item) for item in self._fetch_items(self._folders_path, {}))
        return {folder.uid: folder for folder in folders}

    def is_folder_hidden(self, uid: str) -> bool:
        return self._connection.request("GET", f"{self._folders_path}/{quote(uid)}").status == 403

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        annotations = {FOLDER_ANNOTATION: parent} if parent else {}
        body = build_resource("Folder", self._folder_version, uid, {"title": title}, annotations)
        response = self._connection.request("POST", self._folders_path, json=body)
        validate_response(response, f"creating the folder {title!r}", is_write=True)

    def update_folder(self, folder: LiveFolder, title: str, parent: str) -> None:
        path = f"{self._folders_path}/{quote(folder.uid)}"
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
        response = self._connection.request("GET", f"{self._folders_path}/{quote(uid)}/counts")
        if response.status == 404:
            return {}
        counts = (
            validate_response(response, f"looking into the folder {uid}").body.get("counts") or []
        )
        totals: dict[str, int] = {}
        for entry in counts:
            kind = format_kind(entry["resource"])
            totals[kind] = totals.get(kind, 0) + int(entry["count"])
        return {name: count for name, count in totals.items() if count}

    def delete_folder(self, uid: str) -> None:
        response = self._connection.request("DELETE", f"{self._folders_path}/{quote(uid)}")
        if response.status != 404:
            validate_response(response, f"deleting the folder {uid}")

    def _fetch_items(
        self, path: str, params: Mapping[str, str], accept: str = "application/json"
    ) -> Iterator[dict[str, Any]]:
        """Every item of a list; a page may be empty and still not be the last one."""
        continue_token = ""
        while True:
            page_params = {
                **params,
                "limit": str(PAGE_SIZE),
                **({"continue": continue_token} if continue_token else {}),
            }
            response = self._connection.request(
                "GET", path, params=page_params, headers={"Accept": accept}
            )
            body = validate_response(response, f"listing the {path.rpartition('/')[2]}").body
            yield from body.get("items") or []
            continue_token = (body.get("metadata") or {}).get("continue") or ""
            if not continue_token:
                return

    def _save_dashboard(
        self, desired: DesiredDashboard, live: LiveDashboard | None, params: Mapping[str, str]
    ) -> Response:
        body = build_dashboard_resource(desired, live, self._version)
        if live is None:
            return self._connection.request("POST", self._dashboards_path, params=params, json=body)
        path = f"{self._dashboards_path}/{quote(live.uid)}"
        return self._connection.request("PUT", path, params=params, json=body)


def _build_path(group: str, version: str, namespace: str, kind: str) -> str:
    return f"/apis/{group}/{version}/namespaces/{quote(namespace)}/{kind}"
