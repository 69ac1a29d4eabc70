"""Durations in Prometheus' notation: 30s, 1h30m, 30d."""

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.lazy_pattern import declare_pattern

SECONDS_BY_UNIT = {"w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
DURATION_PATTERN = declare_pattern(
    "".join(rf"(?:(?P<{unit}>[0-9]+){unit})?" for unit in SECONDS_BY_UNIT)
)
"""Largest unit first, each at most once: the notation that Prometheus accepts."""


def validate_duration(text: object) -> str:
    """Return the duration; raise if Prometheus would not accept it."""
    if not is_duration(text):
        raise DefinitionError(
            f"{text!r} is not a duration", tip="write it as Prometheus does: 30s, 2m, 1h30m, 30d."
        )
    return str(text)


def is_duration(text: object) -> bool:
    """Whether the text is a duration above zero."""
    return (
        isinstance(text, str)
        and bool(DURATION_PATTERN.fullmatch(text))
        and parse_duration(text) > 0
    )


def parse_duration(text: str) -> float:
    """A duration in seconds."""
    match = DURATION_PATTERN.fullmatch(text)
    parts = match.groupdict(default="0") if match else {}
    return sum(SECONDS_BY_UNIT[unit] * int(count) for unit, count in parts.items())


def format_duration(text: str) -> str:
    """The duration in words: 30 days, 5 minutes, 1 hour."""
    names = {"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}
    names["ms"] = "millisecond"
    match = DURATION_PATTERN.fullmatch(text)
    parts = {
        unit: int(count) for unit, count in (match.groupdict() if match else {}).items() if count
    }
    return " ".join(
        f"{count} {names[unit]}{'' if count == 1 else 's'}"
        for unit, count in parts.items()
        if count
    )
