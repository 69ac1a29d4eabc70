"""What an output format is: which files it makes of each document, and which once for all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from dashboards.document import Document


@dataclass(frozen=True)
class Surroundings:
    """What a format may need to know beyond the documents: where Grafana will find things.

    `scrape_interval` is Prometheus' own, which Grafana needs for `$__rate_interval`.
    """

    prometheus_url: str = "http://localhost:9090"
    scrape_interval: str = "15s"
    provisioning_path: str = "/etc/grafana/provisioning"


@dataclass(frozen=True)
class File:
    """A file to write: its path within the output folder, and its bytes."""

    path: PurePosixPath
    content: bytes


@dataclass(frozen=True)
class Format:
    """A way to write documents out.

    `per_document` makes files of one document, `once` those that all documents share.
    """

    name: str
    summary: str
    per_document: Callable[[Document], Iterator[File]]
    once: Callable[[Surroundings], Iterator[File]]


def nothing(_: Surroundings) -> Iterator[File]:
    """What a format without shared files makes once."""
    return iter(())
