"""Measure `tailboard publish` and `plan` beside loops of `requests`, against a real Grafana."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.writing.tools import BUILD, DEFINITION, TAILBOARD
from benchmarks.writing.workload import COUNT_VARIABLE
from tests.grafana.real_grafana import RealGrafana, find_installation, run_grafana

DASHBOARDS = 500
LOOP = (sys.executable, "-m", "benchmarks.publishing.with_requests")
LISTS = (sys.executable, "-m", "benchmarks.publishing.with_lists")
ARGUMENTS = (DEFINITION, "--no-data-source-check", "--folder", "Benchmark")
PUBLISH = (TAILBOARD, "publish", *ARGUMENTS)
PLAN = (TAILBOARD, "plan", *ARGUMENTS)


@dataclass(frozen=True)
class Publishing:
    """Wall-clock seconds of each: new dashboards, then unchanged ones several times.

    A plan lists what the server holds and builds what is declared: `lists` and `build` alone.
    """

    dashboards: int
    new: float
    new_loop: float
    unchanged: MedianRange
    unchanged_loop: MedianRange
    plan: MedianRange
    classic_plan: MedianRange
    lists: MedianRange
    build: MedianRange

    @property
    def ratio(self) -> float:
        """Seconds of publishing unchanged dashboards, divided by those of posting them again."""
        return self.unchanged.median / self.unchanged_loop.median

    @property
    def plan_ratio(self) -> float:
        """Seconds of a plan where nothing changed, divided by those of its lists and its build."""
        return self.plan.median / (self.lists.median + self.build.median)


def measure_publishing(
    dashboards: int, repeats: int, report_progress: Callable[[str], None]
) -> Publishing | None:
    """Run both in turn against a Grafana of their own; None if this machine has none."""
    if find_installation() is None:
        report_progress("no grafana on the PATH: publishing is not measured")
        return None
    report_progress(f"publishing {dashboards} dashboards, then {repeats} times unchanged")
    with TemporaryDirectory(prefix="benchmark-") as name, run_grafana(Path(name)) as server:
        work = Path(name)
        environment = _build_environment(server, dashboards)
        build = [*BUILD, str(work / "built")]
        measure_cost(build, environment)
        publish = [*PUBLISH, "--state", str(work / "state")]
        loop = [*LOOP, str(work / "built" / "dashboards")]
        new, new_loop = measure_cost(publish, environment), measure_cost(loop, environment)
        commands = (publish, loop, PLAN, [*PLAN, "--api", "classic"], LISTS, build)
        turns = [
            [measure_cost(command, environment).seconds for command in commands]
            for _ in range(repeats)
        ]
    medians = [MedianRange.from_values(seconds) for seconds in zip(*turns, strict=True)]
    return Publishing(dashboards, new.seconds, new_loop.seconds, *medians)


def _build_environment(server: RealGrafana, dashboards: int) -> dict[str, str]:
    return {
        COUNT_VARIABLE: str(dashboards),
        "GRAFANA_URL": server.url,
        "GRAFANA_TOKEN": server.create_token("administrator"),
    }
