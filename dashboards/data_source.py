"""The Prometheus that a dashboard reads: a variable, so that the dashboard works on any Grafana."""

from typing import Any

DATASOURCE = "datasource"
PROMETHEUS = {"type": "prometheus", "uid": f"${{{DATASOURCE}}}"}


def datasource() -> dict[str, Any]:
    """The Prometheus that the dashboard reads; at first Grafana's default one."""
    return {
        "label": "Data source",
        "name": DATASOURCE,
        "options": [],
        "query": "prometheus",
        "refresh": 1,
        "type": "datasource",
    }
