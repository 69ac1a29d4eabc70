"""What reading metrics promises to cost at most."""

from collections.abc import Iterator

from benchmarks.checking.measurement import Checking
from benchmarks.target import Target

BESIDE_PARSER = 1.0
"""It reads each line with one regular expression a label, and keeps no sample."""

BESIDE_FILE = 1.0
"""Label values are kept once for each metric, up to a limit; series are only counted."""


def targets(checking: Checking) -> Iterator[Target]:
    """Both promises beside what was measured."""
    name = f"{checking.series} series"
    parser = "prometheus-client's parser"
    yield Target(f"CPU seconds of check beside {parser}, {name}", BESIDE_PARSER, checking.cpu_ratio)
    yield Target(f"memory of check beside the file, {name}", BESIDE_FILE, checking.memory_ratio)
