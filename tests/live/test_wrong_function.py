"""The types that a real Prometheus knows of, beside the functions that queries apply."""

import json

import pytest

from tests.live.processes import HOST, ChildProcesses, wait_until
from tests.live.prometheus_server import start_prometheus
from tests.loopback_server import LoopbackServer, QuietHandler
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus
from tests.workspace import Workspace

EXPOSITION = b"""\
# TYPE queue_length gauge
queue_length 3
# TYPE mails_total counter
mails_total 5
# TYPE took_seconds summary
took_seconds{quantile="0.99"} 1
took_seconds_sum 9
took_seconds_count 9
"""
WRONG = {
    "rate(queue_length[5m])": "a gauge",
    "delta(mails_total[5m])": "a counter",
    'rate(took_seconds{job="mail"}[5m])': "a percentile of a summary",
}
GOOD = ["deriv(queue_length[5m])", "rate(mails_total[5m])", "rate(took_seconds_count[5m])"]


class Program(QuietHandler):
    """Exposes them."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(EXPOSITION)))
        self.end_headers()
        self.wfile.write(EXPOSITION)


@pytest.mark.parametrize("version", PROMETHEUS_VERSIONS)
def test_a_function_that_does_not_suit_the_type_is_found_on_a_server(
    version: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", HOST)
    panels = [
        {"title": text, "type": "timeseries", "targets": [{"expr": text, "refId": "A"}]}
        for text in (*WRONG, *GOOD)
    ]
    workspace.write_file("d.json", json.dumps({"title": "D", "uid": "d", "panels": panels}))
    programs = require_prometheus(version)
    with LoopbackServer(Program) as program, ChildProcesses(workspace.root) as children:
        prometheus = start_prometheus(
            children, {"mail": [f"{HOST}:{program.server_port}"]}, programs=programs
        )
        prometheus.wait_until_up(["mail"])
        assert wait_until(lambda: bool(prometheus.query("mails_total")), 30)
        report = workspace.run_tailboard(
            "check", "d.json", "--prometheus", prometheus.url, "--json"
        )
        prometheus.close()
    problems = {
        finding["place"]["panel"]: finding["problem"]
        for finding in report.json["findings"]
        if finding["rule"] == "wrong-function"
    }
    assert set(problems) == {"queue_length", "mails_total", "took_seconds"}
    for text, kind in WRONG.items():
        (problem,) = [problem for problem in problems.values() if text in problem]
        assert kind in problem
