"""What happened when: deployments, restarts and firing alerts, drawn over every panel."""

from typing import Any

from tailboard.dashboards.variables import PROMETHEUS
from tailboard.panels import promql
from tailboard.panels.concept import START_TIME
from tailboard.panels.matcher import equals
from tailboard.panels.metric import Gauge
from tailboard.panels.recording import SERVICE
from tailboard.panels.selection import Selection, merged
from tailboard.panels.service import Service

GRAFANA = {"type": "grafana", "uid": "-- Grafana --"}

BUILT_IN = {
    "builtIn": 1,
    "datasource": GRAFANA,
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
"""What Grafana adds itself where it is missing, so that a stored document stays as it was sent."""


def deployments(tag: str = "deploy") -> dict[str, Any]:
    """Annotations that a pipeline posts to Grafana with a tag when it deploys."""
    return {
        "datasource": dict(GRAFANA),
        "enable": True,
        "iconColor": "blue",
        "name": "Deployments",
        "target": {"limit": 100, "matchAny": False, "tags": [tag], "type": "tags"},
    }


def restarts(service: Service) -> dict[str, Any]:
    """Restarts of the service's processes."""
    started = service.select(START_TIME, "annotations.restarts")
    return _prometheus(
        "Restarts",
        f"{promql.changes(started, '$__rate_interval')} > 0",
        "orange",
        title="Restart",
        text="{{instance}}",
    )


def firing_alerts(service: Service) -> dict[str, Any]:
    """Prometheus' own alerts while they fire: those of our rules, and of the service's targets."""
    whose = [service.targets]
    if not service.chosen_by_variable:
        whose.append(((SERVICE, equals(service.slug)),))
    firing = (("alertstate", equals("firing")),)
    found = (promql.series(Selection(Gauge("ALERTS"), merged(firing, it))) for it in whose)
    return _prometheus(
        "Firing alerts",
        promql.bare(promql.either(*found)),
        "red",
        title="{{alertname}}",
        text="{{severity}} {{instance}}",
    )


def _prometheus(name: str, expression: str, color: str, *, title: str, text: str) -> dict[str, Any]:
    return {
        "datasource": dict(PROMETHEUS),
        "enable": True,
        "expr": expression,
        "iconColor": color,
        "name": name,
        "step": "60s",
        "textFormat": text,
        "titleFormat": title,
    }
