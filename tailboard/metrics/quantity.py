"""Quantities as messages write them, in the unit that a metric's name says."""

import re
from collections.abc import Iterable

from tailboard.panels.promql import number

UNITS = {"milliseconds": " ms", "seconds": " s", "microseconds": " µs", "usec": " µs", "ms": " ms"}
WORDS = re.compile(r"_(milliseconds|microseconds|seconds|usec|ms)(?=_|$)")


def unit(metric: str) -> str:
    """The unit behind a number; empty where the name does not say it."""
    found = WORDS.search(metric)
    return UNITS[found[1]] if found else ""


def quantity(value: float, metric: str) -> str:
    """A value with three digits and its unit."""
    return f"{float(f'{value:.3g}'):.10g}{unit(metric)}"


def pasted(bounds: Iterable[float]) -> str:
    """The buckets as a Python list."""
    return f"[{', '.join(number(it) for it in bounds)}]"
