"""A server that is only read: what would be written to it is remembered instead."""

from collections.abc import Iterator
from typing import NamedTuple

from tailboard.publish.grafana.api import (
    DashboardVersion,
    DesiredDashboard,
    Document,
    GrafanaApi,
    LiveDashboard,
    LiveFolder,
)
from tailboard.publish.grafana.clients.classic_api import ClassicApi


class _Move(NamedTuple):
    """A dashboard or folder that comes into a folder, goes out of one, or both."""

    kind: str
    source: str | None
    destination: str | None


class DryRunApi:
    """A `GrafanaApi` that changes nothing, and answers as if its writes were done.

    It does not foresee a server's refusal of a write.
    """

    def __init__(self, api: GrafanaApi) -> None:
        self.name = api.name
        self.schema_versions = api.schema_versions
        self._api = api
        self._folders = api.fetch_folders()
        self._dashboards: dict[str, LiveDashboard | None] = {}
        self._moves: list[_Move] = []

    def fetch_owned_dashboards(self, owner: str) -> Iterator[LiveDashboard]:
        return self._api.fetch_owned_dashboards(owner)

    def fetch_previews(self, owner: str) -> Iterator[LiveDashboard]:
        return self._api.fetch_previews(owner)

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        return self._dashboards[uid] if uid in self._dashboards else self._api.fetch_dashboard(uid)

    def fetch_document(self, live: LiveDashboard, version: str) -> Document:
        return self._api.fetch_document(live, version)

    def preview_document(self, desired: DesiredDashboard, live: LiveDashboard | None) -> Document:
        return self._api.preview_document(desired, live)

    def create_dashboard(self, desired: DesiredDashboard) -> LiveDashboard:
        return self._store_dashboard(desired, None)

    def update_dashboard(self, desired: DesiredDashboard, live: LiveDashboard) -> LiveDashboard:
        return self._store_dashboard(desired, live.folder)

    def delete_dashboard(self, live: LiveDashboard) -> None:
        self._dashboards[live.uid] = None
        self._moves.append(_Move("dashboard", live.folder, None))

    def fetch_user_name(self, identity: str) -> str:
        return self._api.fetch_user_name(identity)

    def fetch_versions(self, uid: str, version: str = "") -> Iterator[DashboardVersion]:
        return self._api.fetch_versions(uid, version)

    def fetch_folders(self) -> dict[str, LiveFolder]:
        return dict(self._folders)

    def fetch_folder_time(self, uid: str) -> str:
        return self._api.fetch_folder_time(uid)

    def is_folder_hidden(self, uid: str) -> bool:
        return self._api.is_folder_hidden(uid)

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        self._folders[uid] = LiveFolder(uid, title, parent)
        self._moves.append(_Move("folder", None, parent))

    def update_folder(self, folder: LiveFolder, title: str, parent: str) -> None:
        self._folders[folder.uid] = LiveFolder(folder.uid, title, parent)
        self._moves.append(_Move("folder", folder.parent, parent))

    def count_contents(self, uid: str) -> dict[str, int]:
        contents = dict(self._api.count_contents(uid))
        for move in self._moves:
            difference = self._is_counted_in(move.destination, uid) - self._is_counted_in(
                move.source, uid
            )
            contents[move.kind] = contents.get(move.kind, 0) + difference
        return {kind: count for kind, count in contents.items() if count > 0}

    def delete_folder(self, uid: str) -> None:
        # its place stays known: what went out of it went out of those around it too
        self._moves.append(_Move("folder", self._folders[uid].parent, None))

    def _store_dashboard(self, desired: DesiredDashboard, source: str | None) -> LiveDashboard:
        live = LiveDashboard(desired.uid, desired.document, desired.folder)
        self._dashboards[desired.uid] = live
        self._moves.append(_Move("dashboard", source, desired.folder))
        return live

    def _is_counted_in(self, folder_uid: str | None, uid: str) -> bool:
        """Whether a folder's count has what lies there: only the classic API looks deeper."""
        if self.name != ClassicApi.name:
            return folder_uid == uid
        visited_uids: set[str] = set()
        while (
            folder_uid
            and folder_uid != uid
            and folder_uid not in visited_uids
            and folder_uid in self._folders
        ):
            visited_uids.add(folder_uid)
            folder_uid = self._folders[folder_uid].parent
        return folder_uid == uid
