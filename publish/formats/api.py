"""The document alone, as Grafana's HTTP API, its Git Sync and Terraform take it."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tailboard.dashboards.document import Document, encode_document
from tailboard.publish.formats.format import File, Format


def _build_files(document: Document) -> Iterator[File]:
    yield File(PurePosixPath("dashboards", f"{document['uid']}.json"), encode_document(document))


FORMAT = Format("api", "one JSON document a dashboard, for the HTTP API", _build_files)
