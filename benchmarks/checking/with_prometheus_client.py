"""The peer: `python -m benchmarks.checking.with_prometheus_client FILE` reads all of it once.

It keeps only the number of series by name, which is less than a check needs.
"""

import sys
from collections import Counter
from pathlib import Path

from prometheus_client.parser import text_fd_to_metric_families


def _read_exposition(path: Path) -> None:
    with path.open(encoding="utf-8") as stream:
        families = text_fd_to_metric_families(stream)
        counted = Counter(sample.name for family in families for sample in family.samples)
    print(counted.total())


if __name__ == "__main__":
    _read_exposition(Path(sys.argv[1]))
