"""Grafana's classic API, `/api`: all that Grafana 11 and older have."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tailboard.publish.grafana.answers import checked
from tailboard.publish.grafana.api import (
    ROOT,
    ConflictError,
    Document,
    RefusedError,
    Stored,
    StoredFolder,
    Version,
    Wanted,
    kind_of,
)
from tailboard.publish.grafana.tagged import readable, tagged
from tailboard.publish.http.connection import Connection

PAGE = 1000
VERSIONS = 100
FIRST = 1
NOBODY = "Anonymous"
"""What Grafana 12 calls whoever saved the first version."""


class Classic:
    """The classic API of the organisation that the credentials belong to."""

    name = "classic"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ours(self, owner: str) -> Iterator[Stored]:
        for found in readable(self.dashboard, tagged(self._connection)):
            if found.owner == owner:
                yield found

    def dashboard(self, uid: str) -> Stored | None:
        answer = self._connection.ask("GET", f"/api/dashboards/uid/{quote(uid)}")
        if answer.status == 404:
            return None
        return _stored(checked(answer, f"reading the dashboard {uid}").body)

    def preview(self, wanted: Wanted, stored: Stored | None) -> Document:
        return wanted.document

    def create(self, wanted: Wanted) -> Stored:
        return self._save(wanted, 0, f"creating the dashboard {wanted.uid}")

    def update(self, wanted: Wanted, stored: Stored) -> Stored:
        return self._save(wanted, stored.version, f"updating the dashboard {wanted.uid}")

    def _save(self, wanted: Wanted, version: int, what: str) -> Stored:
        document = {**wanted.document, "id": None, "uid": wanted.uid, "version": version}
        body = {
            "dashboard": document,
            "folderUid": wanted.folder,
            "message": wanted.message,
            "overwrite": False,
        }
        answer = self._connection.ask("POST", "/api/dashboards/db", json=body)
        now = int(checked(answer, what, changing=True).body.get("version", 0))
        return Stored(wanted.uid, {**document, "version": now}, wanted.folder, now, str(now))

    def delete(self, stored: Stored) -> None:
        """Delete it; this API has no lock, so that it is read once more just before."""
        now = self.dashboard(stored.uid)
        if now is None:
            return
        what = f"deleting the dashboard {stored.uid}"
        if now.version != stored.version:
            raise ConflictError(f"{what}: it was changed meanwhile", tip="run the command again.")
        answer = self._connection.ask("DELETE", f"/api/dashboards/uid/{quote(stored.uid)}")
        if answer.status != 404:
            checked(answer, what, changing=True)

    def who(self, identity: str) -> str:
        return identity

    def history(self, uid: str) -> Iterator[Version]:
        path = f"/api/dashboards/uid/{quote(uid)}/versions"
        answer = self._connection.ask("GET", path, params={"limit": VERSIONS})
        if answer.status == 404:
            return
        body = checked(answer, f"reading the history of the dashboard {uid}").body
        for it in body["versions"] if isinstance(body, dict) else body or []:
            found = self._version(path, it)
            document = {**found["data"], "uid": uid}
            yield Version(int(found["version"]), str(found.get("message", "")), document)

    def _version(self, path: str, listed: Mapping[str, Any]) -> Mapping[str, Any]:
        """One version: servers before 12 list it without the document, 12.4 the first misnamed."""
        number = int(listed["version"])
        if listed.get("data") and number != FIRST:
            return listed
        answer = self._connection.ask("GET", f"{path}/{number}")
        found: Mapping[str, Any] = checked(answer, "reading a version").body
        return found

    def folders(self) -> dict[str, StoredFolder]:
        found: dict[str, StoredFolder] = {}
        page = 1
        while True:
            asked = {"type": "dash-folder", "limit": PAGE, "page": page}
            answer = self._connection.ask("GET", "/api/search", params=asked)
            hits = checked(answer, "listing the folders").body or []
            found |= {
                it["uid"]: StoredFolder(it["uid"], it["title"], it.get("folderUid") or ROOT)
                for it in hits
            }
            if len(hits) < PAGE:
                return found
            page += 1

    def hides_folder(self, uid: str) -> bool:
        """Not told: this API answers 403 for a folder that there is not, too."""
        return False

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        body = {"title": title, "uid": uid, **({"parentUid": parent} if parent else {})}
        answer = self._connection.ask("POST", "/api/folders", json=body)
        checked(answer, f"creating the folder {title!r}", changing=True)

    def change_folder(self, folder: StoredFolder, title: str, parent: str) -> None:
        path, what = f"/api/folders/{quote(folder.uid)}", f"changing the folder {title!r}"
        if parent != folder.parent:
            moved = self._connection.ask("POST", f"{path}/move", json={"parentUid": parent})
            checked(moved, what, changing=True)
        if title != folder.title:
            body = {"title": title, "overwrite": True}
            checked(self._connection.ask("PUT", path, json=body), what, changing=True)

    def holds(self, uid: str) -> dict[str, int]:
        path = f"/api/folders/{quote(uid)}"
        answer = self._connection.ask("GET", f"{path}/counts")
        if answer.status == 404:
            if self._connection.ask("GET", path).status == 404:
                return {}
            raise RefusedError(
                f"this Grafana does not tell what the folder {uid} holds",
                tip="delete it in the browser if it is empty.",
            )
        counts = checked(answer, f"looking into the folder {uid}").body
        return {kind_of(name): int(count) for name, count in counts.items() if count}

    def delete_folder(self, uid: str) -> None:
        """Delete it if it holds nothing: this API would delete what is in it without asking."""
        if held := self.holds(uid):
            raise RefusedError(
                f"deleting the folder {uid}: it holds {', '.join(sorted(held))}",
                tip="move what is in it elsewhere.",
            )
        answer = self._connection.ask("DELETE", f"/api/folders/{quote(uid)}")
        if answer.status != 404:
            checked(answer, f"deleting the folder {uid}")


def _stored(body: Mapping[str, Any]) -> Stored:
    document, meta = body["dashboard"], body["meta"]
    version = int(document.get("version") or meta.get("version") or 0)
    provisioned = meta.get("provisioned") and f" {meta.get('provisionedExternalId') or ''!r}"
    return Stored(
        str(document["uid"]),
        document,
        str(meta.get("folderUid") or ROOT),
        version,
        str(version),
        f"provisioned from files on Grafana's disk{provisioned}" if provisioned else "",
        by=str(meta.get("updatedBy", "")).removeprefix(NOBODY),
        at=str(meta.get("updated", "")),
    )
