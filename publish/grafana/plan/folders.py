"""Folders: from the path that a definition names to the uids that Grafana knows."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tailboard.dashboards.folder import TITLE_SEPARATOR, parse_folder_titles, parse_folder_uid
from tailboard.publish.grafana.api import ROOT_UID, LiveFolder

UID_PREFIX = "tb"


@dataclass(frozen=True)
class DesiredFolder:
    """A folder to publish into.

    One that is named by its uid is somebody else's (`is_external`): it has to exist, and is never
    changed.
    """

    uid: str
    title: str = ""
    parent: str = ROOT_UID
    is_external: bool = False


def build_folder_uid(path: str, owner: str) -> str:
    """The uid of the folder at such a path, which is a folder of this path and owner alone."""
    external_uid = parse_folder_uid(path)
    return (
        _build_titles_uid(parse_folder_titles(path), owner)
        if external_uid is None
        else external_uid
    )


def build_uid_prefix(owner: str) -> str:
    """How the uid of every folder of an owner begins."""
    return f"{UID_PREFIX}-{_compute_digest(owner, 4)}-"


def build_folders(paths: Iterable[str], owner: str) -> dict[str, DesiredFolder]:
    """Every folder of these paths with those that they lie in, parents first."""
    folders: dict[str, DesiredFolder] = {}
    for path in sorted(set(paths)):
        if (external_uid := parse_folder_uid(path)) is not None:
            folders[external_uid] = DesiredFolder(external_uid, is_external=True)
            continue
        parent = ROOT_UID
        for depth, title in enumerate(parts := parse_folder_titles(path), 1):
            uid = _build_titles_uid(parts[:depth], owner)
            folders[uid] = DesiredFolder(uid, title, parent)
            parent = uid
    return folders


def build_folder_path(uid: str, folders: Mapping[str, DesiredFolder | LiveFolder]) -> str:
    """The path to a folder: its title after those that it lies in; nothing for one not known."""
    titles: list[str] = []
    while (folder := folders.get(uid)) and len(titles) <= len(folders):
        titles.insert(0, folder.title)
        uid = folder.parent
    return TITLE_SEPARATOR.join(titles)


def count_ancestors(folder: LiveFolder, live_folders: Mapping[str, LiveFolder]) -> int:
    """How many folders lie around a folder."""
    count, visited_uids = 0, {folder.uid}
    while (parent := live_folders.get(folder.parent)) and parent.uid not in visited_uids:
        visited_uids.add(parent.uid)
        folder, count = parent, count + 1
    return count


def _build_titles_uid(titles: list[str], owner: str) -> str:
    return (
        f"{build_uid_prefix(owner)}{_compute_digest(TITLE_SEPARATOR.join(titles), 10)}"
        if titles
        else ROOT_UID
    )


def _compute_digest(text: str, size: int) -> str:
    return hashlib.blake2s(text.encode("utf-8", "backslashreplace"), digest_size=size).hexdigest()
