"""Annotations over every panel: deployments, restarts and firing alerts."""

from typing import Any

from tailboard.dashboards.data_source import PROMETHEUS
from tailboard.dashboards.schema import GRAFANA_DATASOURCE
from tailboard.panels import promql
from tailboard.panels.concept import START_TIME
from tailboard.panels.matcher import equals
from tailboard.panels.metric import Gauge
from tailboard.panels.recording import SERVICE_LABEL
from tailboard.panels.selection import Selection, merge_matchers
from tailboard.panels.service import Service


def deployments(tag: str = "deploy") -> dict[str, Any]:
    """The annotations with this tag, which a pipeline posts to Grafana when it deploys."""
    return {
        "datasource": dict(GRAFANA_DATASOURCE),
        "enable": True,
        "iconColor": "blue",
        "name": "Deployments",
        "target": {"limit": 100, "matchAny": False, "tags": [tag], "type": "tags"},
    }


def restarts(service: Service) -> dict[str, Any]:
    """A mark for each restart of one of the service's processes."""
    start_time = service.select_concept(START_TIME, "annotations.restarts")
    return _build_prometheus_annotation(
        "Restarts",
        f"{promql.changes(start_time, '$__rate_interval')} > 0",
        "orange",
        title="Restart",
        text="{{instance}}",
    )


def firing_alerts(service: Service) -> dict[str, Any]:
    """Firing alerts of Prometheus: those of the service's rules, and those of its targets."""
    matcher_sets = [service.target_matchers]
    if not service.has_grafana_variable:
        matcher_sets.append(((SERVICE_LABEL, equals(service.slug)),))
    firing_matchers = (("alertstate", equals("firing")),)
    alert_series = (
        promql.select_series(Selection(Gauge("ALERTS"), merge_matchers(firing_matchers, matchers)))
        for matchers in matcher_sets
    )
    return _build_prometheus_annotation(
        "Firing alerts",
        promql.strip_parentheses(promql.union(*alert_series)),
        "red",
        title="{{alertname}}",
        text="{{severity}} {{instance}}",
    )


def _build_prometheus_annotation(
    name: str, expression: str, color: str, *, title: str, text: str
) -> dict[str, Any]:
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
