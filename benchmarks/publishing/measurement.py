"""How long `tailboard publish` takes beside a loop of `requests.post`, against a real Grafana."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders import TAILBOARD
from benchmarks.cost import HERE, Cost, cost
from benchmarks.spread import Spread
from benchmarks.workload import COUNT
from tests.grafana.real import RealGrafana, installed, started

DASHBOARDS = 500
DEFINITION = str(HERE / "definition.py")
LOOP = (sys.executable, "-m", "benchmarks.publishing.with_requests")
PUBLISH = (TAILBOARD, "publish", DEFINITION, "--no-data-source-check", "--folder", "Benchmark")


@dataclass(frozen=True)
class Publishing:
    """Seconds by the clock of each: what is new, then what has not changed, so many times."""

    dashboards: int
    new: float
    new_loop: float
    unchanged: Spread
    unchanged_loop: Spread

    @property
    def ratio(self) -> float:
        """Publishing what has not changed beside posting it again."""
        return self.unchanged.median / self.unchanged_loop.median


def measure(dashboards: int, repeats: int, tell: Callable[[str], None]) -> Publishing | None:
    """Both in turn against a Grafana of its own; None where this machine has none."""
    if installed() is None:
        tell("no grafana on the PATH: publishing is not measured")
        return None
    tell(f"publishing {dashboards} dashboards, then {repeats} times unchanged")
    with TemporaryDirectory(prefix="benchmark-") as name, started(Path(name)) as server:
        work = Path(name)
        environment = _environment(server, dashboards)
        cost([TAILBOARD, "build", DEFINITION, "--out", str(work / "built")], environment)
        publish = [*PUBLISH, "--state", str(work / "state")]
        loop = [*LOOP, str(work / "built" / "dashboards")]
        new, new_loop = cost(publish, environment), cost(loop, environment)
        turns = [(cost(publish, environment), cost(loop, environment)) for _ in range(repeats)]
    unchanged, unchanged_loop = zip(*turns, strict=True)
    return Publishing(
        dashboards, new.seconds, new_loop.seconds, _spread(unchanged), _spread(unchanged_loop)
    )


def _environment(server: RealGrafana, dashboards: int) -> dict[str, str]:
    return {
        COUNT: str(dashboards),
        "GRAFANA_URL": server.url,
        "GRAFANA_TOKEN": server.token("administrator"),
    }


def _spread(costs: tuple[Cost, ...]) -> Spread:
    return Spread.of(it.seconds for it in costs)
