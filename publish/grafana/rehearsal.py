"""A server that is only read: what would be written to it is remembered instead."""

from collections.abc import Iterator
from typing import NamedTuple

from tailboard.publish.grafana.api import Api, Document, Stored, StoredFolder, Version, Wanted
from tailboard.publish.grafana.classic import Classic


class _Way(NamedTuple):
    """A dashboard or folder that comes into a folder, goes out of one, or both."""

    kind: str
    out: str | None
    into: str | None


class Rehearsal:
    """An `Api` that changes nothing, and answers as if what it was told to do were done.

    It foresees no refusal of a write.
    """

    def __init__(self, api: Api) -> None:
        self.name = api.name
        self._api = api
        self._folders = api.folders()
        self._dashboards: dict[str, Stored | None] = {}
        self._ways: list[_Way] = []

    def ours(self, owner: str) -> Iterator[Stored]:
        return self._api.ours(owner)

    def dashboard(self, uid: str) -> Stored | None:
        return self._dashboards[uid] if uid in self._dashboards else self._api.dashboard(uid)

    def preview(self, wanted: Wanted, stored: Stored | None) -> Document:
        return self._api.preview(wanted, stored)

    def create(self, wanted: Wanted) -> Stored:
        return self._store(wanted, None)

    def update(self, wanted: Wanted, stored: Stored) -> Stored:
        return self._store(wanted, stored.folder)

    def delete(self, stored: Stored) -> None:
        self._dashboards[stored.uid] = None
        self._ways.append(_Way("dashboard", stored.folder, None))

    def who(self, identity: str) -> str:
        return self._api.who(identity)

    def history(self, uid: str) -> Iterator[Version]:
        return self._api.history(uid)

    def folders(self) -> dict[str, StoredFolder]:
        return dict(self._folders)

    def hides_folder(self, uid: str) -> bool:
        return self._api.hides_folder(uid)

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        self._folders[uid] = StoredFolder(uid, title, parent)
        self._ways.append(_Way("folder", None, parent))

    def change_folder(self, folder: StoredFolder, title: str, parent: str) -> None:
        self._folders[folder.uid] = StoredFolder(folder.uid, title, parent)
        self._ways.append(_Way("folder", folder.parent, parent))

    def holds(self, uid: str) -> dict[str, int]:
        held = dict(self._api.holds(uid))
        for way in self._ways:
            change = self._is_in(way.into, uid) - self._is_in(way.out, uid)
            held[way.kind] = held.get(way.kind, 0) + change
        return {kind: count for kind, count in held.items() if count > 0}

    def delete_folder(self, uid: str) -> None:
        # its place stays known: what went out of it went out of those around it too
        self._ways.append(_Way("folder", self._folders[uid].parent, None))

    def _store(self, wanted: Wanted, out: str | None) -> Stored:
        stored = Stored(wanted.uid, wanted.document, wanted.folder)
        self._dashboards[wanted.uid] = stored
        self._ways.append(_Way("dashboard", out, wanted.folder))
        return stored

    def _is_in(self, place: str | None, uid: str) -> bool:
        """Whether a folder's count has what lies there: only the classic API looks deeper."""
        if self.name != Classic.name:
            return place == uid
        seen: set[str] = set()
        while place and place != uid and place not in seen and place in self._folders:
            seen.add(place)
            place = self._folders[place].parent
        return place == uid
