"""Time ranges as Grafana writes them, and the step of a query in one."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from tailboard.publish.errors import TailboardError

RELATIVE_TIME = re.compile(r"now(?P<parts>(?:[+-]\d+[smhdwMy])*)(?:/(?P<unit>[smhdwMy]))?")
RELATIVE_PART = re.compile(r"([+-]\d+)([smhdwMy])")
SECONDS_BY_UNIT = {
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "M": 30 * 86_400.0,
    "y": 365 * 86_400.0,
}
MAX_POINTS = 11_000
"""The points of a series that Prometheus gives at most."""

ROUNDED_INTERVALS = (
    (0.01, 0.001),
    (0.015, 0.01),
    (0.035, 0.02),
    (0.075, 0.05),
    (0.15, 0.1),
    (0.35, 0.2),
    (0.75, 0.5),
    (1.5, 1),
    (3.5, 2),
    (7.5, 5),
    (12.5, 10),
    (17.5, 15),
    (25, 20),
    (45, 30),
    (90, 60),
    (210, 120),
    (450, 300),
    (750, 600),
    (1050, 900),
    (1500, 1200),
    (2700, 1800),
    (5400, 3600),
    (9000, 7200),
    (16_200, 10_800),
    (32_400, 21_600),
    (86_400, 43_200),
    (604_800, 86_400),
    (1_814_400, 604_800),
    (3_628_800, 2_592_000),
)
"""Up to which interval Grafana's data source takes which, in seconds.

https://github.com/grafana/grafana/blob/v12.4.0/pkg/promlib/intervalv2/intervalv2.go
"""


@dataclass(frozen=True)
class TimeRange:
    """From when to when, in seconds since 1970."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start

    def align(self, step: float) -> "TimeRange":
        """The range with both ends on multiples of a step, as Grafana asks for it."""
        return TimeRange(self.start // step * step, self.end // step * step)


def parse_time_range(start: str, end: str, now: float) -> TimeRange:
    """A range from `now-6h`, `now/d`, seconds, milliseconds or ISO 8601.

    Raises where one of them is no time.
    """
    time_range = TimeRange(
        _parse_time(start, now, is_end=False), _parse_time(end, now, is_end=True)
    )
    if time_range.seconds <= 0:
        raise TailboardError(
            f"the time range from {start} to {end} is empty",
            tip="give --from an earlier time than --to.",
        )
    return time_range


def compute_step(time_range: TimeRange, width: int, min_interval: float) -> float:
    """The seconds between two points of a panel so many pixels wide, as Grafana chooses them."""
    interval = _round_interval(max(time_range.seconds / max(width, 1), min_interval))
    return max(interval, min_interval, _round_up(time_range.seconds / MAX_POINTS))


def _round_interval(interval: float) -> float:
    for limit, rounded_interval in ROUNDED_INTERVALS:
        if interval <= limit:
            return rounded_interval
    return SECONDS_BY_UNIT["y"]


def _round_up(interval: float) -> float:
    """The next of the rounded intervals that is not shorter."""
    for _, rounded_interval in ROUNDED_INTERVALS:
        if interval <= rounded_interval:
            return rounded_interval
    return SECONDS_BY_UNIT["y"]


def _parse_time(text: str, now: float, *, is_end: bool) -> float:
    text = text.strip()
    if match := RELATIVE_TIME.fullmatch(text):
        moment = now + sum(
            int(count) * SECONDS_BY_UNIT[unit]
            for count, unit in RELATIVE_PART.findall(match["parts"])
        )
        return _round_time(moment, match["unit"], is_end=is_end) if match["unit"] else moment
    try:
        if re.fullmatch(r"\d{9,14}(\.\d+)?", text):
            number = float(text)
            return number / 1000 if number > 1e11 else number
        date = datetime.fromisoformat(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise TailboardError(
            f"{text[:80]!r} is not a time",
            tip="write now-6h, now/d, 2026-11-28T12:00:00Z or seconds since 1970.",
        ) from error


def _round_time(moment: float, unit: str, *, is_end: bool) -> float:
    """The beginning, or as an end the last second, of the unit that a time lies in, in UTC."""
    length = SECONDS_BY_UNIT[unit]
    if unit in "Myw":
        day = datetime.fromtimestamp(moment, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if unit == "w":
            start = day.timestamp() - day.weekday() * SECONDS_BY_UNIT["d"]
        else:
            start = day.replace(day=1, month=1 if unit == "y" else day.month).timestamp()
    else:
        start = moment // length * length
    return start + length - 1 if is_end else start
