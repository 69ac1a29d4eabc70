"""What became of processes, told from the history that a real Prometheus holds."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tailboard.check.engine import run_checks
from tailboard.check.rules import CHECKS
from tailboard.prometheus.intervals import Intervals
from tailboard.prometheus.server import PrometheusServer, connect_prometheus
from tailboard.prometheus.server_check import check_against_server
from tailboard.queries.subject import build_document_subject

from .processes import Children, binary
from .prometheus_server import start_prometheus

HISTORY, EVERY = 5400, 15
RESTART = 1800
"""Seconds ago at which some processes started again."""

Counted = Callable[[float], float | None]
"""What was counted so many seconds ago; None where there was no such series."""


def steadily(ago: float) -> float:
    return 10 * (HISTORY - ago)


def from_nothing(ago: float) -> float:
    return steadily(ago) if ago > RESTART else 10 * (RESTART - ago)


def until_the_restart(ago: float) -> float | None:
    return steadily(ago) if ago > RESTART else None


PROGRAMS: Mapping[tuple[str, str], Counted] = {
    ("kept", "a:1"): steadily,
    ("reset", "a:1"): from_nothing,
    ("quiet", "a:1"): until_the_restart,
    ("small", "a:1"): lambda ago: 5 if ago > RESTART else 6,
    ("shared", "a:1"): steadily,
    ("shared", "b:1"): lambda ago: steadily(ago - 7),
    ("shared", "c:1"): lambda ago: steadily(ago) / 2,
    ("idle", "a:1"): lambda _: 0,
    ("idle", "b:1"): lambda _: 0,
}
"""What each instance of a job had counted."""

STARTED_AGAIN = {"kept", "reset", "quiet", "small"}


def exposition(now: int) -> str:
    """The history as OpenMetrics, which promtool makes into blocks."""
    moments = range(now - HISTORY, now + 1, EVERY)
    lines = ["# TYPE up gauge"]
    for labels, _ in _named():
        lines += [f"up{labels} 1 {at}" for at in moments]
    lines.append("# TYPE process_start_time_seconds gauge")
    for labels, (job, _) in _named():
        again = now - RESTART if job in STARTED_AGAIN else now - 9000
        for at in moments:
            start = now - 9000 if at < now - RESTART else again
            lines.append(f"process_start_time_seconds{labels} {start}.25 {at}")
    lines.append("# TYPE hits counter")
    for labels, key in _named():
        counted = ((at, PROGRAMS[key](now - at)) for at in moments)
        lines += [f"hits_total{labels} {it} {at}" for at, it in counted if it is not None]
    return "\n".join([*lines, "# EOF", ""])


def _named() -> Iterator[tuple[str, tuple[str, str]]]:
    for job, instance in PROGRAMS:
        yield f'{{job="{job}",instance="{instance}"}}', (job, instance)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    folder = tmp_path_factory.mktemp("seen")
    _fill(folder / "prometheus", folder / "history")
    with Children(folder) as children:
        prometheus = start_prometheus(children, {})
        with connect_prometheus(prometheus.url) as found:
            yield found
        prometheus.close()


def _fill(data: Path, history: Path) -> None:
    history.write_text(exposition(int(time.time())))
    command = [binary("promtool"), "tsdb", "create-blocks-from", "openmetrics"]
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
        it
        for it in check_against_server([subject], server, Intervals()).evidence
        if it.scraping is not None
    ]
    assert [it.problem for it in run_checks(evidence, CHECKS)] == problems
