"""All that was measured about loading, and what follows from it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from benchmarks.loading.agreement import Difference
from benchmarks.loading.server import Answer
from benchmarks.spread import Spread


@dataclass(frozen=True)
class Reading:
    """What some queries took together: seconds by the clock over several rounds, samples."""

    seconds: Spread
    samples: int

    @classmethod
    def of(cls, rounds: Sequence[Sequence[Answer]]) -> Self:
        """What these answers took; every round reads the same samples."""
        return cls(
            Spread.of(sum(it.seconds for it in answers) for answers in rounds),
            sum(it.samples for it in rounds[0]),
        )


@dataclass(frozen=True, kw_only=True)
class BothWays:
    """What something takes from raw series and from recorded ones."""

    raw: Reading
    recorded: Reading

    @property
    def seconds_ratio(self) -> float:
        """How many times as long it takes from raw series."""
        return self.raw.seconds.median / self.recorded.seconds.median

    @property
    def samples_ratio(self) -> float:
        """How many times as many samples it reads from raw series."""
        return self.raw.samples / self.recorded.samples


@dataclass(frozen=True, kw_only=True)
class Panel(BothWays):
    """One panel; `left_raw` of its queries read nothing recorded in the recorded dashboard."""

    title: str
    queries: int
    left_raw: int


@dataclass(frozen=True, kw_only=True)
class Loading(BothWays):
    """What was held, what loading took, and how far the answers lie apart.

    `rules` is one evaluation of the recording rules; CPU seconds are the server's. `same_window`
    compares the answers where both use the rules' window, `as_asked` where the raw queries use
    Grafana's, which is shorter.
    """

    instances: int
    series: int
    bucket_series: int
    recorded_series: int
    rules: Reading
    raw_cpu: Spread
    recorded_cpu: Spread
    rules_cpu: Spread
    panels: list[Panel]
    same_window: list[Difference]
    as_asked: list[Difference]

    @property
    def cpu_ratio(self) -> float:
        """How many times as much CPU time the server spends on raw series."""
        return self.raw_cpu.median / self.recorded_cpu.median

    def json(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {
            **asdict(self),
            "cpu_ratio": self.cpu_ratio,
            "samples_ratio": self.samples_ratio,
            "seconds_ratio": self.seconds_ratio,
        }
