"""What work looks like from outside: it takes a while, and sometimes it goes wrong."""

import random
import time


class WorkError(Exception):
    """What fails on purpose."""


def choose_seconds(least: float, most: float) -> float:
    """Return how long a piece of work takes this time."""
    return random.uniform(least, most)


def simulate_work(least: float, most: float) -> None:
    """Take that long."""
    time.sleep(choose_seconds(least, most))
