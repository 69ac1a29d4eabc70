"""Measure `tailboard lint` and `tailboard build` of the same dashboards, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import Cost, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.writing.tools import DEFINITION, TAILBOARD
from benchmarks.writing.workload import COUNT_VARIABLE

DASHBOARDS = 100
BUILD = (TAILBOARD, "build", "--format", "api")
LINT = (TAILBOARD, "lint", "--fail-on", "nothing")


@dataclass(frozen=True)
class Run:
    """One command: wall-clock seconds, CPU seconds and peak memory."""

    seconds: MedianRange
    cpu_seconds: MedianRange
    peak_bytes: MedianRange


@dataclass(frozen=True)
class Comparison:
    """Building and linting the same files."""

    build: Run
    lint: Run


@dataclass(frozen=True)
class Linting:
    """The definition in Python of some dashboards, and the documents that were built from it."""

    dashboards: int
    definition: Comparison
    documents: Comparison


def measure_linting(
    dashboards: int, repeats: int, report_progress: Callable[[str], None]
) -> Linting:
    """Run all four commands `repeats` times, after a run that warms the caches."""
    report_progress(f"lint and build of {dashboards} dashboards, {repeats} times each")
    runs = repeat_measurement(lambda: _measure_round(dashboards), repeats)
    summaries = [_summarize_run(costs) for costs in zip(*runs, strict=True)]
    return Linting(dashboards, Comparison(*summaries[:2]), Comparison(*summaries[2:]))


def _measure_round(dashboards: int) -> list[Cost]:
    with TemporaryDirectory(prefix="benchmark-") as name:
        built, built_again = Path(name, "built"), Path(name, "built-again")
        environment = {COUNT_VARIABLE: str(dashboards)}
        costs = [
            measure_cost([*BUILD, DEFINITION, "--out", str(built)], environment),
            measure_cost([*LINT, DEFINITION], environment),
        ]
        documents = sorted(str(path) for path in built.glob("dashboards/*.json"))
        costs.append(measure_cost([*BUILD, *documents, "--out", str(built_again)]))
        costs.append(measure_cost([*LINT, *documents]))
        return costs


def _summarize_run(costs: Sequence[Cost]) -> Run:
    return Run(
        MedianRange.from_values(cost.seconds for cost in costs),
        MedianRange.from_values(cost.cpu_seconds for cost in costs),
        MedianRange.from_values(cost.peak_bytes for cost in costs),
    )
