"""The thresholds that a panel shows."""

from collections.abc import Mapping
from typing import Any

from tailboard.queries.subject import JsonMapping

LINE_PANELS = {"timeseries", "trend", "candlestick", "barchart"}
"""Panels that draw thresholds only where they are told to."""

DEFAULT_THRESHOLDS = [80.0]
"""The threshold that Grafana gives a new panel."""


def list_thresholds(panel: JsonMapping) -> list[float]:
    """The numbers at which it changes its colour, or draws a line; in the unit of its queries."""
    defaults = _read_object(panel, "fieldConfig", "defaults")
    settings = _read_object(defaults, "thresholds")
    has_lines = _read_object(defaults, "custom", "thresholdsStyle").get("mode", "off") != "off"
    if settings.get("mode") == "percentage" or (
        str(panel.get("type")) in LINE_PANELS and not has_lines
    ):
        return []
    steps = settings.get("steps")
    values = [_read_object(step).get("value") for step in steps] if isinstance(steps, list) else []
    numbers = [
        value for value in values if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return [] if numbers == DEFAULT_THRESHOLDS else numbers


def _read_object(value: Any, *path: str) -> JsonMapping:
    """The object at a path; an empty one where the path leads to something else."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
