"""Quantities as messages write them, in the unit that a metric's name says."""

from collections.abc import Iterable

from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.promql import format_number

UNITS = {"milliseconds": " ms", "seconds": " s", "microseconds": " µs", "usec": " µs", "ms": " ms"}
UNIT_WORD = declare_pattern(r"_(milliseconds|microseconds|seconds|usec|ms)(?=_|$)")


def find_unit(metric: str) -> str:
    """The unit behind a number; empty where the name does not say it."""
    match = UNIT_WORD.search(metric)
    return UNITS[match[1]] if match else ""


def format_quantity(value: float, metric: str) -> str:
    """A value with three digits and its unit."""
    return f"{float(f'{value:.3g}'):.10g}{find_unit(metric)}"


def format_buckets(bounds: Iterable[float]) -> str:
    """The buckets as a Python list."""
    return f"[{', '.join(format_number(bound) for bound in bounds)}]"
