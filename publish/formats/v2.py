"""Every dashboard as a resource of Grafana's schema v2, which keeps its tabs."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tailboard.dashboards.document import Document, encode_resource
from tailboard.publish.formats.format import File, Format


def _build_files(document: Document) -> Iterator[File]:
    yield File(PurePosixPath("v2", f"{document['uid']}.json"), encode_resource(document))


FORMAT = Format(
    "v2", "the resource of each dashboard in Grafana's schema v2", v2_files=_build_files
)
