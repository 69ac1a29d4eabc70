"""A ruler in memory of each kind, and somebody who publishes to it."""

import os
from collections.abc import Iterator

import pytest

from tailboard.publish.http import retry
from tailboard.publish.rulers import apply, verification
from tests.grafana.fault_proxy import FaultProxy
from tests.publish.rulers.memory_ruler import PREFIXES, MemoryRuler
from tests.publish.rulers.rules_publisher import RulesPublisher
from tests.slow_marks import mark_slow
from tests.workspace import Workspace

TENANT = "shop-tenant"


@pytest.fixture(params=mark_slow(PREFIXES, ["cortex"]))
def ruler(request: pytest.FixtureRequest) -> Iterator[MemoryRuler]:
    """An empty ruler of each kind."""
    with MemoryRuler(request.param) as server:
        yield server


@pytest.fixture
def ruler_proxy(ruler: MemoryRuler) -> Iterator[FaultProxy]:
    """A proxy in front of the ruler that harms nothing yet."""
    with FaultProxy(ruler.url) as between:
        yield between


@pytest.fixture
def publisher(
    workspace: Workspace, ruler: MemoryRuler, monkeypatch: pytest.MonkeyPatch
) -> RulesPublisher:
    """A folder with one service, a ruler, and the environment that leads to it."""
    clear_environment(monkeypatch)
    monkeypatch.setenv("RULER_URL", ruler.url)
    monkeypatch.setenv("RULER_TENANT", TENANT)
    publisher = RulesPublisher(workspace, ["--rules", ruler.kind])
    publisher.declare_service()
    return publisher


def clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of this machine decide where rules go, and nothing wait long."""
    for name in list(os.environ):
        if name.startswith(("GRAFANA_", "RULER_", "GITHUB_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(retry, "MAX_BACKOFF", 0.0)
    monkeypatch.setattr(apply, "READ_BACK_PAUSE", 0.01)
    monkeypatch.setattr(verification, "POLL_PAUSE", 0.01)
