"""What work looks like from outside: it takes a while, and sometimes it goes wrong."""

import random
import time


class BoomError(Exception):
    """What fails on purpose."""


def some_seconds(least: float, most: float) -> float:
    """Return how long a piece of work takes this time."""
    return random.uniform(least, most)


def work_for(least: float, most: float) -> None:
    """Take that long."""
    time.sleep(some_seconds(least, most))
