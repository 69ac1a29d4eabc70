"""How many requests `tailboard check --prometheus` sends, as a real Prometheus counts them."""

import re
from collections import Counter

import pytest
import requests

from tests.live.processes import HOST, ChildProcesses
from tests.live.prometheus_server import SELF, start_prometheus
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus
from tests.workspace import Workspace

JOBS = ("mail", "shop")
DEFINITION = f"""
from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

objectives = Objectives(latency={{0.99: 1.0}}, availability=0.999)
services = [
    Service(job, selector={{"job": job}}, convention=PROMETHEUS_CLIENT, objectives=objectives)
    for job in {JOBS}
]
"""
REQUESTS = re.compile(r'prometheus_http_requests_total\{.*handler="/api/v1/([^"]+)".*\} (\d+)')


def _count_requests(url: str) -> Counter[str]:
    """The requests that a Prometheus answered so far, by endpoint of its API."""
    text = requests.get(f"{url}/metrics", timeout=10).text
    counts: Counter[str] = Counter()
    for endpoint, count in REQUESTS.findall(text):
        counts[endpoint] += int(count)
    return counts


@pytest.mark.parametrize("version", PROMETHEUS_VERSIONS)
def test_a_real_server_gets_one_request_for_each_distinct_query(
    version: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", HOST)
    workspace.write_file("services.py", DEFINITION)
    programs = require_prometheus(version)
    with ChildProcesses(workspace.root) as children:
        prometheus = start_prometheus(children, {job: [SELF] for job in JOBS}, programs=programs)
        prometheus.wait_until_up(JOBS)
        before = _count_requests(prometheus.url)
        report = workspace.run_tailboard(
            "check", "services.py", "--prometheus", prometheus.url, "--json"
        )
        counts = _count_requests(prometheus.url) - before
        prometheus.close()
    states = Counter(query["state"] for query in report.json["queries"])
    assert states["data"] > 20
    assert not states.keys() & {"query error", "not checked"}
    expressions = {query["expr"] for query in report.json["queries"]}
    assert 200 < counts["query_range"] <= len(expressions) + 1
    assert counts.total() <= counts["query_range"] + 7 + 40 * len(JOBS)
