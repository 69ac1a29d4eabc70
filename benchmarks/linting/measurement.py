"""Measure `tailboard lint` and `tailboard build` of the same dashboards, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import Cost, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.writing.tools import BUILD, DEFINITION, TAILBOARD
from benchmarks.writing.workload import COUNT_VARIABLE

DASHBOARDS = 100
LINT = (TAILBOARD, "lint", "--fail-on", "nothing")


@dataclass(frozen=True)
class Run:
    """One command: wall-clock seconds, CPU seconds and peak memory."""

    seconds: MedianRange
    cpu_seconds: MedianRange
    peak_bytes: MedianRange


@dataclass(frozen=True)
class Linting:
    """Building, linting the definition, and linting the documents that were built from it."""

    dashboards: int
    build: Run
    definition: Run
    documents: Run


def measure_linting(
    dashboards: int, repeats: int, report_progress: Callable[[str], None]
) -> Linting:
    """Run all three `repeats` times, after a run that warms the caches."""
    report_progress(f"lint and build of {dashboards} dashboards, {repeats} times each")
    runs = repeat_measurement(lambda: _measure_round(dashboards), repeats)
    build, definition, documents = (_summarize_run(costs) for costs in zip(*runs, strict=True))
    return Linting(dashboards, build, definition, documents)


def _measure_round(dashboards: int) -> tuple[Cost, Cost, Cost]:
    with TemporaryDirectory(prefix="benchmark-") as name:
        environment = {COUNT_VARIABLE: str(dashboards)}
        build = measure_cost([*BUILD, name], environment)
        definition = measure_cost([*LINT, DEFINITION], environment)
        names = sorted(str(path) for path in Path(name).glob("dashboards/*.json"))
        return build, definition, measure_cost([*LINT, *names])


def _summarize_run(costs: Sequence[Cost]) -> Run:
    return Run(
        MedianRange.from_values(cost.seconds for cost in costs),
        MedianRange.from_values(cost.cpu_seconds for cost in costs),
        MedianRange.from_values(cost.peak_bytes for cost in costs),
    )
