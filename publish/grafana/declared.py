"""What definitions declare, as it is to be stored: marked, and in its folder."""

from collections.abc import Mapping
from dataclasses import dataclass

from publish.errors import BrokenDefinitionsError
from publish.grafana.api import ROOT, Document, Wanted
from publish.grafana.folders import Folder, folder_uid, folders_of
from publish.grafana.marker import marked
from tailboard.definitions.build import Build, Progress


@dataclass(frozen=True)
class Declared:
    """Every dashboard that is declared, and every folder that one of them lies in."""

    dashboards: tuple[Wanted, ...]
    folders: Mapping[str, Folder]

    @property
    def documents(self) -> list[Document]:
        """The documents alone."""
        return [it.document for it in self.dashboards]


def declared(
    build: Build, progress: Progress, *, owner: str, folder: str, message: str
) -> Declared:
    """What a build declares; `folder` is for dashboards that name none themselves.

    Raises `BrokenDefinitionsError` with every mistake.
    """
    found, paths = [], set()
    for made in build.made(progress):
        if made.document is None:
            continue
        path = made.folder or folder
        uid = folder_uid(path, owner)
        if uid != ROOT:
            paths.add(path)
        document = marked(made.document, owner, uid)
        found.append(Wanted(document["uid"], document, uid, owner, message, made.source))
    if build.errors:
        raise BrokenDefinitionsError(build.errors)
    return Declared(tuple(found), folders_of(paths, owner))
