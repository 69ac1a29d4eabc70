"""Count the requests of `tailboard check --prometheus`, as a Prometheus counts them itself."""

import json
import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import requests

from benchmarks.harness.cost import ROOT
from benchmarks.writing.tools import TAILBOARD
from tests.live.processes import HOST, ChildProcesses
from tests.live.prometheus_server import SELF, start_prometheus
from tests.prometheus_programs import list_prometheus_programs

SERVICES = 11
DEFINITION = """\
from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

objectives = Objectives(latency={{0.99: 1.0}}, availability=0.999)
services = [
    Service(job, selector={{"job": job}}, convention=PROMETHEUS_CLIENT, objectives=objectives)
    for job in {jobs}
]
"""
REQUEST_COUNT = re.compile(r'prometheus_http_requests_total\{.*handler="/api/v1/([^"]+)".*\} (\d+)')
QUERY_ENDPOINT = "query_range"


@dataclass(frozen=True)
class Querying:
    """One check of services with all dashboards and rules of the library.

    `distinct_queries` are the expressions of panels, variables and rules, `query_requests` the
    requests that evaluate one of them, `requests` all of them.
    """

    services: int
    prometheus: str
    seconds: float
    distinct_queries: int
    query_requests: int
    requests: int


def measure_querying(services: int, report_progress: Callable[[str], None]) -> Querying | None:
    """Check services whose target is the Prometheus itself; None if this machine has none."""
    programs = list_prometheus_programs()
    if not programs:
        report_progress("no prometheus and promtool: requests of check are not counted")
        return None
    report_progress(f"requests of check --prometheus of {services} services")
    jobs = [f"service-{number}" for number in range(services)]
    with TemporaryDirectory(prefix="benchmark-") as name, ChildProcesses(Path(name)) as children:
        definition = Path(name) / "services.py"
        definition.write_text(DEFINITION.format(jobs=jobs), "utf-8")
        server = start_prometheus(children, {job: [SELF] for job in jobs}, programs=programs[0])
        server.wait_until_up(jobs)
        before = _count_requests(server.url)
        start = time.perf_counter()
        expressions = _check_queries(definition, server.url)
        seconds = time.perf_counter() - start
        counts = _count_requests(server.url) - before
        server.close()
    return Querying(
        services,
        programs[0].version,
        seconds,
        len({*expressions}),
        counts[QUERY_ENDPOINT],
        counts.total(),
    )


def _check_queries(definition: Path, url: str) -> Sequence[str]:
    """The expressions of all queries that were checked, once for each place."""
    process = subprocess.run(
        [TAILBOARD, "check", str(definition), "--prometheus", url, "--json"],
        capture_output=True,
        check=False,
        cwd=definition.parent,
        env={**os.environ, "NO_PROXY": HOST, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    if process.returncode not in (0, 1):
        raise click.ClickException(f"tailboard check failed:\n{process.stderr}")
    return [query["expr"] for query in json.loads(process.stdout)["queries"]]


def _count_requests(url: str) -> Counter[str]:
    """The requests that a Prometheus answered so far, by endpoint of its API."""
    with requests.Session() as session:
        session.trust_env = False
        text = session.get(f"{url}/metrics", timeout=10).text
    counts: Counter[str] = Counter()
    for endpoint, count in REQUEST_COUNT.findall(text):
        counts[endpoint] += int(count)
    return counts
