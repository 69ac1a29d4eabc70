"""What programs expose, read from everywhere that a command line names."""

from collections.abc import Iterable

from tailboard.cli.terminal import print_message
from tailboard.metrics.exposition import Catalogue, read_exposition
from tailboard.metrics.exposition_source import read_lines
from tailboard.metrics.registry import import_registry, read_registry
from tailboard.publish.http.address import format_address


def read_metrics(metrics: Iterable[str], registries: Iterable[str]) -> Catalogue:
    """All of it together; what was wrong with the text is told."""
    catalogue = Catalogue()
    for source in metrics:
        read_exposition(read_lines(source), catalogue, format_address(source))
    for name in registries:
        read_registry(import_registry(name), catalogue, name)
    for note in catalogue.notes:
        print_message(f"Note: {note}")
    return catalogue
