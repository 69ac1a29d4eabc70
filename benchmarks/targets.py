"""What tailboard promises to cost at most."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.contenders import OURS
from benchmarks.results import Results

HALF = 0.5
NO_GROWTH = 1.05
TWICE = 2.0


@dataclass(frozen=True)
class Target:
    """A ratio that is to stay below a limit."""

    name: str
    limit: float
    measured: float

    @property
    def met(self) -> bool:
        """Whether it does."""
        return self.measured <= self.limit


def targets(results: Results) -> Iterator[Target]:
    """Every promise beside what was measured."""
    ours = next(it for it in results.ratios() if it.contender == OURS.name)
    few, *_, many = (it.dashboards for it in results.growth())
    yield Target("seconds beside grafanalib, start included", HALF, ours.seconds)
    yield Target("CPU seconds beside grafanalib, start included", HALF, ours.cpu_seconds)
    yield Target("bytes beside grafanalib", HALF, ours.written_bytes)
    yield Target(f"peak memory, {many} dashboards beside {few}", NO_GROWTH, results.growth_ratio())
    yield Target("--version beside an empty click program", TWICE, results.start_up.ratio)
