"""The schema that a dashboard is published in: what its definition needs and the server has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses
from tailboard.dashboards.schema_v2.resource import (
    WRITABLE_VERSIONS,
    WRITTEN_VERSION,
    is_v2_document,
)
from tailboard.dashboards.schema_v2.row_layout import RowLayout
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.grafana.api import Document, SchemaVersions
from tailboard.publish.grafana.clients.stored_version import is_v1_version

AUTO, V1, V2 = SCHEMA_CHOICES = ("auto", "v1", "v2")


@dataclass(frozen=True)
class SchemaChoice:
    """What was asked for, and how to find the versions that the server offers.

    `find_versions` asks the server: it is called only where the answer matters.
    """

    name: str = AUTO
    find_versions: Callable[[], SchemaVersions] = SchemaVersions

    def select_document(
        self, document: Document, rows: Sequence[RowLayout]
    ) -> tuple[Document, str]:
        """The document in the schema to publish it in, and what that loses; empty for nothing.

        `rows` are those that only schema v2 lays out as they are declared. Without any a document
        of schema v1 stays one, unless schema v2 was asked for. Raises `DefinitionError` for a
        document of schema v2 where schema v1 was asked for.
        """
        if is_v2_document(document):
            if self.name == V1:
                raise DefinitionError(
                    "it is written in Grafana's schema v2, which --schema v1 does not publish",
                    tip="leave --schema out, or have it as schema v1: tailboard pull --schema v1.",
                    location=(f"dashboard {document['title']!r}",),
                )
            return document, ""
        if self.name == V1 or (self.name == AUTO and not rows):
            return document, _describe_losses(document, rows, "with --schema v1")
        versions = self.find_versions()
        version = next((name for name in versions.offered if name in WRITABLE_VERSIONS), "")
        if not version:
            reason = f"since this Grafana does not store schema {WRITTEN_VERSION}"
            note = _describe_losses(document, rows, reason)
            return document, note or f"it is published in schema v1, {reason}"
        if self.name == AUTO and is_v1_version(versions.offered[0]):
            reason = "since this Grafana shows no tabs; --schema v2 stores them all the same"
            return document, _describe_losses(document, rows, reason)
        return convert_document(document, rows, version), ""


def _describe_losses(document: Document, rows: Sequence[RowLayout], reason: str) -> str:
    losses = describe_losses(list_losses(convert_document(document, rows))) if rows else ""
    return f"{losses}, {reason}" if losses else ""
