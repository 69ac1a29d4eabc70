"""A shop that publishes into each Grafana that is available."""

import os

import pytest

from tailboard.publish.http import retry
from tests.grafana.bench import Bench
from tests.grafana.conftest import grafana, memory, proxy, real_grafana
from tests.publish.grafana.shop import Shop
from tests.publish.workshop import Workshop

__all__ = ["grafana", "memory", "proxy", "real_grafana"]


@pytest.fixture
def shop(workshop: Workshop, grafana: Bench, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A folder of definitions, a Grafana, and the environment that leads to it."""
    for name in list(os.environ):
        if name.startswith(("GRAFANA_", "GITHUB_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(retry, "MAX_BACKOFF", 0.0)
    made = Shop(workshop, grafana, monkeypatch)
    made.ask_at(grafana.url)
    made.with_token(grafana.token)
    return made
