"""A shop that publishes into each Grafana that is available."""

import os

import pytest

from tailboard.publish.http import retry
from tests.grafana.conftest import (
    grafana,
    memory_grafana,
    proxy,
    real_grafana,
    real_grafana_of_v2,
)
from tests.grafana.grafana_under_test import GrafanaUnderTest
from tests.publish.grafana.publisher import Publisher
from tests.workspace import Workspace

__all__ = ["grafana", "memory_grafana", "proxy", "real_grafana", "real_grafana_of_v2"]


@pytest.fixture
def publisher(
    workspace: Workspace, grafana: GrafanaUnderTest, monkeypatch: pytest.MonkeyPatch
) -> Publisher:
    """A folder of definitions, a Grafana, and the environment that leads to it."""
    for name in list(os.environ):
        if name.startswith(("GRAFANA_", "GITHUB_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(retry, "MAX_BACKOFF", 0.0)
    publisher = Publisher(workspace, grafana, monkeypatch)
    publisher.set_url(grafana.url)
    publisher.set_token(grafana.token)
    return publisher
