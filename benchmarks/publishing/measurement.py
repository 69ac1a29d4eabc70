"""Measure `tailboard publish` and a loop of `requests.post`, against a real Grafana."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import Cost, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.writing.tools import BUILD, DEFINITION, TAILBOARD
from benchmarks.writing.workload import COUNT_VARIABLE
from tests.grafana.real_grafana import RealGrafana, find_installation, run_grafana

DASHBOARDS = 500
LOOP = (sys.executable, "-m", "benchmarks.publishing.with_requests")
PUBLISH = (TAILBOARD, "publish", DEFINITION, "--no-data-source-check", "--folder", "Benchmark")


@dataclass(frozen=True)
class Publishing:
    """Wall-clock seconds of each: new dashboards, then unchanged ones several times."""

    dashboards: int
    new: float
    new_loop: float
    unchanged: MedianRange
    unchanged_loop: MedianRange

    @property
    def ratio(self) -> float:
        """Seconds of publishing unchanged dashboards, divided by those of posting them again."""
        return self.unchanged.median / self.unchanged_loop.median


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
        measure_cost([*BUILD, str(work / "built")], environment)
        publish = [*PUBLISH, "--state", str(work / "state")]
        loop = [*LOOP, str(work / "built" / "dashboards")]
        new, new_loop = measure_cost(publish, environment), measure_cost(loop, environment)
        turns = [
            (measure_cost(publish, environment), measure_cost(loop, environment))
            for _ in range(repeats)
        ]
    unchanged, unchanged_loop = zip(*turns, strict=True)
    return Publishing(
        dashboards,
        new.seconds,
        new_loop.seconds,
        _summarize_seconds(unchanged),
        _summarize_seconds(unchanged_loop),
    )


def _build_environment(server: RealGrafana, dashboards: int) -> dict[str, str]:
    return {
        COUNT_VARIABLE: str(dashboards),
        "GRAFANA_URL": server.url,
        "GRAFANA_TOKEN": server.create_token("administrator"),
    }


def _summarize_seconds(costs: tuple[Cost, ...]) -> MedianRange:
    return MedianRange.from_values(cost.seconds for cost in costs)
