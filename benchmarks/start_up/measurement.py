"""Measure the start of tailboard's commands beside programs that do no more, in turn."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import Cost, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.writing.tools import BUILD, TAILBOARD
from benchmarks.writing.workload import COUNT_VARIABLE

VERSION_COMMAND = [TAILBOARD, "--version"]
EMPTY_CLICK_COMMAND = [sys.executable, str(Path(__file__).with_name("empty_click.py"))]
GRAFANALIB_COMMAND = [sys.executable, "-c", "import grafanalib.core"]


@dataclass(frozen=True)
class Start:
    """Wall-clock and CPU seconds of one program, from its start to its end."""

    title: str
    seconds: MedianRange
    cpu_seconds: MedianRange


@dataclass(frozen=True)
class StartUp:
    """tailboard's commands, each with one dashboard, and the programs that they are beside."""

    version: Start
    lint: Start
    build: Start
    empty_click: Start
    grafanalib: Start

    def list_comparisons(self) -> list[tuple[Start, Start]]:
        """Each command with the program that does no more."""
        return [
            (self.version, self.empty_click),
            (self.lint, self.empty_click),
            (self.build, self.grafanalib),
        ]


def measure_start_up(times: int, report_progress: Callable[[str], None]) -> StartUp:
    """Start each `times` times, after a run that warms the caches."""
    report_progress(f"start-up, {times} times each")
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        one_dashboard = {COUNT_VARIABLE: "1"}
        build_command = [*BUILD, str(folder / "built"), "--force"]
        measure_cost(build_command, one_dashboard)
        (document,) = (folder / "built" / "dashboards").glob("*.json")
        commands = {
            "tailboard --version": VERSION_COMMAND,
            "tailboard lint of one JSON file": [
                *(TAILBOARD, "lint", "--fail-on", "nothing"),
                str(document),
            ],
            "tailboard build of one definition": build_command,
            "empty click program": EMPTY_CLICK_COMMAND,
            'python -c "import grafanalib.core"': GRAFANALIB_COMMAND,
        }
        runs = repeat_measurement(
            lambda: [measure_cost(command, one_dashboard) for command in commands.values()], times
        )
    return StartUp(
        *(
            _summarize_costs(title, costs)
            for title, costs in zip(commands, zip(*runs, strict=True), strict=True)
        )
    )


def _summarize_costs(title: str, costs: Sequence[Cost]) -> Start:
    return Start(
        title,
        MedianRange.from_values(cost.seconds for cost in costs),
        MedianRange.from_values(cost.cpu_seconds for cost in costs),
    )
