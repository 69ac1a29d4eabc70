"""What a service promises: a latency at a percentile, an availability, a fresh result."""

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, field

from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.panels.duration import validate_duration
from tailboard.panels.record import record

DEFAULT_ERROR_RATIO = 0.01
"""The share of failed requests that is an alert where nothing else is said."""


@record
class Objectives:
    """The promises that panels draw as thresholds and that alert rules compare with.

    `latency` maps a percentile, as a fraction, to seconds: `{0.99: 1.0}`. `availability` is the
    fraction of requests that must not fail on the server's side: `0.999`. Both are kept or broken
    over the `window`; what they leave is the budget. `error_ratio` is the share of requests that
    may fail at any moment: 1 %, or the error budget where that is larger. Below `minimum_rate`,
    requests per second, no percentile of requests or queries alerts anybody.

    `queries` maps a percentile to the seconds that a database query may take, `backlog` is how many
    tasks may wait in a queue. `job_age` is how many seconds may pass since a batch job succeeded:
    those of a daily job that is two hours late.
    `apdex` is the response time in seconds that satisfies a user; four times of it is still
    tolerated (apdex.org). Without one it is the bucket bound nearest to 0.25 s.

    `first_token` maps a percentile to the seconds until the first token of a language model, kept
    or broken like `latency`. `waiting_requests` is how many requests may wait for a model in one
    instance.
    """

    _: KW_ONLY
    latency: Mapping[float, float] = field(default_factory=dict)
    availability: float | None = None
    error_ratio: float | None = None
    window: str = "30d"
    minimum_rate: float = 0.05
    queries: Mapping[float, float] = field(default_factory=lambda: {0.99: 1.0})
    backlog: float = 100
    job_age: float = 26 * 3600.0
    apdex: float | None = None
    first_token: Mapping[float, float] = field(default_factory=dict)
    waiting_requests: float = 10

    def __post_init__(self) -> None:
        _check_latency(self.latency, "latency objective")
        _check_latency(self.queries, "query objective")
        _check_latency(self.first_token, "first-token objective")
        if self.apdex is not None:
            _check_seconds(self.apdex, "the apdex threshold")
        _check_seconds(self.job_age, "the age of a job's last success")
        _check_availability(self.availability)
        if self.error_ratio is not None and not _is_between(self.error_ratio, 0, 1):
            raise DefinitionError(
                f"an error ratio of {self.error_ratio!r} is not a fraction",
                tip="write 1 % as 0.01.",
            )
        for number, name in (
            (self.minimum_rate, "minimum rate"),
            (self.backlog, "backlog"),
            (self.waiting_requests, "number of waiting requests"),
        ):
            if not _is_between(number, -1e-9, math.inf):
                raise DefinitionError(
                    f"a {name} of {number!r} is not a number",
                    tip="write a number that is not negative: requests per second, or how many may "
                    "wait.",
                )
        with locate_errors("the window of the objectives"):
            validate_duration(self.window)

    @property
    def error_budget(self) -> float | None:
        """The fraction of requests that may fail, or None without an availability."""
        return None if self.availability is None else compute_budget(self.availability)

    @property
    def error_limit(self) -> float:
        """The share of failed requests from which on something is wrong now."""
        return self.error_ratio or max(DEFAULT_ERROR_RATIO, self.error_budget or 0)


def compute_budget(target: float) -> float:
    """What a target leaves, as people write it: 0.001 of 0.999."""
    return round(1 - target, 12)


def validate_percentile(value: float) -> float:
    """The value itself, if it is a percentile written as a fraction between 0 and 1."""
    if not _is_between(value, 0, 1):
        raise DefinitionError(
            f"{value!r} is not a percentile", tip="write the 99th percentile as 0.99."
        )
    return value


def format_percentile(fraction: float) -> str:
    """How people call it: P50, P99, P99.9."""
    return f"P{round(validate_percentile(fraction) * 100, 9):g}"


def _check_latency(latency: Mapping[float, float], subject: str) -> None:
    for percentile, seconds in latency.items():
        validate_percentile(percentile)
        _check_seconds(seconds, f"the {subject} at {format_percentile(percentile)}")


def _check_availability(availability: float | None) -> None:
    if availability is None or _is_between(availability, 0, 1):
        return
    tips = {
        1: "100 % leaves no error budget: one failed request would break it. Promise 0.9999.",
        0: "0 % promises nothing: leave the availability out.",
    }
    default_tip = "write 99.9 % as 0.999."
    is_number = isinstance(availability, int | float) and not isinstance(availability, bool)
    raise DefinitionError(
        f"an availability of {availability!r} is not a fraction between 0 and 1",
        tip=tips.get(int(availability), default_tip)
        if is_number and availability in tips
        else default_tip,
    )


def _is_between(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low < value < high


def _check_seconds(value: object, subject: str) -> None:
    if not _is_between(value, 0, math.inf):
        raise DefinitionError(
            f"{subject} is {value!r}, which is not a number of seconds",
            tip="write 250 milliseconds as 0.25.",
        )
