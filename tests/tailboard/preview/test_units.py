"""Numbers with their unit, as Grafana 12.4 writes them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.preview.data.ticks import build_ticks
from tailboard.preview.data.units import FORMATTERS, format_value


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (0.078, "s", None, "78 ms"),
        (3.2, "s", None, "3.20 s"),
        (0, "s", None, "0 s"),
        (0.00042, "s", None, "420 µs"),
        (90, "s", None, "1.50 mins"),
        (7200, "s", None, "2 hours"),
        (1500, "ms", None, "1.50 s"),
        (0.0456, "percentunit", None, "4.56%"),
        (0.0456, "percentunit", 1, "4.6%"),
        (1, "percentunit", None, "100%"),
        (1536, "bytes", None, "1.50 KiB"),
        (1024**3, "bytes", None, "1 GiB"),
        (1500, "decbytes", None, "1.50 kB"),
        (20, "reqps", None, "20 req/s"),
        (1234, "reqps", None, "1.23K req/s"),
        (1234567, "short", None, "1.23 Mil"),
        (0.1234, "short", None, "0.123"),
        (5, "suffix:orders", None, "5 orders"),
        (5, "prefix:~", None, "~5"),
        (5000, "currencyUSD", None, "$5K"),
        (-0.001, "", 1, "0.0"),
        (1, "bool_yes_no", None, "Yes"),
        (3661, "dthms", None, "01:01:01"),
        (7384, "dtdurations", 1, "2 hours, 3 minutes"),
        (math.nan, "s", None, "NaN"),
        (math.inf, "s", None, "∞"),
        (None, "s", None, ""),
        (2.5, "furlongs", None, "2.50 furlongs"),
    ],
)
def test_a_number_is_written_with_its_unit(
    value: float | None, unit: str, decimals: int | None, text: str
) -> None:
    assert format_value(value, unit, decimals) == text


@given(
    value=st.floats() | st.none(),
    unit=st.sampled_from(sorted(FORMATTERS)) | st.text(max_size=12),
    decimals=st.none() | st.integers(-5, 10**6),
)
def test_every_number_has_a_text_in_every_unit(
    value: float | None, unit: str, decimals: int | None
) -> None:
    assert isinstance(format_value(value, unit, decimals), str)


@pytest.mark.parametrize("value", [5e-324, -5e-324, 1e-310, 1.7976931348623157e308])
def test_the_least_and_the_largest_number_have_a_text(value: float) -> None:
    for unit in FORMATTERS:
        assert format_value(value, unit), unit


@given(low=st.floats(), high=st.floats(), unit=st.sampled_from(["s", "bytes", "percentunit", ""]))
def test_an_axis_has_ends_and_labels_whatever_the_values(
    low: float, high: float, unit: str
) -> None:
    ticks = build_ticks(low, high, unit)
    assert math.isfinite(ticks.low)
    assert math.isfinite(ticks.high)
    assert len(ticks.values) == len(ticks.labels) <= 60


def test_an_axis_of_bytes_has_binary_steps() -> None:
    ticks = build_ticks(0, 56 * 1024**2, "bytes")
    assert ticks.labels[:3] == ("0 B", "16 MiB", "32 MiB")


def test_labels_of_an_axis_have_no_zeros_at_their_end() -> None:
    assert build_ticks(0, 1.5, "s", count=3).labels == ("0 s", "500 ms", "1 s", "1.5 s")


def test_labels_of_an_axis_have_as_many_decimals_as_tell_them_apart() -> None:
    assert build_ticks(19.95, 20.1, "reqps", count=3).labels == (
        "19.95 req/s",
        "20 req/s",
        "20.05 req/s",
        "20.1 req/s",
    )
