"""Durations: those that Prometheus understands, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.duration import (
    format_duration,
    is_duration,
    parse_duration,
    validate_duration,
)


@pytest.mark.parametrize(
    ("text", "length", "words"),
    [
        ("30s", 30, "30 seconds"),
        ("5m", 300, "5 minutes"),
        ("1h30m", 5_400, "1 hour 30 minutes"),
        ("30d", 2_592_000, "30 days"),
        ("1w", 604_800, "1 week"),
        ("250ms", 0.25, "250 milliseconds"),
    ],
)
def test_a_duration_is_counted_in_seconds_and_said_in_words(
    text: str, length: float, words: str
) -> None:
    assert validate_duration(text) == text
    assert parse_duration(text) == length
    assert format_duration(text) == words


@pytest.mark.parametrize("text", ["", "0s", "5", "m5", "5 m", "1m1h", "1.5h", "-5m", "5M", None, 5])
def test_what_prometheus_does_not_understand_is_refused(text: object) -> None:
    assert not is_duration(text)
    with pytest.raises(DefinitionError, match="is not a duration"):
        validate_duration(text)


@given(st.integers(1, 999), st.sampled_from(["w", "d", "h", "m", "s", "ms"]))
def test_every_count_of_every_unit_is_a_duration(count: int, unit: str) -> None:
    assert is_duration(f"{count}{unit}")
