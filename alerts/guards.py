"""When a share of requests says anything: of enough requests, and of more than one bad one."""

import math

from tailboard.panels import promql
from tailboard.panels.duration import seconds
from tailboard.panels.recording import WINDOW

MORE_THAN_ONE = 1.5
"""Prometheus extrapolates: one event counts as up to 1.2, and two as at least 2."""


def several(rate: str) -> str:
    """There was more than one of them in the window: a single error pages nobody."""
    return promql.above(rate, rounded_up(MORE_THAN_ONE / seconds(WINDOW)))


def enough_for(fraction: float) -> float:
    """The requests a second that a percentile needs: a hundred in the window to speak of P99."""
    return rounded_up(1 / (1 - fraction) / seconds(WINDOW))


def rounded_up(value: float) -> float:
    """The number with at most four digits, and not below what it was."""
    scale = 10.0 ** (4 - math.ceil(math.log10(value)))
    return math.ceil(round(value * scale, 6)) / scale
