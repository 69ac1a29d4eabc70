"""Measure the writing of dashboards by every tool, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import Cost, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.writing.tools import TOOLS, Tool
from benchmarks.writing.workload import COUNT_VARIABLE

SINGLE_DASHBOARD = 1
"""One dashboard: the cost is nearly that of the interpreter, imports and command line alone."""


@dataclass(frozen=True)
class Writing:
    """The cost of one tool for one number of dashboards."""

    tool: str
    dashboards: int
    seconds: MedianRange
    cpu_seconds: MedianRange
    peak_bytes: MedianRange
    written_bytes: int


def measure_writing(
    counts: Sequence[int], repeats: int, report_progress: Callable[[str], None]
) -> list[Writing]:
    """All tools with one dashboard and with each of these numbers."""
    cells = [(tool, count) for count in (SINGLE_DASHBOARD, *counts) for tool in TOOLS]
    for tool in TOOLS:
        # Fills the caches: Python's bytecode, the system's files.
        _write_documents(tool, SINGLE_DASHBOARD)
    runs: dict[tuple[Tool, int], list[tuple[Cost, int]]] = {cell: [] for cell in cells}
    for turn in range(repeats):
        for tool, count in cells:
            report_progress(f"run {turn + 1} of {repeats}: {tool.name}, {count} dashboards")
            runs[tool, count].append(_write_documents(tool, count))
    return [_summarize_runs(tool, count, costs) for (tool, count), costs in runs.items()]


def _write_documents(tool: Tool, count: int) -> tuple[Cost, int]:
    """One run, and the size of the documents that it wrote."""
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        tool.prepare(folder, count)
        cost = measure_cost(tool.command(folder), {COUNT_VARIABLE: str(count)})
        documents = [path for path in folder.rglob("*.json") if not path.name.startswith(".")]
        if len(documents) != count:
            raise AssertionError(f"{tool.name} wrote {len(documents)} of {count} documents")
        return cost, sum(document.stat().st_size for document in documents)


def _summarize_runs(tool: Tool, count: int, runs: list[tuple[Cost, int]]) -> Writing:
    return Writing(
        tool.name,
        count,
        MedianRange.from_values(cost.seconds for cost, _ in runs),
        MedianRange.from_values(cost.cpu_seconds for cost, _ in runs),
        MedianRange.from_values(cost.peak_bytes for cost, _ in runs),
        runs[0][1],
    )
