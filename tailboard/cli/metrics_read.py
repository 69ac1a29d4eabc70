"""What programs expose, read from everywhere that a command line names."""

from collections.abc import Iterable

from tailboard.cli.terminal import tell
from tailboard.metrics.exposition import Catalogue, read
from tailboard.metrics.metrics_source import lines
from tailboard.metrics.registry import read_registry, registry_named
from tailboard.publish.http.address import shown


def metrics_read(metrics: Iterable[str], registries: Iterable[str]) -> Catalogue:
    """All of it together; what was wrong with the text is told."""
    there = Catalogue()
    for source in metrics:
        read(lines(source), there, shown(source))
    for name in registries:
        read_registry(registry_named(name), there, name)
    for note in there.notes:
        tell(f"Note: {note}")
    return there
