"""How long `tailboard lint` takes beside `tailboard build` of the same, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cost import BENCHMARKS_FOLDER, Cost, measure_cost
from benchmarks.median_range import MedianRange
from benchmarks.repetition import repeat_measurement
from benchmarks.tools import TAILBOARD
from benchmarks.workload import COUNT_VARIABLE

DASHBOARDS = 100
DEFINITION = str(BENCHMARKS_FOLDER / "definition.py")
LINT = (TAILBOARD, "lint", "--fail-on", "nothing")


@dataclass(frozen=True)
class Run:
    """One command: seconds by the clock, CPU seconds and peak memory."""

    seconds: MedianRange
    cpu_seconds: MedianRange
    peak_bytes: MedianRange


@dataclass(frozen=True)
class Linting:
    """Building, judging the definition, and judging the documents that it was built to."""

    dashboards: int
    build: Run
    definition: Run
    documents: Run

    @property
    def cpu_ratio(self) -> float:
        """How many times as much CPU time judging the definition takes as building it."""
        return self.definition.cpu_seconds.median / self.build.cpu_seconds.median

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of the slower of the two ways to judge."""
        return max(self.definition.cpu_seconds.median, self.documents.cpu_seconds.median)


def measure_linting(
    dashboards: int, repeats: int, report_progress: Callable[[str], None]
) -> Linting:
    """All three so many times, after one time for the caches."""
    report_progress(f"lint and build of {dashboards} dashboards, {repeats} times each")
    runs = repeat_measurement(lambda: _measure_round(dashboards), repeats)
    build, definition, documents = (_summarize_run(costs) for costs in zip(*runs, strict=True))
    return Linting(dashboards, build, definition, documents)


def _measure_round(dashboards: int) -> tuple[Cost, Cost, Cost]:
    with TemporaryDirectory(prefix="benchmark-") as name:
        environment = {COUNT_VARIABLE: str(dashboards)}
        build = measure_cost([TAILBOARD, "build", DEFINITION, "--out", name], environment)
        definition = measure_cost([*LINT, DEFINITION], environment)
        names = sorted(str(path) for path in Path(name).glob("dashboards/*.json"))
        return build, definition, measure_cost([*LINT, *names])


def _summarize_run(costs: Sequence[Cost]) -> Run:
    return Run(
        MedianRange.from_values(cost.seconds for cost in costs),
        MedianRange.from_values(cost.cpu_seconds for cost in costs),
        MedianRange.from_values(cost.peak_bytes for cost in costs),
    )
