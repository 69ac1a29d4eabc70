"""The results of loading, and the ratios between them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from benchmarks.harness.median_range import MedianRange
from benchmarks.loading.differences import Difference
from benchmarks.loading.server import Answer


@dataclass(frozen=True)
class QueryCost:
    """The cost of some queries together: wall-clock seconds over several rounds, and samples."""

    seconds: MedianRange
    samples: int

    @classmethod
    def from_rounds(cls, rounds: Sequence[Sequence[Answer]]) -> Self:
        """The cost of these results; every round reads the same samples."""
        return cls(
            MedianRange.from_values(
                sum(answer.seconds for answer in answers) for answers in rounds
            ),
            sum(answer.samples for answer in rounds[0]),
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The cost from raw series and from recorded ones."""

    raw: QueryCost
    recorded: QueryCost

    @property
    def seconds_ratio(self) -> float:
        """Seconds from raw series, divided by those from recorded ones."""
        return self.raw.seconds.median / self.recorded.seconds.median

    @property
    def samples_ratio(self) -> float:
        """Samples read from raw series, divided by those from recorded ones."""
        return self.raw.samples / self.recorded.samples


@dataclass(frozen=True, kw_only=True)
class PanelComparison(Comparison):
    """One panel; `left_raw` of its queries read nothing recorded in the recorded dashboard."""

    title: str
    queries: int
    left_raw: int


@dataclass(frozen=True, kw_only=True)
class Loading(Comparison):
    """What was held, what loading took, and how far the answers lie apart.

    `rules` is one evaluation of the recording rules; CPU seconds are the server's. `same_window`
    compares the results where both use the rules' window, `as_sent` where the raw queries use
    Grafana's, which is shorter.
    """

    instances: int
    series: int
    bucket_series: int
    recorded_series: int
    rules: QueryCost
    raw_cpu: MedianRange
    recorded_cpu: MedianRange
    rules_cpu: MedianRange
    panels: list[PanelComparison]
    same_window: list[Difference]
    as_sent: list[Difference]

    @property
    def cpu_ratio(self) -> float:
        """The server's CPU time for raw series, divided by that for recorded ones."""
        return self.raw_cpu.median / self.recorded_cpu.median

    def to_json(self) -> dict[str, Any]:
        """The results as JSON."""
        return {
            **asdict(self),
            "cpu_ratio": self.cpu_ratio,
            "samples_ratio": self.samples_ratio,
            "seconds_ratio": self.seconds_ratio,
        }
