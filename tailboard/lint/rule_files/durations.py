"""Durations as Prometheus reads them in rule files."""

from tailboard.panels.lazy_pattern import declare_pattern

DURATION = declare_pattern(
    r"(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?",
)
DURATION_PART = declare_pattern(r"(\d+)(ms|[ywdhms])")
MILLISECONDS_BY_UNIT = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
MAX_MILLISECONDS = (2**63 - 1) // 1_000_000
"""Prometheus counts nanoseconds in 64 bits: 292 years."""


def parse_prometheus_duration(text: str) -> int | None:
    """The milliseconds of a duration; None for what Prometheus refuses."""
    if text == "0":
        return 0
    if not DURATION.fullmatch(text):
        return None
    total = sum(
        int(count) * MILLISECONDS_BY_UNIT[unit] for count, unit in DURATION_PART.findall(text)
    )
    return total if total <= MAX_MILLISECONDS else None
