"""Rules of sloth for the service of the timelines: what another generator makes of its objectives.

`go install github.com/slok/sloth/cmd/sloth@v0.16.0`
"""

import subprocess
from pathlib import Path

import yaml

from tests.alerts.timelines import JOB


def write_sloth_rules(sloth_path: str, folder: Path) -> Path:
    """The rule file that sloth writes for an availability of 99.9 % and a P99 of one second."""
    specification, rules = folder / "sloth.yaml", folder / "sloth.rules.yaml"
    objectives = [
        _build_objective(
            "availability",
            99.9,
            _build_rate('http_requests_total{job="JOB",http_status=~"5.."}'),
            _build_rate('http_requests_total{job="JOB"}'),
        ),
        _build_objective(
            "latency",
            99,
            _build_rate('http_request_duration_seconds_count{job="JOB"}')
            + " - "
            + _build_rate('http_request_duration_seconds_bucket{job="JOB",le="1.0"}'),
            _build_rate('http_request_duration_seconds_count{job="JOB"}'),
        ),
    ]
    content = {"version": "prometheus/v1", "service": "orders", "slos": objectives}
    specification.write_text(yaml.safe_dump(content))
    command = [sloth_path, "generate", "-i", str(specification), "-o", str(rules)]
    subprocess.run(command, check=True, capture_output=True)
    return rules


def _build_rate(series: str) -> str:
    return f"sum(rate({series.replace('JOB', JOB)}[{{{{.window}}}}]))"


def _build_objective(name: str, percent: float, bad: str, total: str) -> dict[str, object]:
    return {
        "name": name,
        "objective": percent,
        "sli": {"events": {"error_query": bad, "total_query": total}},
        "alerting": {
            "name": f"Orders{name.capitalize()}",
            "page_alert": {"labels": {"severity": "critical"}},
            "ticket_alert": {"labels": {"severity": "warning"}},
        },
    }
