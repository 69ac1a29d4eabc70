"""Restarts of processes, found in the history of a real Prometheus."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tailboard.check.engine import run_checks
from tailboard.check.rules import CHECKS
from tailboard.prometheus.client.server import PrometheusServer, connect_prometheus
from tailboard.prometheus.server_check import check_against_server
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.queries.subject import build_document_subject
from tests.live.processes import ChildProcesses
from tests.live.prometheus_server import start_prometheus
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

HISTORY, SCRAPE_INTERVAL = 5400, 15
RESTART_AGO = 1800
"""Seconds ago at which some processes started again."""

CounterValue = Callable[[float], float | None]
"""What was counted so many seconds ago; None where there was no such series."""


def count_steadily(ago: float) -> float:
    return 10 * (HISTORY - ago)


def count_from_zero(ago: float) -> float:
    return count_steadily(ago) if ago > RESTART_AGO else 10 * (RESTART_AGO - ago)


def count_until_restart(ago: float) -> float | None:
    return count_steadily(ago) if ago > RESTART_AGO else None


PROGRAMS: Mapping[tuple[str, str], CounterValue] = {
    ("kept", "a:1"): count_steadily,
    ("reset", "a:1"): count_from_zero,
    ("quiet", "a:1"): count_until_restart,
    ("small", "a:1"): lambda ago: 5 if ago > RESTART_AGO else 6,
    ("shared", "a:1"): count_steadily,
    ("shared", "b:1"): lambda ago: count_steadily(ago - 7),
    ("shared", "c:1"): lambda ago: count_steadily(ago) / 2,
    ("idle", "a:1"): lambda _: 0,
    ("idle", "b:1"): lambda _: 0,
}
"""What each instance of a job had counted."""

RESTARTED_INSTANCES = {"kept", "reset", "quiet", "small"}


def build_openmetrics(now: int) -> str:
    """The history as OpenMetrics, which promtool makes into blocks."""
    moments = range(now - HISTORY, now + 1, SCRAPE_INTERVAL)
    lines = ["# TYPE up gauge"]
    for labels, _ in _list_selectors():
        lines += [f"up{labels} 1 {at}" for at in moments]
    lines.append("# TYPE process_start_time_seconds gauge")
    for labels, (job, _) in _list_selectors():
        again = now - RESTART_AGO if job in RESTARTED_INSTANCES else now - 9000
        for at in moments:
            start = now - 9000 if at < now - RESTART_AGO else again
            lines.append(f"process_start_time_seconds{labels} {start}.25 {at}")
    lines.append("# TYPE hits counter")
    for labels, key in _list_selectors():
        counted = ((at, PROGRAMS[key](now - at)) for at in moments)
        lines += [f"hits_total{labels} {count} {at}" for at, count in counted if count is not None]
    return "\n".join([*lines, "# EOF", ""])


def _list_selectors() -> Iterator[tuple[str, tuple[str, str]]]:
    for job, instance in PROGRAMS:
        yield f'{{job="{job}",instance="{instance}"}}', (job, instance)


@pytest.fixture(scope="module", params=PROMETHEUS_VERSIONS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrometheusServer]:
    programs = require_prometheus(request.param)
    folder = tmp_path_factory.mktemp("seen")
    _write_blocks(programs.promtool, folder / "data", folder / "history")
    with ChildProcesses(folder) as children:
        prometheus = start_prometheus(children, {}, programs=programs, data_folder=folder / "data")
        with connect_prometheus(prometheus.url) as connection:
            yield connection
        prometheus.close()


def _write_blocks(promtool: str, data: Path, history: Path) -> None:
    history.write_text(build_openmetrics(int(time.time())))
    command = [promtool, "tsdb", "create-blocks-from", "openmetrics"]
    subprocess.run([*command, str(history), str(data)], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("job", "problems"),
    [
        ("kept", ["hits_total went on from where it was when its process started again"]),
        ("reset", []),
        ("quiet", []),
        ("small", []),
        ("shared", ["a:1, b:1 are one process: rates of this job count it 2 times"]),
        ("idle", []),
    ],
)
def test_what_became_of_processes_is_told(
    server: PrometheusServer, job: str, problems: list[str]
) -> None:
    query = f'sum(rate(hits_total{{job="{job}"}}[5m]))'
    panel = {"title": "Hits", "targets": [{"expr": query, "refId": "A"}]}
    subject = build_document_subject({"uid": "d", "panels": [panel]}, "d.json")
    (evidence,) = [
        query
        for query in check_against_server([subject], server, Intervals()).evidence
        if query.scraping is not None
    ]
    assert [finding.problem for finding in run_checks(evidence, CHECKS)] == problems
