"""Measure the start of `tailboard --version` and of an empty click program, in turn."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.cost import measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.writing.tools import TAILBOARD

VERSION_COMMAND = [TAILBOARD, "--version"]
EMPTY_CLICK_COMMAND = [sys.executable, str(Path(__file__).with_name("empty_click.py"))]


@dataclass(frozen=True)
class StartUp:
    """Wall-clock and CPU seconds of both."""

    tailboard: MedianRange
    empty_click: MedianRange
    tailboard_cpu: MedianRange
    empty_click_cpu: MedianRange

    @property
    def ratio(self) -> float:
        """tailboard's seconds, divided by those of the empty program."""
        return self.tailboard.median / self.empty_click.median

    @property
    def cpu_ratio(self) -> float:
        """tailboard's CPU seconds, divided by those of the empty program."""
        return self.tailboard_cpu.median / self.empty_click_cpu.median


def measure_start_up(pairs: int, report_progress: Callable[[str], None]) -> StartUp:
    """Start both `pairs` times, after a run that warms the caches."""
    report_progress(f"start-up, {pairs} times each")
    runs = repeat_measurement(
        lambda: (measure_cost(VERSION_COMMAND), measure_cost(EMPTY_CLICK_COMMAND)), pairs
    )
    return StartUp(
        MedianRange.from_values(tailboard.seconds for tailboard, _ in runs),
        MedianRange.from_values(empty.seconds for _, empty in runs),
        MedianRange.from_values(tailboard.cpu_seconds for tailboard, _ in runs),
        MedianRange.from_values(empty.cpu_seconds for _, empty in runs),
    )
