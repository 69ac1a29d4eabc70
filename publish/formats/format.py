"""An output format: the files that it makes of each document and of each service's rules."""

from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tailboard.alerts.addresses import Addresses
from tailboard.dashboards.document import Document
from tailboard.panels.record import record

if TYPE_CHECKING:
    from tailboard.alerts import RuleSet


@record
class FormatOptions:
    """Addresses and paths that files name, beside the documents.

    `scrape_interval` is Prometheus' own, which Grafana needs for `$__rate_interval`.
    """

    prometheus_url: str = "http://localhost:9090"
    scrape_interval: str = "15s"
    provisioning_path: str = "/etc/grafana/provisioning"
    addresses: Addresses = field(default_factory=Addresses)


@record
class File:
    """A file to write: its path within the output folder, and its bytes."""

    path: PurePosixPath
    content: bytes


@record
class Format:
    """A way to write documents and rules out.

    `document_files` makes the files of one document, `rule_files` those of one service's rules,
    `shared_files` those of all together. `has_alerts` tells that alerts are among the files.
    `v2_files` makes those of a document of schema v2: a format without it writes nothing of one,
    and a format with it alone gets every document in schema v2.
    `document_notes` are messages about the parts of a document that the files cannot hold, and
    what to do about them.
    """

    name: str
    summary: str
    document_files: Callable[[Document], Iterator[File]] | None = None
    rule_files: "Callable[[RuleSet, FormatOptions], Iterator[File]]" = lambda _, __: iter(())
    shared_files: Callable[[FormatOptions], Iterator[File]] = lambda _: iter(())
    has_alerts: bool = False
    v2_files: Callable[[Document], Iterator[File]] | None = None
    document_notes: Callable[[Document], Iterator[str]] = lambda _: iter(())
