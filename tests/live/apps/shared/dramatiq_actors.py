# mypy: ignore-errors
"""The actors of the dramatiq worker; run as a program it sends them messages."""

import os
import time
from itertools import cycle

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware.prometheus import Prometheus

from tests.live.apps.shared.work import WorkError, simulate_work

ROLE = os.environ["LIVE_ROLE"]
broker = RedisBroker(url=f"{os.environ['LIVE_REDIS_URL']}/0", namespace=ROLE)
broker.add_middleware(Prometheus())
dramatiq.set_broker(broker)


@dramatiq.actor
def ok() -> None:
    """Work for 1 to 20 ms."""
    simulate_work(0.001, 0.02)


@dramatiq.actor
def slow() -> None:
    """Work for 100 to 400 ms."""
    simulate_work(0.1, 0.4)


@dramatiq.actor(max_retries=1, min_backoff=200, max_backoff=400)
def fail() -> None:
    """Fail, and fail again on the only retry."""
    raise WorkError("boom")


def send_messages() -> None:
    """Send four messages a second, one in eight of which fails when the role is busy."""
    mix = [ok, ok, slow, fail if ROLE == "busy" else ok, ok, slow, ok, ok]
    for actor in cycle(mix):
        actor.send()
        time.sleep(0.25)


if __name__ == "__main__":
    send_messages()
