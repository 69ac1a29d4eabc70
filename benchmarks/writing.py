"""What it costs to write so many dashboards: every contender in turn, again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cost import Cost, measure_cost
from benchmarks.median_range import MedianRange
from benchmarks.tools import TAILBOARD_TOOL, TOOLS, Tool
from benchmarks.workload import COUNT_VARIABLE

SINGLE_DASHBOARD = 1
"""A run with one dashboard: the interpreter, the imports and the command line, all but alone."""


@dataclass(frozen=True)
class Writing:
    """What one contender takes for one number of dashboards."""

    contender: str
    dashboards: int
    seconds: MedianRange
    cpu_seconds: MedianRange
    peak_bytes: MedianRange
    written_bytes: int


def measure_writing(
    dashboards: int, repeats: int, report_progress: Callable[[str], None]
) -> list[Writing]:
    """All contenders with one and with `dashboards`; tailboard with a fifth and twice of it too."""
    cells = [(contender, count) for count in (SINGLE_DASHBOARD, dashboards) for contender in TOOLS]
    cells += [(TAILBOARD_TOOL, count) for count in (dashboards // 5, dashboards * 2)]
    for contender in TOOLS:
        _write_documents(
            contender, SINGLE_DASHBOARD
        )  # Python writes its bytecode, the system reads the files
    runs: dict[tuple[Tool, int], list[tuple[Cost, int]]] = {cell: [] for cell in cells}
    for turn in range(repeats):
        for contender, count in cells:
            report_progress(f"run {turn + 1} of {repeats}: {contender.name}, {count} dashboards")
            runs[contender, count].append(_write_documents(contender, count))
    return [_summarize_runs(contender, count, costs) for (contender, count), costs in runs.items()]


def _write_documents(contender: Tool, count: int) -> tuple[Cost, int]:
    """One run, and the bytes of the documents that it leaves."""
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        contender.prepare(folder, count)
        spent = measure_cost(contender.command(folder), {COUNT_VARIABLE: str(count)})
        documents = [path for path in folder.rglob("*.json") if not path.name.startswith(".")]
        if len(documents) != count:
            raise AssertionError(f"{contender.name} wrote {len(documents)} of {count} documents")
        return spent, sum(document.stat().st_size for document in documents)


def _summarize_runs(contender: Tool, count: int, runs: list[tuple[Cost, int]]) -> Writing:
    return Writing(
        contender.name,
        count,
        MedianRange.from_values(spent.seconds for spent, _ in runs),
        MedianRange.from_values(spent.cpu_seconds for spent, _ in runs),
        MedianRange.from_values(spent.peak_bytes for spent, _ in runs),
        runs[0][1],
    )
