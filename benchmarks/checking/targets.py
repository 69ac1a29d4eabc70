"""Limits of the cost of reading metrics."""

from collections.abc import Iterator

from benchmarks.checking.measurement import Checking
from benchmarks.harness.cost_target import CostTarget

PARSER_CPU_LIMIT = 1.0
"""It reads each line with one regular expression a label, and keeps no sample."""

MIB = 1024 * 1024
FILE_MEMORY_LIMIT = 1.0
"""Label values are kept once for each metric, up to a limit; series are only counted."""


def list_targets(checking: Checking) -> Iterator[CostTarget]:
    """Both limits with the measured values."""
    name = f"{checking.series} series"
    parser = "prometheus-client's parser"
    yield CostTarget(
        f"check --metrics of {name}, CPU without start",
        PARSER_CPU_LIMIT,
        checking.cpu_ratio,
        f"{checking.check.work_cpu_seconds:.2f} s",
        f"{checking.parser.work_cpu_seconds:.2f} s, {parser}",
    )
    yield CostTarget(
        f"check --metrics of {name}, memory",
        FILE_MEMORY_LIMIT,
        checking.memory_ratio,
        f"{checking.check.work_bytes / MIB:.1f} MiB",
        f"{checking.file_bytes / MIB:.1f} MiB, the file",
    )
