"""What publishing promises to cost at most."""

from collections.abc import Iterator

from benchmarks.publishing.measurement import Publishing
from benchmarks.target import Target

HALF = 0.5


def targets(publishing: Publishing | None) -> Iterator[Target]:
    """The promise beside what was measured, where anything was."""
    if publishing:
        yield Target("unchanged dashboards beside a loop of posts", HALF, publishing.ratio)
