"""The results as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.checking.measurement import Checking
from benchmarks.harness.text_table import format_table

MIB = 1024 * 1024


def render_report(checking: Checking) -> str:
    """The report as text."""
    size = f"{checking.file_bytes / MIB:.1f} MiB"
    heading = f"reading {checking.series} series, {size}; work and memory are above few series"
    return f"{heading}\n\n{format_table(list(_list_rows(checking)))}"


def _list_rows(checking: Checking) -> Iterator[Sequence[str]]:
    yield "", "seconds", "CPU s", "work CPU s", "peak MiB", "memory beside the file"
    named = {"tailboard check": checking.check, "prometheus-client's parser": checking.parser}
    for name, run in named.items():
        yield (
            name,
            run.seconds.format_text(2),
            run.cpu_seconds.format_text(2),
            f"{run.work_cpu_seconds:.2f}",
            run.peak_bytes.format_text(1, MIB),
            f"{run.work_bytes / checking.file_bytes:.2f}",
        )
    yield "ratio", "", "", f"{checking.cpu_ratio:.2f}"
