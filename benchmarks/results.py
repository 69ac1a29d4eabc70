"""The results of one run, and the ratios between them."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.alerting.measurement import Alerting
from benchmarks.checking.measurement import Checking
from benchmarks.linting.measurement import Linting
from benchmarks.loading.results import Loading
from benchmarks.planning.measurement import Planning
from benchmarks.previewing.measurement import Previewing
from benchmarks.publishing.measurement import Publishing
from benchmarks.querying.measurement import Querying
from benchmarks.side_by_side.measurement import SideBySide
from benchmarks.start_up.measurement import StartUp
from benchmarks.writing.measurement import SINGLE_DASHBOARD, Writing
from benchmarks.writing.tools import (
    GENERATE_DASHBOARDS,
    GRAFANALIB_ENCODER,
    TAILBOARD_TOOL,
    TOOLS,
    Tool,
)


@dataclass(frozen=True)
class Ratios:
    """One tool divided by another; the `work_` ratios leave out the cost of a single dashboard."""

    dashboards: int
    tool: str
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

    counts: tuple[int, ...]
    """How many dashboards every tool wrote, fewest first."""
    writings: list[Writing]
    start_up: StartUp
    side_by_side: SideBySide
    linting: Linting
    checking: Checking
    planning: Planning
    querying: Querying | None
    publishing: Publishing | None
    loading: Loading | None
    alerting: Alerting | None
    previewing: Previewing | None
    """None, as those before it, where there is no program to ask."""

    def find_writing(self, tool: Tool, count: int) -> Writing:
        """The cost of a tool for a number of dashboards."""
        return next(
            writing
            for writing in self.writings
            if writing.tool == tool.name and writing.dashboards == count
        )

    @property
    def growth_counts(self) -> tuple[int, int]:
        """The fewest and the most dashboards that were written."""
        return self.counts[0], self.counts[-1]

    def compute_growth_ratio(self) -> float:
        """tailboard's peak memory with the most dashboards, divided by that with the fewest."""
        fewest, most = (self.find_writing(TAILBOARD_TOOL, count) for count in self.growth_counts)
        return most.peak_bytes.median / fewest.peak_bytes.median

    def list_ratios(self) -> list[Ratios]:
        """Every tool beside grafanalib's encoder and beside grafanalib's command."""
        return [
            self.compute_ratios(tool, base, count)
            for count in self.counts
            for base in (GRAFANALIB_ENCODER, GENERATE_DASHBOARDS)
            for tool in TOOLS
        ]

    def compute_ratios(self, tool: Tool, peer: Tool, count: int) -> Ratios:
        """One tool beside another."""
        writing, tool_start = (
            self.find_writing(tool, count),
            self.find_writing(tool, SINGLE_DASHBOARD),
        )
        base, base_start = (
            self.find_writing(peer, count),
            self.find_writing(peer, SINGLE_DASHBOARD),
        )
        return Ratios(
            count,
            tool.name,
            peer.name,
            writing.seconds.median / base.seconds.median,
            (writing.seconds.median - tool_start.seconds.median)
            / (base.seconds.median - base_start.seconds.median),
            writing.cpu_seconds.median / base.cpu_seconds.median,
            (writing.cpu_seconds.median - tool_start.cpu_seconds.median)
            / (base.cpu_seconds.median - base_start.cpu_seconds.median),
            writing.peak_bytes.median / base.peak_bytes.median,
            writing.written_bytes / base.written_bytes,
        )

    def to_json(self) -> dict[str, Any]:
        """The results as JSON."""
        return {
            **asdict(self),
            "growth_ratio": self.compute_growth_ratio(),
            "loading": self.loading.to_json() if self.loading else None,
            "ratios": [asdict(ratios) for ratios in self.list_ratios()],
            "versions": {tool.name: tool.title for tool in TOOLS},
        }
