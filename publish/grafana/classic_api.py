"""Grafana's classic API, `/api`: all that Grafana 11 and older have."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tailboard.publish.grafana.api import (
    ROOT_UID,
    ConflictError,
    DashboardVersion,
    DesiredDashboard,
    Document,
    LiveDashboard,
    LiveFolder,
    RefusedError,
    format_kind,
)
from tailboard.publish.grafana.responses import validate_response
from tailboard.publish.grafana.search import fetch_readable_dashboards, search_tagged_uids
from tailboard.publish.http.connection import Connection

PAGE_SIZE = 1000
MAX_VERSIONS = 100
FIRST_VERSION = 1
ANONYMOUS_USER = "Anonymous"
"""What Grafana 12 calls whoever saved the first version."""


class ClassicApi:
    """The classic API of the organisation that the credentials belong to."""

    name = "classic"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def fetch_owned_dashboards(self, owner: str) -> Iterator[LiveDashboard]:
        for live in fetch_readable_dashboards(
            self.fetch_dashboard, search_tagged_uids(self._connection)
        ):
            if live.owner == owner:
                yield live

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        response = self._connection.request("GET", f"/api/dashboards/uid/{quote(uid)}")
        if response.status == 404:
            return None
        return _parse_dashboard(validate_response(response, f"reading the dashboard {uid}").body)

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
        new_version = int(validate_response(response, action, is_write=True).body.get("version", 0))
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
        response = self._connection.request("DELETE", f"/api/dashboards/uid/{quote(live.uid)}")
        if response.status != 404:
            validate_response(response, action, is_write=True)

    def fetch_user_name(self, identity: str) -> str:
        return identity

    def fetch_versions(self, uid: str) -> Iterator[DashboardVersion]:
        path = f"/api/dashboards/uid/{quote(uid)}/versions"
        response = self._connection.request("GET", path, params={"limit": MAX_VERSIONS})
        if response.status == 404:
            return
        body = validate_response(response, f"reading the history of the dashboard {uid}").body
        for entry in body["versions"] if isinstance(body, dict) else body or []:
            version = self._fetch_version(path, entry)
            document = {**version["data"], "uid": uid}
            yield DashboardVersion(
                int(version["version"]), str(version.get("message", "")), document
            )

    def _fetch_version(self, path: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """One version: servers before 12 list it without the document, 12.4 the first misnamed."""
        number = int(entry["version"])
        if entry.get("data") and number != FIRST_VERSION:
            return entry
        response = self._connection.request("GET", f"{path}/{number}")
        version: Mapping[str, Any] = validate_response(response, "reading a version").body
        return version

    def fetch_folders(self) -> dict[str, LiveFolder]:
        folders: dict[str, LiveFolder] = {}
        page = 1
        while True:
            params = {"type": "dash-folder", "limit": PAGE_SIZE, "page": page}
            response = self._connection.request("GET", "/api/search", params=params)
            hits = validate_response(response, "listing the folders").body or []
            folders |= {
                hit["uid"]: LiveFolder(hit["uid"], hit["title"], hit.get("folderUid") or ROOT_UID)
                for hit in hits
            }
            if len(hits) < PAGE_SIZE:
                return folders
            page += 1

    def is_folder_hidden(self, uid: str) -> bool:
        """Not told: this API answers 403 for a folder that there is not, too."""
        return False

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        body = {"title": title, "uid": uid, **({"parentUid": parent} if parent else {})}
        response = self._connection.request("POST", "/api/folders", json=body)
        validate_response(response, f"creating the folder {title!r}", is_write=True)

    def update_folder(self, folder: LiveFolder, title: str, parent: str) -> None:
        path, action = f"/api/folders/{quote(folder.uid)}", f"changing the folder {title!r}"
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
        path = f"/api/folders/{quote(uid)}"
        response = self._connection.request("GET", f"{path}/counts")
        if response.status == 404:
            if self._connection.request("GET", path).status == 404:
                return {}
            raise RefusedError(
                f"this Grafana does not tell what the folder {uid} holds",
                tip="delete it in the browser if it is empty.",
            )
        counts = validate_response(response, f"looking into the folder {uid}").body
        return {format_kind(name): int(count) for name, count in counts.items() if count}

    def delete_folder(self, uid: str) -> None:
        """Delete it if it holds nothing: this API would delete what is in it without asking."""
        if contents := self.count_contents(uid):
            raise RefusedError(
                f"deleting the folder {uid}: it holds {', '.join(sorted(contents))}",
                tip="move what is in it elsewhere.",
            )
        response = self._connection.request("DELETE", f"/api/folders/{quote(uid)}")
        if response.status != 404:
            validate_response(response, f"deleting the folder {uid}")


def _parse_dashboard(body: Mapping[str, Any]) -> LiveDashboard:
    document, meta = body["dashboard"], body["meta"]
    version = int(document.get("version") or meta.get("version") or 0)
    provisioning_file = meta.get("provisioned") and f" {meta.get('provisionedExternalId') or ''!r}"
    return LiveDashboard(
        str(document["uid"]),
        document,
        str(meta.get("folderUid") or ROOT_UID),
        version,
        str(version),
        f"provisioned from files on Grafana's disk{provisioning_file}" if provisioning_file else "",
        editor=str(meta.get("updatedBy", "")).removeprefix(ANONYMOUS_USER),
        edit_time=str(meta.get("updated", "")),
    )
