"""The results as a plain table."""

from collections.abc import Iterator, Sequence

from benchmarks.harness.text_table import format_table
from benchmarks.linting.measurement import Linting
from benchmarks.writing.workload import PANEL_COUNT

MIB = 1024 * 1024


def render_report(linting: Linting) -> str:
    """The report as text."""
    heading = f"judging {linting.dashboards} dashboards of {PANEL_COUNT} panels, on one core"
    return f"{heading}\n\n{format_table(list(_list_rows(linting)))}"


def _list_rows(linting: Linting) -> Iterator[Sequence[str]]:
    yield "", "seconds", "CPU s", "peak MiB", "CPU beside build"
    for name, comparison in (
        ("the definition", linting.definition),
        ("the documents", linting.documents),
    ):
        for command, run in (("build", comparison.build), ("lint", comparison.lint)):
            beside = run.cpu_seconds.median / comparison.build.cpu_seconds.median
            costs = (
                run.seconds.format_text(2),
                run.cpu_seconds.format_text(2),
                run.peak_bytes.format_text(1, MIB),
            )
            yield f"{command} of {name}", *costs, f"{beside:.2f}"
