"""What was measured as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.aligned import aligned
from benchmarks.linting.measurement import Linting
from benchmarks.workload import PANELS

MIB = 1024 * 1024


def report(linting: Linting) -> str:
    """Everything, for people."""
    heading = f"judging {linting.dashboards} dashboards of {PANELS} panels, on one core"
    return f"{heading}\n\n{aligned(list(_rows(linting)))}"


def _rows(linting: Linting) -> Iterator[Sequence[str]]:
    yield "", "seconds", "CPU s", "peak MiB", "beside build"
    named = {
        "build": linting.build,
        "lint of the definition": linting.definition,
        "lint of the documents": linting.documents,
    }
    for name, it in named.items():
        beside = it.seconds.median / linting.build.seconds.median
        costs = it.seconds.text(2), it.cpu_seconds.text(2), it.peak_bytes.text(1, MIB)
        yield name, *costs, f"{beside:.2f}"
