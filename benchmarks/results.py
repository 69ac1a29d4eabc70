"""All that was measured, and what follows from it."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.checking.measurement import Checking
from benchmarks.contenders import CONTENDERS, ENCODER, GENERATE, OURS, Contender
from benchmarks.linting.measurement import Linting
from benchmarks.loading.results import Loading
from benchmarks.publishing.measurement import Publishing
from benchmarks.start_up import StartUp
from benchmarks.writing import ONE, Writing


@dataclass(frozen=True)
class Ratios:
    """One contender beside another; `work` leaves out what a single dashboard takes."""

    contender: str
    beside: str
    seconds: float
    work_seconds: float
    cpu_seconds: float
    work_cpu_seconds: float
    peak_bytes: float
    written_bytes: float


@dataclass(frozen=True)
class Results:
    """The measurements of one run of the benchmark."""

    dashboards: int
    writings: list[Writing]
    start_up: StartUp
    linting: Linting
    checking: Checking
    publishing: Publishing | None
    loading: Loading | None
    """None, as `publishing`, where there is no server to ask."""

    def of(self, contender: Contender, count: int) -> Writing:
        """What a contender took for so many dashboards."""
        return next(
            it for it in self.writings if it.contender == contender.name and it.dashboards == count
        )

    def growth(self) -> list[Writing]:
        """tailboard with every number of dashboards, fewest first."""
        ours = [it for it in self.writings if it.contender == OURS.name and it.dashboards > ONE]
        return sorted(ours, key=lambda it: it.dashboards)

    def growth_ratio(self) -> float:
        """tailboard's peak memory with the most dashboards beside that with the fewest."""
        fewest, *_, most = self.growth()
        return most.peak_bytes.median / fewest.peak_bytes.median

    def growth_per_dashboard(self) -> float:
        """By how many bytes tailboard's peak memory grows with one more dashboard."""
        fewest, *_, most = self.growth()
        more = most.peak_bytes.median - fewest.peak_bytes.median
        return more / (most.dashboards - fewest.dashboards)

    def ratios(self) -> list[Ratios]:
        """Every contender beside grafanalib's encoder and beside grafanalib's command."""
        return [self.ratio(one, base) for base in (ENCODER, GENERATE) for one in CONTENDERS]

    def ratio(self, contender: Contender, beside: Contender) -> Ratios:
        """One contender beside another."""
        it, its_start = self.of(contender, self.dashboards), self.of(contender, ONE)
        base, base_start = self.of(beside, self.dashboards), self.of(beside, ONE)
        return Ratios(
            contender.name,
            beside.name,
            it.seconds.median / base.seconds.median,
            (it.seconds.median - its_start.seconds.median)
            / (base.seconds.median - base_start.seconds.median),
            it.cpu_seconds.median / base.cpu_seconds.median,
            (it.cpu_seconds.median - its_start.cpu_seconds.median)
            / (base.cpu_seconds.median - base_start.cpu_seconds.median),
            it.peak_bytes.median / base.peak_bytes.median,
            it.written_bytes / base.written_bytes,
        )

    def json(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {
            **asdict(self),
            "growth_bytes_per_dashboard": self.growth_per_dashboard(),
            "growth_ratio": self.growth_ratio(),
            "loading": self.loading.json() if self.loading else None,
            "ratios": [asdict(it) for it in self.ratios()],
            "start_up_cpu_ratio": self.start_up.cpu_ratio,
            "start_up_ratio": self.start_up.ratio,
            "versions": {it.name: it.title for it in CONTENDERS},
        }
