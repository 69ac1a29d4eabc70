"""The thresholds that a panel shows."""

from collections.abc import Mapping
from typing import Any

from tailboard.queries.subject import Plain

LINES = {"timeseries", "trend", "candlestick", "barchart"}
"""Panels that draw thresholds only where they are told to."""

UNTOUCHED = [80.0]
"""The threshold that Grafana gives a new panel."""


def thresholds(panel: Plain) -> list[float]:
    """The numbers at which it changes its colour, or draws a line; in the unit of its queries."""
    defaults = _within(panel, "fieldConfig", "defaults")
    found = _within(defaults, "thresholds")
    drawn = _within(defaults, "custom", "thresholdsStyle").get("mode", "off") != "off"
    if found.get("mode") == "percentage" or (str(panel.get("type")) in LINES and not drawn):
        return []
    steps = found.get("steps")
    values = [_within(it).get("value") for it in steps] if isinstance(steps, list) else []
    numbers = [it for it in values if isinstance(it, int | float) and not isinstance(it, bool)]
    return [] if numbers == UNTOUCHED else numbers


def _within(value: Any, *path: str) -> Plain:
    """The object at a path; an empty one where the path leads to something else."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
