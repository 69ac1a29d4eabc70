"""Folders: from the path that a definition names to the uids that Grafana knows."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tailboard.dashboards.folder import SEPARATOR, titles_of, uid_in
from tailboard.publish.grafana.api import ROOT, StoredFolder

PREFIX = "tb"


@dataclass(frozen=True)
class Folder:
    """A folder to publish into.

    One that is `given` by its uid is somebody else's: it must be there, and is never changed.
    """

    uid: str
    title: str = ""
    parent: str = ROOT
    given: bool = False


def folder_uid(path: str, owner: str) -> str:
    """The uid of the folder at such a path, which is a folder of this path and owner alone."""
    given = uid_in(path)
    return _uid(titles_of(path), owner) if given is None else given


def prefix(owner: str) -> str:
    """How the uid of every folder of an owner begins."""
    return f"{PREFIX}-{_digest(owner, 4)}-"


def folders_of(paths: Iterable[str], owner: str) -> dict[str, Folder]:
    """Every folder of these paths with those that they lie in, parents first."""
    found: dict[str, Folder] = {}
    for path in sorted(set(paths)):
        if (given := uid_in(path)) is not None:
            found[given] = Folder(given, given=True)
            continue
        parent = ROOT
        for depth, title in enumerate(parts := titles_of(path), 1):
            uid = _uid(parts[:depth], owner)
            found[uid] = Folder(uid, title, parent)
            parent = uid
    return found


def titles_path(uid: str, folders: Mapping[str, Folder | StoredFolder]) -> str:
    """The path to a folder: its title after those that it lies in; nothing for one not known."""
    titles: list[str] = []
    while (folder := folders.get(uid)) and len(titles) <= len(folders):
        titles.insert(0, folder.title)
        uid = folder.parent
    return SEPARATOR.join(titles)


def depth(folder: StoredFolder, there: Mapping[str, StoredFolder]) -> int:
    """How many folders lie around a folder."""
    found, seen = 0, {folder.uid}
    while (parent := there.get(folder.parent)) and parent.uid not in seen:
        seen.add(parent.uid)
        folder, found = parent, found + 1
    return found


def _uid(titles: list[str], owner: str) -> str:
    return f"{prefix(owner)}{_digest(SEPARATOR.join(titles), 10)}" if titles else ROOT


def _digest(text: str, size: int) -> str:
    return hashlib.blake2s(text.encode("utf-8", "backslashreplace"), digest_size=size).hexdigest()
