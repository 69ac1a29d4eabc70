"""One Grafana as a test sees it from outside: what is in it, and what other people do there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from .exchange import Target
from .memory import MemoryGrafana
from .scenarios import DASHBOARDS, DB, FOLDERS

TIMEOUT = 60
FOLDER = "grafana.app/folder"
MESSAGE = "grafana.app/message"
SAVED_FROM_UI = "grafana.app/saved-from-ui"
# what the browser knows of a dashboard; it loses the rest when somebody saves
KNOWN_TO_THE_BROWSER = frozenset(
    """title description uid editable preload time timepicker panels annotations templating version
    fiscalYearStartMonth weekStart tags links graphTooltip liveNow schemaVersion refresh scopeMeta
    timezone""".split()
)
Document = dict[str, Any]
Change = Callable[[Document], object]


@dataclass
class Bench:
    """A server under a test.

    `api` is what publishing is to use: `apis` or `classic`. `memory` is the server itself when it
    is one in memory, for its hooks and counters.
    """

    kind: str
    server: Target
    token: str
    api: str
    memory: MemoryGrafana | None = None
    _hidden: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    def environment(self) -> dict[str, str]:
        """The variables that lead to it."""
        return {"GRAFANA_URL": self.url, "GRAFANA_TOKEN": self.token}

    def credentials(self, who: str) -> Mapping[str, str]:
        """The headers of admin, editor, viewer, none, nobody, stranger or mistyped."""
        return self.server.credentials(who)

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask as the administrator."""
        with requests.Session() as session:
            session.trust_env = False
            headers = dict(self.server.credentials("admin"))
            return session.request(
                method, self.url + path, json=body, headers=headers, timeout=TIMEOUT
            )

    def documents(self) -> dict[str, Document]:
        """The documents by uid, as the API of this bench shows them."""
        if self.api == "apis":
            return {each["metadata"]["name"]: each["spec"] for each in self.resources()}
        uids = [each["uid"] for each in self._search("dash-db")]
        answers = {uid: self._done("GET", f"/api/dashboards/uid/{uid}") for uid in uids}
        return {uid: answer["dashboard"] for uid, answer in answers.items()}

    def resources(self) -> list[dict[str, Any]]:
        """The dashboards with their metadata; only /apis has them."""
        return self._shown(self._done("GET", DASHBOARDS)["items"])

    def places(self) -> dict[str, str]:
        """The folder's uid of each dashboard; empty at the root."""
        return {each["uid"]: each.get("folderUid", "") for each in self._search("dash-db")}

    def folders(self) -> dict[str, str]:
        """The folders' titles by uid."""
        return {each["uid"]: each["title"] for each in self._search("dash-folder")}

    def parents(self) -> dict[str, str]:
        """The uid of the folder above each folder; empty at the root."""
        return {each["uid"]: each.get("folderUid", "") for each in self._search("dash-folder")}

    def edit_by_hand(self, uid: str, change: Change) -> None:
        """Save a changed dashboard as the browser does."""
        if self.api == "apis":
            self._edit_in_12(uid, change)
        else:
            self._edit_in_11(uid, change)

    def edit_by_api(self, uid: str, change: Change) -> None:
        """Save a changed dashboard by the classic API, as other tools do."""
        found = self._done("GET", f"/api/dashboards/uid/{uid}")
        document, folder = found["dashboard"], found["meta"]["folderUid"]
        change(document)
        self._done("POST", DB, {"dashboard": document, "folderUid": folder, "message": "by hand"})

    def delete(self, uid: str) -> None:
        """Delete a dashboard as somebody in the browser does."""
        self._done("DELETE", f"/api/dashboards/uid/{uid}")

    def create_foreign(self, uid: str, title: str, folder: str | None = None) -> None:
        """Add a dashboard that nobody published."""
        document = {"uid": uid, "title": title, "schemaVersion": 42, "panels": []}
        self._done("POST", DB, {"dashboard": document, "folderUid": folder or ""})

    def create_managed(self, uid: str, title: str, manager: str, kind: str = "kubectl") -> None:
        """Add a dashboard of another manager; only /apis can say so."""
        annotations = {"grafana.app/managedBy": kind, "grafana.app/managerId": manager}
        body = {"metadata": {"name": uid, "annotations": annotations}, "spec": {"title": title}}
        self._done("POST", DASHBOARDS, body)

    def create_folder(self, uid: str, title: str, parent: str | None = None) -> None:
        """Add a folder of somebody."""
        self._done("POST", "/api/folders", {"uid": uid, "title": title, "parentUid": parent or ""})

    def rename_folder(self, uid: str, title: str) -> None:
        """Give a folder another title, as somebody in the browser does."""
        self._done("PUT", f"/api/folders/{uid}", {"title": title, "overwrite": True})

    def move_folder(self, uid: str, parent: str | None) -> None:
        """Put a folder elsewhere, as somebody in the browser does."""
        self._done("POST", f"/api/folders/{uid}/move", {"parentUid": parent or ""})

    def hide_folder(self, uid: str) -> None:
        """Let only admins see a folder, and what is in it."""
        self._done("POST", f"/api/folders/{uid}/permissions", {"items": []})

    def versions(self, uid: str) -> list[dict[str, Any]]:
        """The history of a dashboard, the newest first."""
        found: list[dict[str, Any]] = self._done("GET", f"/api/dashboards/uid/{uid}/versions")[
            "versions"
        ]
        return found

    def hide_what_is_there(self) -> None:
        """Take what a server of somebody holds already for not there."""
        self._hidden = {each["uid"] for each in self._search("")}

    def clean(self) -> None:
        """Delete what was added since the bench was set up."""
        for folder in self.folders():
            self.ask("DELETE", f"/api/folders/{folder}")
        for uid in [each["uid"] for each in self._search("dash-db")]:
            self.ask("DELETE", f"/api/dashboards/uid/{uid}")

    def _edit_in_12(self, uid: str, change: Change) -> None:
        found = self._done("GET", f"{DASHBOARDS}/{uid}")
        metadata, document = found["metadata"], found["spec"]
        change(document)
        for key in ("resourceVersion", "managedFields"):
            metadata.pop(key, None)
        metadata.get("labels", {}).pop("grafana.app/deprecatedInternalID", None)
        annotations = metadata.setdefault("annotations", {})
        annotations.pop(MESSAGE, None)
        annotations[SAVED_FROM_UI] = "Grafana v12.4.0"
        identity = {"uid": uid, "version": metadata["generation"]}
        body = {"metadata": metadata, "spec": {**_as_the_browser_saves(document), **identity}}
        self._done("PUT", f"{DASHBOARDS}/{uid}?fieldValidation=Ignore", body)

    def _edit_in_11(self, uid: str, change: Change) -> None:
        found = self._done("GET", f"/api/dashboards/uid/{uid}")
        document = found["dashboard"]
        change(document)
        identity = {key: document[key] for key in ("id", "uid", "version")}
        saved = {**_as_the_browser_saves(document), **identity}
        folder = found["meta"]["folderUid"]
        self._done("POST", DB, {"dashboard": saved, "folderUid": folder, "overwrite": False})

    def _search(self, kind: str) -> list[dict[str, Any]]:
        found = self._done("GET", f"/api/search?limit=5000&type={kind}")
        return [each for each in found if each["uid"] not in self._hidden]

    def _shown(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for each in items if each["metadata"]["name"] not in self._hidden]

    def _done(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask(method, path, body)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


def folder_resources(bench: Bench) -> list[dict[str, Any]]:
    """The folders with their metadata; only /apis has them."""
    items: list[dict[str, Any]] = bench.ask("GET", FOLDERS).json()["items"]
    return items


def _as_the_browser_saves(document: Document) -> Document:
    return {key: value for key, value in document.items() if key in KNOWN_TO_THE_BROWSER}
