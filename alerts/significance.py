"""When a share of requests says anything: of enough requests, and of more than one bad one."""

import math

from tailboard.panels import promql
from tailboard.panels.duration import parse_duration
from tailboard.panels.recording import WINDOW

MINIMUM_EVENT_COUNT = 1.5
"""Prometheus extrapolates: one event counts as up to 1.2, and two as at least 2."""


def filter_repeated(rate: str) -> str:
    """There was more than one of them in the window: a single error pages nobody."""
    return promql.filter_above(rate, round_up(MINIMUM_EVENT_COUNT / parse_duration(WINDOW)))


def compute_minimum_rate(fraction: float) -> float:
    """The requests a second that a percentile needs: a hundred in the window to speak of P99."""
    return round_up(1 / (1 - fraction) / parse_duration(WINDOW))


def round_up(value: float) -> float:
    """The number with at most four digits, and not below what it was."""
    scale = 10.0 ** (4 - math.ceil(math.log10(value)))
    return math.ceil(round(value * scale, 6)) / scale
