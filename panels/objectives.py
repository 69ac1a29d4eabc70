"""What a service promises: a latency at a percentile, an availability."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from panels.definition_error import DefinitionError


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """The promises that panels draw as thresholds.

    `latency` maps a percentile, as a fraction, to seconds: `{0.99: 1.0}`. `availability` is the
    fraction of requests that must not fail on the server's side: `0.999`. `apdex` is the response
    time in seconds that satisfies a user; four times of it is still tolerated (apdex.org). Without
    one it is the bucket bound nearest to 0.25 s.
    """

    latency: Mapping[float, float] = field(default_factory=dict)
    availability: float | None = None
    apdex: float | None = None

    def __post_init__(self) -> None:
        for percentile, seconds in self.latency.items():
            checked_percentile(percentile)
            _check_seconds(seconds, f"the latency objective at {percentile_name(percentile)}")
        if self.apdex is not None:
            _check_seconds(self.apdex, "the apdex threshold")
        if self.availability is not None and not _between(self.availability, 0, 1):
            raise DefinitionError(
                f"an availability of {self.availability!r} is not a fraction",
                tip="write 99.9 % as 0.999.",
            )

    @property
    def error_budget(self) -> float | None:
        """The fraction of requests that may fail, or None without an availability."""
        return None if self.availability is None else round(1 - self.availability, 12)


def checked_percentile(value: float) -> float:
    """The value itself, if it is a percentile written as a fraction between 0 and 1."""
    if not _between(value, 0, 1):
        raise DefinitionError(
            f"{value!r} is not a percentile", tip="write the 99th percentile as 0.99."
        )
    return value


def percentile_name(fraction: float) -> str:
    """How people call it: P50, P99, P99.9."""
    return f"P{round(checked_percentile(fraction) * 100, 9):g}"


def _between(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low < value < high


def _check_seconds(value: object, what: str) -> None:
    if not _between(value, 0, math.inf):
        raise DefinitionError(
            f"{what} is {value!r}, which is not a number of seconds",
            tip="write 250 milliseconds as 0.25.",
        )
