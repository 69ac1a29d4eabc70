"""The document alone, as Grafana's HTTP API, its Git Sync and Terraform take it.

One of schema v2 is written as its resource, which is how all of these take it.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tailboard.dashboards.document import Document, encode_document, encode_resource
from tailboard.publish.formats.format import File, Format


def _build_files(document: Document) -> Iterator[File]:
    yield File(PurePosixPath("dashboards", f"{document['uid']}.json"), encode_document(document))


def _build_v2_files(document: Document) -> Iterator[File]:
    yield File(PurePosixPath("dashboards", f"{document['uid']}.json"), encode_resource(document))


FORMAT = Format(
    "api", "one JSON document a dashboard, for the HTTP API", _build_files, v2_files=_build_v2_files
)
