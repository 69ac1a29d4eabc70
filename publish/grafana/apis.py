"""Grafana's newer API: `/apis/dashboard.grafana.app` and `/apis/folder.grafana.app`."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tailboard.publish.grafana.answers import checked
from tailboard.publish.grafana.api import Document, Stored, StoredFolder, Version, Wanted, kind_of
from tailboard.publish.grafana.resource import (
    FOLDER,
    OWNER,
    dashboard_resource,
    folder_in,
    resource,
    stored_in,
    version_in,
)
from tailboard.publish.grafana.tagged import readable, tagged
from tailboard.publish.http.connection import Answer, Connection

PAGE = 200
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
HISTORY = "grafana.app/get-history=true"


class Apis:
    """The newer API of one organisation, in the versions that the server offers."""

    name = "apis"

    def __init__(
        self, connection: Connection, namespace: str, dashboards: str, folders: str
    ) -> None:
        self._connection = connection
        self._dashboards = _path("dashboard.grafana.app", dashboards, namespace, "dashboards")
        self._folders = _path("folder.grafana.app", folders, namespace, "folders")
        self._namespace = namespace
        self._version, self._folder_version = dashboards, folders

    def ours(self, owner: str) -> Iterator[Stored]:
        """Those with our label, then those of ours that lost it.

        The classic API drops labels whenever it saves a dashboard; the tag in the document stays.
        """
        seen = set()
        for item in self._listed(self._dashboards, {"labelSelector": f"{OWNER}={owner}"}):
            found = stored_in(item)
            seen.add(found.uid)
            if found.owner == owner:
                yield found
        others = [uid for uid in tagged(self._connection) if uid not in seen]
        labelled = self._labelled() if others else frozenset()
        for other in readable(self.dashboard, (uid for uid in others if uid not in labelled)):
            if other.owner == owner:
                yield other

    def _labelled(self) -> frozenset[str]:
        """The uids of the dashboards with any owner's label."""
        listed = self._listed(self._dashboards, {"labelSelector": OWNER}, METADATA_ONLY)
        return frozenset(str(it["metadata"]["name"]) for it in listed)

    def dashboard(self, uid: str) -> Stored | None:
        answer = self._connection.ask("GET", f"{self._dashboards}/{quote(uid)}")
        if answer.status == 404:
            return None
        return stored_in(checked(answer, f"reading the dashboard {uid}").body)

    def preview(self, wanted: Wanted, stored: Stored | None) -> Document:
        answer = self._save(wanted, stored, {"dryRun": "All"})
        found = checked(answer, f"trying the dashboard {wanted.uid}", changing=True)
        return dict(found.body["spec"])

    def create(self, wanted: Wanted) -> Stored:
        answer = self._save(wanted, None, {})
        found = checked(answer, f"creating the dashboard {wanted.uid}", changing=True)
        return stored_in(found.body)

    def update(self, wanted: Wanted, stored: Stored) -> Stored:
        answer = self._save(wanted, stored, {})
        found = checked(answer, f"updating the dashboard {wanted.uid}", changing=True)
        return stored_in(found.body)

    def delete(self, stored: Stored) -> None:
        answer = self._connection.ask(
            "DELETE",
            f"{self._dashboards}/{quote(stored.uid)}",
            json={"preconditions": {"resourceVersion": stored.lock}},
        )
        if answer.status != 404:
            checked(answer, f"deleting the dashboard {stored.uid}", changing=True)

    def who(self, identity: str) -> str:
        path = f"/apis/iam.grafana.app/v0alpha1/namespaces/{quote(self._namespace)}/display"
        answer = self._connection.ask("GET", path, params={"key": identity})
        found = answer.body.get("display") if answer.ok and isinstance(answer.body, dict) else None
        return str((found or [{}])[0].get("displayName") or identity)

    def history(self, uid: str) -> Iterator[Version]:
        asked = {"labelSelector": HISTORY, "fieldSelector": f"metadata.name={uid}"}
        yield from map(version_in, self._listed(self._dashboards, asked))

    def folders(self) -> dict[str, StoredFolder]:
        found = (folder_in(it) for it in self._listed(self._folders, {}))
        return {it.uid: it for it in found}

    def hides_folder(self, uid: str) -> bool:
        return self._connection.ask("GET", f"{self._folders}/{quote(uid)}").status == 403

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        notes = {FOLDER: parent} if parent else {}
        body = resource("Folder", self._folder_version, uid, {"title": title}, notes)
        answer = self._connection.ask("POST", self._folders, json=body)
        checked(answer, f"creating the folder {title!r}", changing=True)

    def change_folder(self, folder: StoredFolder, title: str, parent: str) -> None:
        path = f"{self._folders}/{quote(folder.uid)}"
        patch = {
            "metadata": {
                "annotations": {FOLDER: parent or None},
                "resourceVersion": folder.lock,
            },
            "spec": {"title": title},
        }
        answer = self._connection.ask(
            "PATCH", path, json=patch, headers={"Content-Type": "application/merge-patch+json"}
        )
        checked(answer, f"changing the folder {title!r}", changing=True)

    def holds(self, uid: str) -> dict[str, int]:
        answer = self._connection.ask("GET", f"{self._folders}/{quote(uid)}/counts")
        if answer.status == 404:
            return {}
        counts = checked(answer, f"looking into the folder {uid}").body.get("counts") or []
        found: dict[str, int] = {}
        for it in counts:
            kind = kind_of(it["resource"])
            found[kind] = found.get(kind, 0) + int(it["count"])
        return {name: count for name, count in found.items() if count}

    def delete_folder(self, uid: str) -> None:
        answer = self._connection.ask("DELETE", f"{self._folders}/{quote(uid)}")
        if answer.status != 404:
            checked(answer, f"deleting the folder {uid}")

    def _listed(
        self, path: str, params: Mapping[str, str], accept: str = "application/json"
    ) -> Iterator[dict[str, Any]]:
        """Every item of a list; a page may be empty and still not be the last one."""
        more = ""
        while True:
            asked = {**params, "limit": str(PAGE), **({"continue": more} if more else {})}
            answer = self._connection.ask("GET", path, params=asked, headers={"Accept": accept})
            body = checked(answer, f"listing the {path.rpartition('/')[2]}").body
            yield from body.get("items") or []
            more = (body.get("metadata") or {}).get("continue") or ""
            if not more:
                return

    def _save(self, wanted: Wanted, stored: Stored | None, params: Mapping[str, str]) -> Answer:
        body = dashboard_resource(wanted, stored, self._version)
        if stored is None:
            return self._connection.ask("POST", self._dashboards, params=params, json=body)
        path = f"{self._dashboards}/{quote(stored.uid)}"
        return self._connection.ask("PUT", path, params=params, json=body)


def _path(group: str, version: str, namespace: str, kind: str) -> str:
    return f"/apis/{group}/{version}/namespaces/{quote(namespace)}/{kind}"
