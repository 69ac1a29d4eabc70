"""What definitions declare, as it is to be stored: marked, and in its folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tailboard.publish.grafana.api import ROOT, Document, Wanted
from tailboard.publish.grafana.folders import Folder, folder_uid, folders_of
from tailboard.publish.grafana.marker import marked


@dataclass(frozen=True)
class Publishable:
    """A document to publish, the folder that it names, and the definition that declares it."""

    document: Document
    folder: str
    source: str


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
    documents: Iterable[Publishable], *, owner: str, folder: str, message: str
) -> Declared:
    """The documents as they are to be stored; `folder` is for those that name none themselves."""
    found, paths = [], set()
    for made in documents:
        path = made.folder or folder
        uid = folder_uid(path, owner)
        if uid != ROOT:
            paths.add(path)
        document = marked(made.document, owner, uid)
        found.append(Wanted(document["uid"], document, uid, owner, message, made.source))
    return Declared(tuple(found), folders_of(paths, owner))
