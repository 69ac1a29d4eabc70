"""Time ranges as Grafana writes them, and the steps of queries in them."""

import pytest

from tailboard.preview.data.time_range import TimeRange, compute_step, parse_time_range
from tailboard.publish.errors import TailboardError

NOW = 1_767_268_800.0


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("now-6h", "now", (NOW - 21_600, NOW)),
        ("now-1d-30m", "now-5m", (NOW - 88_200, NOW - 300)),
        ("now/d", "now/d", (1_767_225_600, 1_767_311_999)),
        ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00+00:00", (NOW - 7200, NOW - 3600)),
        ("2026-01-01 10:00", "1767268800", (NOW - 7200, NOW)),
        ("1767265200000", "now", (NOW - 3600, NOW)),
    ],
)
def test_a_range_is_read_as_grafana_reads_it(
    start: str, end: str, expected: tuple[float, float]
) -> None:
    time_range = parse_time_range(start, end, NOW)
    assert (time_range.start, time_range.end) == expected


@pytest.mark.parametrize("text", ["yesterday", "", "now-", "now-6x", "9" * 400])
def test_what_is_no_time_is_named(text: str) -> None:
    with pytest.raises(TailboardError, match="not a time"):
        parse_time_range(text, "now", NOW)


def test_a_range_that_ends_before_it_begins_is_named() -> None:
    with pytest.raises(TailboardError, match="empty"):
        parse_time_range("now", "now-1h", NOW)


@pytest.mark.parametrize(
    ("seconds", "width", "min_interval", "step"),
    [
        (3600, 700, 15, 15),
        (3600, 60, 15, 60),
        (6 * 3600, 700, 15, 30),
        (30 * 86_400, 700, 15, 3600),
        (30 * 86_400, 2000, 15, 1200),
        (365 * 86_400, 100_000, 1, 3600),
    ],
)
def test_a_step_is_the_one_that_grafana_chooses(
    seconds: float, width: int, min_interval: float, step: float
) -> None:
    assert compute_step(TimeRange(0, seconds), width, min_interval) == step


def test_a_range_begins_and_ends_on_a_multiple_of_the_step() -> None:
    assert TimeRange(107, 199).align(15) == TimeRange(105, 195)
