"""Declared dashboards in the form to store: with a marker, and in their folders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tailboard.dashboards.schema_v2.row_layout import RowLayout
from tailboard.publish.grafana.api import ROOT_UID, DesiredDashboard, Document
from tailboard.publish.grafana.data_sources import set_data_source
from tailboard.publish.grafana.documents.marker import add_marker
from tailboard.publish.grafana.plan.folders import DesiredFolder, build_folder_uid, build_folders
from tailboard.publish.grafana.plan.schema_choice import SchemaChoice

DEFAULT_SCHEMA = SchemaChoice()


@dataclass(frozen=True)
class Publishable:
    """A document to publish, the folder that it names, and the definition that declares it.

    `rows` are those that only schema v2 lays out as they are declared.
    """

    document: Document
    folder: str
    source: str
    rows: Sequence[RowLayout] = ()


@dataclass(frozen=True)
class Desired:
    """Every dashboard that is declared, and every folder that one of them lies in.

    `notes` say what is lost of a dashboard in the schema that it is published in.
    """

    dashboards: tuple[DesiredDashboard, ...]
    folders: Mapping[str, DesiredFolder]
    notes: tuple[str, ...] = ()

    @property
    def documents(self) -> list[Document]:
        """The documents alone."""
        return [dashboard.document for dashboard in self.dashboards]


def select_data_sources(
    publishables: Sequence[Publishable], data_source: str
) -> Sequence[Publishable]:
    """The documents whose variables of Prometheus open with a data source; unchanged for none."""
    if not data_source:
        return publishables
    return [
        replace(publishable, document=set_data_source(publishable.document, data_source))
        for publishable in publishables
    ]


def build_desired(
    documents: Iterable[Publishable],
    *,
    owner: str,
    folder: str,
    message: str,
    schema: SchemaChoice = DEFAULT_SCHEMA,
) -> Desired:
    """The documents as they are to be stored; `folder` is for those that name none themselves."""
    dashboards, paths, notes = [], set(), []
    for publishable in documents:
        path = publishable.folder or folder
        uid = build_folder_uid(path, owner)
        if uid != ROOT_UID:
            paths.add(path)
        document, note = schema.select_document(publishable.document, publishable.rows)
        if note:
            notes.append(f"{document['title']!r} in {publishable.source}: {note}")
        document = add_marker(document, owner, uid)
        dashboards.append(
            DesiredDashboard(document["uid"], document, uid, owner, message, publishable.source)
        )
    return Desired(tuple(dashboards), build_folders(paths, owner), tuple(notes))
