"""The document alone, as Grafana's HTTP API, its Git Sync and Terraform take it."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tailboard.dashboards.document import Document, written
from tailboard.publish.formats.format import File, Format


def _files(document: Document) -> Iterator[File]:
    yield File(PurePosixPath("dashboards", f"{document['uid']}.json"), written(document))


FORMAT = Format("api", "one JSON document a dashboard, for the HTTP API", _files)
