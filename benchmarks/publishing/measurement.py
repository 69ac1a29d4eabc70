"""How long `tailboard publish` takes beside a loop of `requests.post`, against a real Grafana."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cost import BENCHMARKS_FOLDER, Cost, measure_cost
from benchmarks.median_range import MedianRange
from benchmarks.tools import TAILBOARD
from benchmarks.workload import COUNT_VARIABLE
from tests.grafana.real_grafana import RealGrafana, find_installation, run_grafana

DASHBOARDS = 500
DEFINITION = str(BENCHMARKS_FOLDER / "definition.py")
LOOP = (sys.executable, "-m", "benchmarks.publishing.with_requests")
PUBLISH = (TAILBOARD, "publish", DEFINITION, "--no-data-source-check", "--folder", "Benchmark")


@dataclass(frozen=True)
class Publishing:
    """Seconds by the clock of each: what is new, then what has not changed, so many times."""

    dashboards: int
    new: float
    new_loop: float
    unchanged: MedianRange
    unchanged_loop: MedianRange

    @property
    def ratio(self) -> float:
        """Publishing what has not changed beside posting it again."""
        return self.unchanged.median / self.unchanged_loop.median


def measure_publishing(
    dashboards: int, repeats: int, report_progress: Callable[[str], None]
) -> Publishing | None:
    """Both in turn against a Grafana of its own; None where this machine has none."""
    if find_installation() is None:
        report_progress("no grafana on the PATH: publishing is not measured")
        return None
    report_progress(f"publishing {dashboards} dashboards, then {repeats} times unchanged")
    with TemporaryDirectory(prefix="benchmark-") as name, run_grafana(Path(name)) as server:
        work = Path(name)
        environment = _build_environment(server, dashboards)
        measure_cost([TAILBOARD, "build", DEFINITION, "--out", str(work / "built")], environment)
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
