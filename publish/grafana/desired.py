"""Declared dashboards in the form to store: with a marker, and in their folders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tailboard.publish.grafana.api import ROOT_UID, DesiredDashboard, Document
from tailboard.publish.grafana.folders import DesiredFolder, build_folder_uid, build_folders
from tailboard.publish.grafana.marker import add_marker


@dataclass(frozen=True)
class Publishable:
    """A document to publish, the folder that it names, and the definition that declares it."""

    document: Document
    folder: str
    source: str


@dataclass(frozen=True)
class Desired:
    """Every dashboard that is declared, and every folder that one of them lies in."""

    dashboards: tuple[DesiredDashboard, ...]
    folders: Mapping[str, DesiredFolder]

    @property
    def documents(self) -> list[Document]:
        """The documents alone."""
        return [dashboard.document for dashboard in self.dashboards]


def build_desired(
    documents: Iterable[Publishable], *, owner: str, folder: str, message: str
) -> Desired:
    """The documents as they are to be stored; `folder` is for those that name none themselves."""
    dashboards, paths = [], set()
    for publishable in documents:
        path = publishable.folder or folder
        uid = build_folder_uid(path, owner)
        if uid != ROOT_UID:
            paths.add(path)
        document = add_marker(publishable.document, owner, uid)
        dashboards.append(
            DesiredDashboard(document["uid"], document, uid, owner, message, publishable.source)
        )
    return Desired(tuple(dashboards), build_folders(paths, owner))
