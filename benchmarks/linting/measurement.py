"""How long `tailboard lint` takes beside `tailboard build` of the same, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders import TAILBOARD
from benchmarks.cost import HERE, Cost, cost
from benchmarks.spread import Spread
from benchmarks.turns import turns
from benchmarks.workload import COUNT

DASHBOARDS = 100
DEFINITION = str(HERE / "definition.py")
LINT = (TAILBOARD, "lint", "--fail-on", "nothing")


@dataclass(frozen=True)
class Run:
    """One command: seconds by the clock, CPU seconds and peak memory."""

    seconds: Spread
    cpu_seconds: Spread
    peak_bytes: Spread


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


def measure(dashboards: int, repeats: int, tell: Callable[[str], None]) -> Linting:
    """All three so many times, after one time for the caches."""
    tell(f"lint and build of {dashboards} dashboards, {repeats} times each")
    runs = turns(lambda: _turn(dashboards), repeats)
    build, definition, documents = (_run(it) for it in zip(*runs, strict=True))
    return Linting(dashboards, build, definition, documents)


def _turn(dashboards: int) -> tuple[Cost, Cost, Cost]:
    with TemporaryDirectory(prefix="benchmark-") as name:
        wanted = {COUNT: str(dashboards)}
        build = cost([TAILBOARD, "build", DEFINITION, "--out", name], wanted)
        definition = cost([*LINT, DEFINITION], wanted)
        written = sorted(str(it) for it in Path(name).glob("dashboards/*.json"))
        return build, definition, cost([*LINT, *written])


def _run(costs: Sequence[Cost]) -> Run:
    return Run(
        Spread.of(it.seconds for it in costs),
        Spread.of(it.cpu_seconds for it in costs),
        Spread.of(it.peak_bytes for it in costs),
    )
