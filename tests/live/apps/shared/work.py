"""Simulated work: it takes some time, and sometimes fails."""

import random
import time


class WorkError(Exception):
    """An intended failure."""


def choose_seconds(minimum: float, maximum: float) -> float:
    """Return how long a piece of work takes this time."""
    return random.uniform(minimum, maximum)


def simulate_work(minimum: float, maximum: float) -> None:
    """Take that long."""
    time.sleep(choose_seconds(minimum, maximum))
