"""Measure `tailboard check --metrics` and prometheus-client's parser, in turn."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.checking.exposition import HISTOGRAMS, write_exposition
from benchmarks.harness.cost import Cost, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.writing.tools import TAILBOARD

SERIES = 100_000
CHECK = (TAILBOARD, "check", "--fail-on", "nothing")
PARSER = (sys.executable, "-m", "benchmarks.checking.with_prometheus_client")


@dataclass(frozen=True)
class Run:
    """One command: wall-clock and CPU seconds and peak memory, with many and with few series."""

    seconds: MedianRange
    cpu_seconds: MedianRange
    peak_bytes: MedianRange
    start_cpu_seconds: MedianRange
    start_peak_bytes: MedianRange

    @property
    def work_cpu_seconds(self) -> float:
        """CPU seconds minus those with few series: the cost of the series themselves."""
        return self.cpu_seconds.median - self.start_cpu_seconds.median

    @property
    def work_bytes(self) -> float:
        """Peak memory minus that with few series."""
        return self.peak_bytes.median - self.start_peak_bytes.median


@dataclass(frozen=True)
class Checking:
    """tailboard's check and prometheus-client's parser over the same file."""

    series: int
    file_bytes: int
    check: Run
    parser: Run

    @property
    def cpu_ratio(self) -> float:
        """CPU time of the check, divided by that of the parser alone."""
        return self.check.work_cpu_seconds / self.parser.work_cpu_seconds

    @property
    def memory_ratio(self) -> float:
        """Memory of the metrics, divided by the size of their file."""
        return self.check.work_bytes / self.file_bytes


def measure_checking(series: int, repeats: int, report_progress: Callable[[str], None]) -> Checking:
    """Run both with few and with many series, `repeats` times after a run that warms the caches."""
    report_progress(
        f"check and prometheus-client's parser over {series} series, {repeats} times each"
    )
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        document, few, many = folder / "d.json", folder / "few.prom", folder / "many.prom"
        document.write_text(json.dumps(_build_dashboard()), "utf-8")
        write_exposition(few, 1)
        many_bytes = write_exposition(many, series)
        commands = [(*CHECK, str(document), "--metrics"), PARSER]
        runs = repeat_measurement(
            lambda: [_measure_sizes(command, few, many) for command in commands], repeats
        )
        check, parser = (_summarize_run(costs) for costs in zip(*runs, strict=True))
        return Checking(many_bytes, many.stat().st_size, check, parser)


def _measure_sizes(command: Sequence[str], few: Path, many: Path) -> tuple[Cost, Cost]:
    return measure_cost([*command, str(few)]), measure_cost([*command, str(many)])


def _summarize_run(costs: Sequence[tuple[Cost, Cost]]) -> Run:
    return Run(
        MedianRange.from_values(cost.seconds for _, cost in costs),
        MedianRange.from_values(cost.cpu_seconds for _, cost in costs),
        MedianRange.from_values(cost.peak_bytes for _, cost in costs),
        MedianRange.from_values(cost.cpu_seconds for cost, _ in costs),
        MedianRange.from_values(cost.peak_bytes for cost, _ in costs),
    )


def _build_dashboard() -> dict[str, object]:
    names = [f"http_request_{number}_duration_seconds" for number in range(HISTOGRAMS)]
    expressions = [
        f"histogram_quantile(0.99, sum by (le, endpoint) (rate({name}_bucket[5m])))"
        for name in names
    ]
    panels = [
        {"title": expression, "type": "timeseries", "targets": [{"expr": expression, "refId": "A"}]}
        for expression in expressions
    ]
    return {"title": "Requests", "uid": "requests", "panels": panels}
