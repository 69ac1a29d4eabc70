"""A fake Prometheus for every test that asks for one, and no settings of whoever runs the test."""

import os
from collections.abc import Iterator

import pytest

from tailboard.prometheus.client.server import PrometheusServer, connect_prometheus
from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, serve_fake_prometheus


@pytest.fixture(autouse=True)
def prometheus_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away whoever would ask in the environment."""
    for name in list(os.environ):
        if name.startswith("PROMETHEUS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("tailboard.prometheus.client.server.RETRY_PAUSE", 0)


@pytest.fixture
def fake_server() -> Iterator[FakePrometheus]:
    with serve_fake_prometheus() as fake_prometheus_server:
        yield fake_prometheus_server


@pytest.fixture
def server(fake_server: FakePrometheus) -> Iterator[PrometheusServer]:
    with connect_prometheus(fake_server.url, environ={}) as connection:
        yield connection
