"""Grafana's newer API: `/apis/dashboard.grafana.app` and `/apis/folder.grafana.app`."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tailboard.dashboards.passes.stamp import TAG
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.api import (
    DashboardVersion,
    DesiredDashboard,
    Document,
    LiveDashboard,
    LiveFolder,
    RefusedError,
    SchemaVersions,
    format_kind,
)
from tailboard.publish.grafana.clients.dashboard_reader import (
    DashboardReader,
    build_path,
    join_path,
    parse_read,
)
from tailboard.publish.grafana.clients.resource import (
    FOLDER_ANNOTATION,
    OWNER_LABEL,
    PREVIEW_LABEL,
    build_dashboard_resource,
    build_resource,
    find_document_version,
    parse_dashboard,
    parse_document,
    parse_folder,
)
from tailboard.publish.grafana.clients.resource_list import fetch_items
from tailboard.publish.grafana.clients.responses import (
    parse_response,
    read_object,
    read_objects,
    read_text,
    read_uid,
    validate_response,
)
from tailboard.publish.grafana.clients.search import fetch_readable_dashboards, search_tagged_uids
from tailboard.publish.grafana.documents.checksum import serialize_normal_form
from tailboard.publish.grafana.documents.marker import strip_marker
from tailboard.publish.grafana.previews.preview import TAG as PREVIEW_TAG
from tailboard.publish.http.connection import Connection, Response
from tailboard.publish.parallel import run_parallel

UNCHECKED = {"fieldValidation": "Ignore"}
"""As the browser saves: the server does not compare the document with the schema."""

METADATA_ACCEPT = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class AppPlatformApi:
    """The newer API of one organisation, in the versions that the server offers."""

    name = "apis"

    def __init__(
        self,
        connection: Connection,
        namespace: str,
        schema_versions: SchemaVersions,
        folder_version: str,
    ) -> None:
        self._connection = connection
        self.schema_versions = schema_versions
        self._reader = DashboardReader(connection, namespace, schema_versions)
        self._dashboards_path = self._reader.build_dashboards_path(schema_versions.v1)
        self._folders_path = build_path("folder.grafana.app", folder_version, namespace, "folders")
        self._namespace = namespace
        self._folder_version = folder_version

    def fetch_owned_dashboards(self, owner: str) -> Iterator[LiveDashboard]:
        for live in self._fetch_labelled_dashboards(OWNER_LABEL, owner, TAG):
            if live.owner == owner:
                yield live

    def fetch_previews(self, owner: str) -> Iterator[LiveDashboard]:
        for live in self._fetch_labelled_dashboards(PREVIEW_LABEL, owner, PREVIEW_TAG):
            if live.preview_mark and live.preview_mark.owner == owner:
                yield live

    def _fetch_labelled_dashboards(
        self, label: str, owner: str, tag: str
    ) -> Iterator[LiveDashboard]:
        """Those with an owner's label, then those that may be the owner's and have no label.

        The classic API drops labels whenever it saves a dashboard; the tag in the document stays.
        """
        labelled_uids = set()
        label_selector = {"labelSelector": f"{label}={owner}"}
        reads = fetch_items(self._connection, self._dashboards_path, label_selector, parse_read)
        for live in run_parallel(self._reader.fetch_stored_form, reads):
            if live is None:
                continue
            labelled_uids.add(live.uid)
            yield live
        tagged_uids = [
            uid for uid in search_tagged_uids(self._connection, tag) if uid not in labelled_uids
        ]
        other_uids = self._fetch_labelled_uids(label) if tagged_uids else frozenset()
        yield from fetch_readable_dashboards(
            self.fetch_dashboard, (uid for uid in tagged_uids if uid not in other_uids)
        )

    def _fetch_labelled_uids(self, label: str) -> frozenset[str]:
        """The uids of the dashboards with a label of any owner."""
        label_selector = {"labelSelector": label}
        uids = fetch_items(
            self._connection,
            self._dashboards_path,
            label_selector,
            lambda item: read_uid(item["metadata"]["name"]),
            METADATA_ACCEPT,
        )
        return frozenset(uids)

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        return self._reader.fetch_dashboard(uid)

    def fetch_document(self, live: LiveDashboard, version: str) -> Document:
        return self._reader.fetch_document(live, version)

    def preview_document(self, desired: DesiredDashboard, live: LiveDashboard | None) -> Document:
        response = self._save_dashboard(desired, live, {"dryRun": "All"})
        return parse_response(
            response,
            f"trying the dashboard {desired.uid}",
            lambda body: parse_document(body, desired.uid),
            is_write=True,
        )

    def create_dashboard(self, desired: DesiredDashboard) -> LiveDashboard:
        response = self._save_dashboard(desired, None, {})
        action = f"creating the dashboard {desired.uid}"
        return self._parse_saved_dashboard(response, action)

    def update_dashboard(self, desired: DesiredDashboard, live: LiveDashboard) -> LiveDashboard:
        response = self._save_dashboard(desired, live, {})
        action = f"updating the dashboard {desired.uid}"
        return self._parse_saved_dashboard(response, action)

    def _parse_saved_dashboard(self, response: Response, action: str) -> LiveDashboard:
        """What was stored: in the version that it was sent in, whatever its status reports."""

        def parse_body(body: Any) -> LiveDashboard:
            version = read_text(body["apiVersion"]).rpartition("/")[2]
            return dataclasses.replace(parse_dashboard(body), stored_version=version)

        return parse_response(response, action, parse_body, is_write=True)

    def delete_dashboard(self, live: LiveDashboard) -> None:
        response = self._connection.request(
            "DELETE",
            join_path(self._dashboards_path, live.uid),
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

    def fetch_versions(self, uid: str, version: str = "") -> Iterator[DashboardVersion]:
        return self._reader.fetch_versions(uid, version)

    def fetch_folders(self) -> dict[str, LiveFolder]:
        folders = fetch_items(self._connection, self._folders_path, {}, parse_folder)
        return {folder.uid: folder for folder in folders}

    def fetch_folder_time(self, uid: str) -> str:
        response = self._connection.request("GET", join_path(self._folders_path, uid))
        return parse_response(
            response,
            f"reading the folder {uid}",
            lambda body: read_text(read_object(body["metadata"]).get("creationTimestamp")),
        )

    def is_folder_hidden(self, uid: str) -> bool:
        response = self._connection.request("GET", join_path(self._folders_path, uid))
        return response.status == 403

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        annotations = {FOLDER_ANNOTATION: parent} if parent else {}
        body = build_resource("Folder", self._folder_version, uid, {"title": title}, annotations)
        response = self._connection.request("POST", self._folders_path, json=body)
        validate_response(response, f"creating the folder {title!r}", is_write=True)

    def update_folder(self, folder: LiveFolder, title: str, parent: str) -> None:
        path = join_path(self._folders_path, folder.uid)
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
        path = f"{join_path(self._folders_path, uid)}/counts"
        response = self._connection.request("GET", path)
        if response.status == 404:
            return {}
        return parse_response(response, f"looking into the folder {uid}", _parse_counts)

    def delete_folder(self, uid: str) -> None:
        response = self._connection.request("DELETE", join_path(self._folders_path, uid))
        if response.status != 404:
            validate_response(response, f"deleting the folder {uid}")

    def _save_dashboard(
        self, desired: DesiredDashboard, live: LiveDashboard | None, params: Mapping[str, str]
    ) -> Response:
        version = find_document_version(desired.document) or self.schema_versions.v1
        if version not in self.schema_versions.offered:
            raise RefusedError(
                f"the dashboard {desired.uid} is written in schema {version}, which this Grafana "
                "does not have",
                tip="publish it to a newer Grafana.",
            )
        if not desired.is_checked or (live and _is_content_stored(desired, live)):
            params = {**params, **UNCHECKED}
        body = build_dashboard_resource(desired, live, version)
        dashboards_path = self._reader.build_dashboards_path(version)
        if live is None:
            return self._connection.request("POST", dashboards_path, params=params, json=body)
        path = join_path(dashboards_path, live.uid)
        return self._connection.request("PUT", path, params=params, json=body)


def _is_content_stored(desired: DesiredDashboard, live: LiveDashboard) -> bool:
    """Whether a write changes no more than the mark of a dashboard."""
    return serialize_normal_form(strip_marker(desired.document)) == serialize_normal_form(
        live.unmarked_document
    )


def _parse_counts(body: Any) -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in read_objects(body.get("counts")):
        kind = format_kind(read_text(entry["resource"]))
        totals[kind] = totals.get(kind, 0) + int(entry["count"])
    return {name: count for name, count in totals.items() if count}


def _parse_display_name(body: Any) -> str:
    displays = read_objects(body.get("display"))
    return read_text(displays[0].get("displayName")) if displays else ""
