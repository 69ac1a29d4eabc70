"""Grafana's classic API, `/api`: all that Grafana 11 and older have."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tailboard.dashboards.passes.stamp import TAG
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.publish.grafana.api import (
    ROOT_UID,
    ConflictError,
    DashboardVersion,
    DesiredDashboard,
    Document,
    LiveDashboard,
    LiveFolder,
    RefusedError,
    SchemaVersions,
    format_kind,
)
from tailboard.publish.grafana.clients.dashboard_reader import DashboardReader
from tailboard.publish.grafana.clients.responses import (
    check_uid,
    parse_response,
    read_object,
    read_objects,
    read_text,
    read_uid,
    translate_shape_errors,
    validate_response,
)
from tailboard.publish.grafana.clients.search import (
    fetch_readable_dashboards,
    fetch_search_hits,
    search_tagged_uids,
)
from tailboard.publish.grafana.clients.stored_version import is_v2_version
from tailboard.publish.grafana.previews.preview import TAG as PREVIEW_TAG
from tailboard.publish.http.connection import Connection

PAGE_SIZE = 1000
MAX_VERSIONS = 100
FIRST_VERSION = 1
NOT_ACCEPTABLE = 406
"""How Grafana 12.0 to 12.3 answer for a dashboard in schema v2."""

VERSION_PATTERN = re.compile(r"/apis/dashboard\.grafana\.app/(v[0-9][a-z0-9]*)/")
UNKNOWN_SCHEMA = "v2"
ANONYMOUS_USER = "Anonymous"
"""What Grafana 12 calls whoever saved the first version."""


class ClassicApi:
    """The classic API of the organisation that the credentials belong to.

    It shows what is stored in schema v2 converted to schema v1, and does not say so. `reader`
    tells that, where the server has the newer API as well.
    """

    name = "classic"
    schema_versions = SchemaVersions()

    def __init__(self, connection: Connection, reader: DashboardReader | None = None) -> None:
        self._connection = connection
        self._reader = reader

    def fetch_owned_dashboards(self, owner: str) -> Iterator[LiveDashboard]:
        for live in self._fetch_tagged_dashboards(TAG):
            if live.owner == owner:
                yield live

    def fetch_previews(self, owner: str) -> Iterator[LiveDashboard]:
        for live in self._fetch_tagged_dashboards(PREVIEW_TAG):
            if live.preview_mark and live.preview_mark.owner == owner:
                yield live

    def _fetch_tagged_dashboards(self, tag: str) -> Iterator[LiveDashboard]:
        return fetch_readable_dashboards(
            self.fetch_dashboard, search_tagged_uids(self._connection, tag)
        )

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        response = self._connection.request("GET", _build_dashboard_path(uid))
        if response.status == 404:
            return None
        if response.status == NOT_ACCEPTABLE:
            version_match = VERSION_PATTERN.search(response.message)
            version = version_match[1] if version_match else UNKNOWN_SCHEMA
            return _mark_unreadable(LiveDashboard(uid, {"title": uid, "uid": uid}), version)
        live = parse_response(
            response,
            f"reading the dashboard {uid}",
            lambda body: check_uid(_parse_dashboard(body), uid),
        )
        if self._reader and not live.read_problem:
            stored = self._reader.fetch_dashboard(uid)
            if stored and is_v2_document(stored.document):
                return _mark_unreadable(live, stored.stored_version)
        return live

    def fetch_document(self, live: LiveDashboard, version: str) -> Document:
        return live.document

    def preview_document(self, desired: DesiredDashboard, live: LiveDashboard | None) -> Document:
        return desired.document

    def create_dashboard(self, desired: DesiredDashboard) -> LiveDashboard:
        return self._save_dashboard(desired, 0, f"creating the dashboard {desired.uid}")

    def update_dashboard(self, desired: DesiredDashboard, live: LiveDashboard) -> LiveDashboard:
        return self._save_dashboard(desired, live.version, f"updating the dashboard {desired.uid}")

    def _save_dashboard(
        self, desired: DesiredDashboard, version: int, action: str
    ) -> LiveDashboard:
        document = {**desired.document, "id": None, "uid": desired.uid, "version": version}
        body = {
            "dashboard": document,
            "folderUid": desired.folder,
            "message": desired.message,
            "overwrite": False,
        }
        response = self._connection.request("POST", "/api/dashboards/db", json=body)
        new_version = parse_response(
            response, action, lambda body: int(body.get("version") or 0), is_write=True
        )
        return LiveDashboard(
            desired.uid,
            {**document, "version": new_version},
            desired.folder,
            new_version,
            str(new_version),
        )

    def delete_dashboard(self, live: LiveDashboard) -> None:
        """Delete it; this API has no lock, so that it is read once more just before."""
        current = self.fetch_dashboard(live.uid)
        if current is None:
            return
        action = f"deleting the dashboard {live.uid}"
        if current.version != live.version:
            raise ConflictError(f"{action}: it was changed meanwhile", tip="run the command again.")
        response = self._connection.request("DELETE", _build_dashboard_path(live.uid))
        if response.status != 404:
            validate_response(response, action, is_write=True)

    def fetch_user_name(self, identity: str) -> str:
        return identity

    def fetch_versions(self, uid: str, version: str = "") -> Iterator[DashboardVersion]:
        path, action = (
            f"{_build_dashboard_path(uid)}/versions",
            f"reading the history of the dashboard {uid}",
        )
        response = self._connection.request("GET", path, params={"limit": MAX_VERSIONS})
        if response.status == 404:
            return
        for entry in parse_response(response, action, _parse_version_list):
            with translate_shape_errors(action):
                number = int(entry["version"])
                is_complete = bool(entry.get("data")) and number != FIRST_VERSION
            complete_entry = entry if is_complete else self._fetch_version(path, number)
            with translate_shape_errors(action):
                parsed_version = _parse_version(complete_entry, uid)
            yield parsed_version

    def _fetch_version(self, path: str, number: int) -> dict[str, Any]:
        """One version: servers before 12 list it without the document, 12.4 the first misnamed."""
        response = self._connection.request("GET", f"{path}/{number}")
        return parse_response(response, "reading a version", read_object)

    def fetch_folders(self) -> dict[str, LiveFolder]:
        action = "listing the folders"
        hits = fetch_search_hits(self._connection, {"type": "dash-folder"}, PAGE_SIZE, action)
        with translate_shape_errors(action):
            return {hit["uid"]: _parse_folder(hit) for hit in hits}

    def fetch_folder_time(self, uid: str) -> str:
        response = self._connection.request("GET", _build_folder_path(uid))
        return parse_response(
            response,
            f"reading the folder {uid}",
            lambda body: read_text(read_object(body).get("created")),
        )

    def is_folder_hidden(self, uid: str) -> bool:
        """Unknown: this API answers 403 for a folder that does not exist, too."""
        return False

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        body = {"title": title, "uid": uid, **({"parentUid": parent} if parent else {})}
        response = self._connection.request("POST", "/api/folders", json=body)
        validate_response(response, f"creating the folder {title!r}", is_write=True)

    def update_folder(self, folder: LiveFolder, title: str, parent: str) -> None:
        path, action = _build_folder_path(folder.uid), f"changing the folder {title!r}"
        if parent != folder.parent:
            move_response = self._connection.request(
                "POST", f"{path}/move", json={"parentUid": parent}
            )
            validate_response(move_response, action, is_write=True)
        if title != folder.title:
            body = {"title": title, "overwrite": True}
            validate_response(
                self._connection.request("PUT", path, json=body), action, is_write=True
            )

    def count_contents(self, uid: str) -> dict[str, int]:
        path = _build_folder_path(uid)
        response = self._connection.request("GET", f"{path}/counts")
        if response.status == 404:
            if self._connection.request("GET", path).status == 404:
                return {}
            raise RefusedError(
                f"this Grafana does not tell what the folder {uid} holds",
                tip="delete it in the browser if it is empty.",
            )
        return parse_response(response, f"looking into the folder {uid}", _parse_counts)

    def delete_folder(self, uid: str) -> None:
        """Delete it if it holds nothing: this API would delete what is in it without asking."""
        if contents := self.count_contents(uid):
            raise RefusedError(
                f"deleting the folder {uid}: it holds {', '.join(sorted(contents))}",
                tip="move what is in it elsewhere.",
            )
        response = self._connection.request("DELETE", _build_folder_path(uid))
        if response.status != 404:
            validate_response(response, f"deleting the folder {uid}")


def _build_dashboard_path(uid: str) -> str:
    return f"/api/dashboards/uid/{quote(uid, safe='')}"


def _build_folder_path(uid: str) -> str:
    return f"/api/folders/{quote(uid, safe='')}"


def _parse_dashboard(body: Any) -> LiveDashboard:
    document, meta = read_object(body["dashboard"]), read_object(body["meta"])
    version = int(document.get("version") or meta.get("version") or 0)
    provisioning_file = meta.get("provisioned") and f" {meta.get('provisionedExternalId') or ''!r}"
    live = LiveDashboard(
        read_uid(document["uid"]),
        document,
        read_text(meta.get("folderUid")) or ROOT_UID,
        version,
        str(version),
        f"provisioned from files on Grafana's disk{provisioning_file}" if provisioning_file else "",
        editor=str(meta.get("updatedBy", "")).removeprefix(ANONYMOUS_USER),
        edit_time=str(meta.get("updated", "")),
    )
    stored_version = read_text(meta.get("apiVersion"))
    if is_v2_version(stored_version) or is_v2_document(document):
        return _mark_unreadable(live, stored_version or UNKNOWN_SCHEMA)
    return live


def _mark_unreadable(live: LiveDashboard, version: str) -> LiveDashboard:
    """A dashboard in schema v2, of which this API shows a part, and would store that alone."""
    problem = f"stored in schema {version}, which the classic API cannot show"
    return dataclasses.replace(
        live,
        block_reason=live.block_reason or problem,
        read_problem=problem,
        stored_version=version,
    )


def _parse_folder(hit: Mapping[str, Any]) -> LiveFolder:
    return LiveFolder(hit["uid"], str(hit["title"]), read_text(hit.get("folderUid")) or ROOT_UID)


def _parse_version_list(body: Any) -> list[dict[str, Any]]:
    """The versions of a dashboard: a list, or since Grafana 11 an object that holds one."""
    return read_objects(body["versions"] if isinstance(body, dict) else body)


def _parse_version(entry: Mapping[str, Any], uid: str) -> DashboardVersion:
    return DashboardVersion(
        int(entry["version"]),
        str(entry.get("message", "")),
        {**read_object(entry["data"]), "uid": uid},
    )


def _parse_counts(body: Any) -> dict[str, int]:
    counts = read_object(body)
    return {format_kind(name): int(count) for name, count in counts.items() if count}
