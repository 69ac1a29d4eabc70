"""The results of one run, and the ratios between them."""

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.alerting.measurement import Alerting
from benchmarks.checking.measurement import Checking
from benchmarks.linting.measurement import Linting
from benchmarks.loading.results import Loading
from benchmarks.previewing.measurement import Previewing
from benchmarks.publishing.measurement import Publishing
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

    dashboards: int
    writings: list[Writing]
    start_up: StartUp
    linting: Linting
    checking: Checking
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

    def list_growth(self) -> list[Writing]:
        """tailboard's cost for each number of dashboards, fewest first."""
        writings = [
            writing
            for writing in self.writings
            if writing.tool == TAILBOARD_TOOL.name and writing.dashboards > SINGLE_DASHBOARD
        ]
        return sorted(writings, key=lambda writing: writing.dashboards)

    def compute_growth_ratio(self) -> float:
        """tailboard's peak memory with the most dashboards, divided by that with the fewest."""
        fewest, *_, most = self.list_growth()
        return most.peak_bytes.median / fewest.peak_bytes.median

    def compute_growth_per_dashboard(self) -> float:
        """Bytes that one more dashboard adds to tailboard's peak memory."""
        fewest, *_, most = self.list_growth()
        added_bytes = most.peak_bytes.median - fewest.peak_bytes.median
        return added_bytes / (most.dashboards - fewest.dashboards)

    def list_ratios(self) -> list[Ratios]:
        """Every tool beside grafanalib's encoder and beside grafanalib's command."""
        return [
            self.compute_ratios(tool, base)
            for base in (GRAFANALIB_ENCODER, GENERATE_DASHBOARDS)
            for tool in TOOLS
        ]

    def compute_ratios(self, tool: Tool, peer: Tool) -> Ratios:
        """One tool beside another."""
        writing, tool_start = (
            self.find_writing(tool, self.dashboards),
            self.find_writing(tool, SINGLE_DASHBOARD),
        )
        base, base_start = (
            self.find_writing(peer, self.dashboards),
            self.find_writing(peer, SINGLE_DASHBOARD),
        )
        return Ratios(
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
            "growth_bytes_per_dashboard": self.compute_growth_per_dashboard(),
            "growth_ratio": self.compute_growth_ratio(),
            "loading": self.loading.to_json() if self.loading else None,
            "ratios": [asdict(ratios) for ratios in self.list_ratios()],
            "start_up_cpu_ratio": self.start_up.cpu_ratio,
            "start_up_ratio": self.start_up.ratio,
            "versions": {tool.name: tool.title for tool in TOOLS},
        }
