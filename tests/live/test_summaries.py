"""Summaries with quantiles, which Prometheus itself has: init, build, lint and check of them."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tailboard.cli.main import main
from tests.live.processes import HOST, ChildProcesses, wait_until
from tests.live.prometheus_server import SELF, Prometheus, start_prometheus
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

pytestmark = pytest.mark.slow

SUMMARY = "prometheus_engine_query_duration_seconds"


@pytest.fixture(params=PROMETHEUS_VERSIONS)
def prometheus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prometheus]:
    """A server that scrapes itself, and has answered some queries."""
    with ChildProcesses(tmp_path) as children:
        server = start_prometheus(
            children, {"prometheus": [SELF]}, programs=require_prometheus(request.param)
        )
        with closing(server):
            mean = f"sum(rate({SUMMARY}_sum[10s])) / (sum(rate({SUMMARY}_count[10s])) > 0)"
            assert wait_until(lambda: bool(server.query(mean)), timeout=30, interval=0.2)
            yield server


def test_a_program_with_summaries_shows_their_means_and_the_quantiles_of_each_instance(
    prometheus: Prometheus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", HOST)
    server = ["--prometheus", prometheus.url]
    for arguments in (
        ["init", *server, "--job", "prometheus", "--out", "server.py"],
        ["build", "server.py"],
        ["lint", "server.py"],
        ["check", "server.py", *server],
    ):
        assert main(arguments) == 0, "".join(capsys.readouterr())
    text = Path("server.py").read_text()
    assert re.search(rf'"{SUMMARY}": \([^)]*"slice"[^)]*"quantile"', text), text
