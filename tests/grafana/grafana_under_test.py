"""One Grafana of a test: its contents, and the actions of other people in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.grafana.exchange import GrafanaServer
from tests.grafana.memory import MemoryGrafana
from tests.grafana.scenarios import DASHBOARDS, DB, V2_DASHBOARDS

TIMEOUT = 60
FOLDER = "grafana.app/folder"
MESSAGE = "grafana.app/message"
SAVED_FROM_UI = "grafana.app/saved-from-ui"
# what the browser knows of a dashboard; it loses the rest when somebody saves
BROWSER_FIELDS = frozenset(
    """title description uid editable preload time timepicker panels annotations templating version
    fiscalYearStartMonth weekStart tags links graphTooltip liveNow schemaVersion refresh scopeMeta
    timezone""".split()
)
Document = dict[str, Any]
Change = Callable[[Document], object]


@dataclass
class GrafanaUnderTest:
    """A server under a test.

    `api` is what publishing is to use: `apis` or `classic`. `memory` is the server itself when it
    is one in memory, for its hooks and counters.
    """

    kind: str
    server: GrafanaServer
    token: str
    api: str
    memory_server: MemoryGrafana | None = None
    _hidden_uids: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    def build_credentials(self, user: str) -> Mapping[str, str]:
        """The headers of admin, editor, viewer, none, nobody, stranger or mistyped."""
        return self.server.build_credentials(user)

    def send_request(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask as the administrator."""
        with requests.Session() as session:
            session.trust_env = False
            headers = dict(self.server.build_credentials("admin"))
            return session.request(
                method, self.url + path, json=body, headers=headers, timeout=TIMEOUT
            )

    def list_documents(self) -> dict[str, Document]:
        """The documents by uid, as the API of this bench shows them."""
        if self.api == "apis":
            return {
                resource["metadata"]["name"]: resource["spec"] for resource in self.list_resources()
            }
        uids = [item["uid"] for item in self._search_items("dash-db")]
        answers = {uid: self._request_json("GET", f"/api/dashboards/uid/{uid}") for uid in uids}
        return {uid: answer["dashboard"] for uid, answer in answers.items()}

    def list_resources(self) -> list[dict[str, Any]]:
        """The dashboards with their metadata; only /apis has them."""
        return self._filter_visible(self._request_json("GET", DASHBOARDS)["items"])

    def list_folder_uids(self) -> dict[str, str]:
        """The folder's uid of each dashboard; empty at the root."""
        return {item["uid"]: item.get("folderUid", "") for item in self._search_items("dash-db")}

    def list_folder_titles(self) -> dict[str, str]:
        """The folders' titles by uid."""
        return {item["uid"]: item["title"] for item in self._search_items("dash-folder")}

    def list_parent_uids(self) -> dict[str, str]:
        """The uid of the folder above each folder; empty at the root."""
        return {
            item["uid"]: item.get("folderUid", "") for item in self._search_items("dash-folder")
        }

    def save_from_browser(self, uid: str, change: Change) -> None:
        """Save a changed dashboard as the browser does."""
        if self.api == "apis":
            self._save_from_browser_12(uid, change)
        else:
            self._save_from_browser_11(uid, change)

    def save_in_v2(self, uid: str, change: Change) -> None:
        """Save a changed dashboard as the browser does where it uses schema v2."""
        path = f"{V2_DASHBOARDS}/{uid}"
        resource = self._request_json("GET", path)
        change(resource["spec"])
        metadata = _build_browser_metadata(resource["metadata"])
        body = {"metadata": metadata, "spec": resource["spec"]}
        self._request_json("PUT", f"{path}?fieldValidation=Ignore", body)

    def restore_in_v2(self, uid: str, spec: Document) -> None:
        """Put back a version of the history as the browser does: without annotations and labels."""
        annotations = {MESSAGE: "Restored from version 1"}
        body = {"metadata": {"name": uid, "annotations": annotations}, "spec": spec}
        self._request_json("PUT", f"{V2_DASHBOARDS}/{uid}", body)

    def read_in_v2(self, uid: str) -> Document:
        """The document of a dashboard as the newer API shows it in schema v2."""
        spec: Document = self._request_json("GET", f"{V2_DASHBOARDS}/{uid}")["spec"]
        return spec

    def save_by_api(self, uid: str, change: Change) -> None:
        """Save a changed dashboard by the classic API, as other tools do."""
        dashboard = self._request_json("GET", f"/api/dashboards/uid/{uid}")
        document, folder = dashboard["dashboard"], dashboard["meta"]["folderUid"]
        change(document)
        self._request_json(
            "POST", DB, {"dashboard": document, "folderUid": folder, "message": "by hand"}
        )

    def delete_dashboard(self, uid: str) -> None:
        """Delete a dashboard as somebody in the browser does."""
        self._request_json("DELETE", f"/api/dashboards/uid/{uid}")

    def create_foreign_dashboard(self, uid: str, title: str, folder: str | None = None) -> None:
        """Add a dashboard that nobody published."""
        document = {"uid": uid, "title": title, "schemaVersion": 42, "panels": []}
        self._request_json("POST", DB, {"dashboard": document, "folderUid": folder or ""})

    def create_managed_dashboard(
        self, uid: str, title: str, manager: str, kind: str = "kubectl"
    ) -> None:
        """Add a dashboard of another manager; only /apis can say so."""
        annotations = {"grafana.app/managedBy": kind, "grafana.app/managerId": manager}
        body = {"metadata": {"name": uid, "annotations": annotations}, "spec": {"title": title}}
        self._request_json("POST", DASHBOARDS, body)

    def create_folder(self, uid: str, title: str, parent: str | None = None) -> None:
        """Add a folder of somebody."""
        self._request_json(
            "POST", "/api/folders", {"uid": uid, "title": title, "parentUid": parent or ""}
        )

    def rename_folder(self, uid: str, title: str) -> None:
        """Give a folder another title, as somebody in the browser does."""
        self._request_json("PUT", f"/api/folders/{uid}", {"title": title, "overwrite": True})

    def move_folder(self, uid: str, parent: str | None) -> None:
        """Put a folder elsewhere, as somebody in the browser does."""
        self._request_json("POST", f"/api/folders/{uid}/move", {"parentUid": parent or ""})

    def hide_folder(self, uid: str) -> None:
        """Let only admins see a folder, and what is in it."""
        self._request_json("POST", f"/api/folders/{uid}/permissions", {"items": []})

    def list_versions(self, uid: str) -> list[dict[str, Any]]:
        """The history of a dashboard, the newest first."""
        items: list[dict[str, Any]] = self._request_json(
            "GET", f"/api/dashboards/uid/{uid}/versions"
        )["versions"]
        return items

    def hide_existing_items(self) -> None:
        """Ignore the items that a named server already holds."""
        self._hidden_uids = {item["uid"] for item in self._search_items("")}

    def delete_items(self) -> None:
        """Delete what was added since this object was created."""
        for folder in self.list_folder_titles():
            self.send_request("DELETE", f"/api/folders/{folder}")
        for uid in [item["uid"] for item in self._search_items("dash-db")]:
            self.send_request("DELETE", f"/api/dashboards/uid/{uid}")

    def _save_from_browser_12(self, uid: str, change: Change) -> None:
        resource = self._request_json("GET", f"{DASHBOARDS}/{uid}")
        metadata, document = _build_browser_metadata(resource["metadata"]), resource["spec"]
        change(document)
        identity = {"uid": uid, "version": metadata["generation"]}
        body = {"metadata": metadata, "spec": {**_convert_to_browser_form(document), **identity}}
        self._request_json("PUT", f"{DASHBOARDS}/{uid}?fieldValidation=Ignore", body)

    def _save_from_browser_11(self, uid: str, change: Change) -> None:
        dashboard = self._request_json("GET", f"/api/dashboards/uid/{uid}")
        document = dashboard["dashboard"]
        change(document)
        identity = {key: document[key] for key in ("id", "uid", "version")}
        saved = {**_convert_to_browser_form(document), **identity}
        folder = dashboard["meta"]["folderUid"]
        self._request_json(
            "POST", DB, {"dashboard": saved, "folderUid": folder, "overwrite": False}
        )

    def _search_items(self, kind: str) -> list[dict[str, Any]]:
        items = self._request_json("GET", f"/api/search?limit=5000&type={kind}")
        return [item for item in items if item["uid"] not in self._hidden_uids]

    def _filter_visible(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [item for item in items if item["metadata"]["name"] not in self._hidden_uids]

    def _request_json(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.send_request(method, path, body)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


def _build_browser_metadata(metadata: Document) -> Document:
    """The metadata that the browser sends: without the lock, so that the last save wins."""
    sent_metadata = {
        name: value
        for name, value in metadata.items()
        if name not in {"resourceVersion", "managedFields"}
    }
    sent_metadata.get("labels", {}).pop("grafana.app/deprecatedInternalID", None)
    annotations = sent_metadata.setdefault("annotations", {})
    annotations.pop(MESSAGE, None)
    annotations[SAVED_FROM_UI] = "Grafana v12.4.0"
    return sent_metadata


def _convert_to_browser_form(document: Document) -> Document:
    return {key: value for key, value in document.items() if key in BROWSER_FIELDS}
