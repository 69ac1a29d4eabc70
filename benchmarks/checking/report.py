"""What was measured as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.aligned import aligned
from benchmarks.checking.measurement import Checking

MIB = 1024 * 1024


def report(checking: Checking) -> str:
    """Everything, for people."""
    size = f"{checking.file_bytes / MIB:.1f} MiB"
    heading = f"reading {checking.series} series, {size}; work and memory are above few series"
    return f"{heading}\n\n{aligned(list(_rows(checking)))}"


def _rows(checking: Checking) -> Iterator[Sequence[str]]:
    yield "", "seconds", "CPU s", "work CPU s", "peak MiB", "memory beside the file"
    named = {"tailboard check": checking.check, "prometheus-client's parser": checking.parser}
    for name, it in named.items():
        yield (
            name,
            it.seconds.text(2),
            it.cpu_seconds.text(2),
            f"{it.work_cpu_seconds:.2f}",
            it.peak_bytes.text(1, MIB),
            f"{it.work_bytes / checking.file_bytes:.2f}",
        )
    yield "ratio", "", "", f"{checking.cpu_ratio:.2f}"
