"""A service of every convention, with all the promises that its metrics can tell about."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tailboard.alerts import RuleSet, rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.panels import Objectives, Service
from tailboard.panels.concept import DURATION, FIRST_TOKEN, REQUESTS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS, OTEL_HTTP_OLD, PROMETHEUS_CLIENT
from tailboard.panels.metric import Histogram, Role

SOON = 600.0
"""An age of ten minutes, so that an example of a late job does not last for days."""

SEVERAL = (PROMETHEUS_CLIENT, OTEL_HTTP_OLD)
"""Where two latencies are promised: in seconds and in milliseconds."""


def build_objectives(convention: Convention, **options: Any) -> Objectives:
    """An availability and a latency, where the convention can tell."""
    counted = convention.metrics.get(REQUESTS)
    has_status = counted is not None and Role.STATUS in counted.labels
    latency = {0.99: 1.0} if DURATION in convention.metrics else {}
    if convention in SEVERAL:
        latency = {0.95: 0.5, **latency}
    first_token = convention.metrics.get(FIRST_TOKEN)
    first_bounds = first_token.buckets if isinstance(first_token, Histogram) else ()
    first_bound = next((bound for bound in first_bounds if bound >= 1), 0.0)
    objectives = {
        "first_token": {0.95: first_bound} if first_bound else {},
        "availability": 0.999 if has_status else None,
        "latency": latency,
        "job_age": SOON,
    }
    return Objectives(**{**objectives, **options})


def build_service(convention: Convention, name: str = "orders", **options: Any) -> Service:
    """A service of a convention that keeps all its promises."""
    return Service(name, {"job": "orders-api"}, convention, build_objectives(convention), **options)


@cache
def build_rule_sets() -> dict[str, RuleSet]:
    """The rules of every convention."""
    return {convention.name: rules_of(build_service(convention)) for convention in CONVENTIONS}


def list_expressions(rules: RuleSet) -> Iterator[str]:
    """Everything that Prometheus would evaluate."""
    for group in build_groups(rules, Addresses()):
        yield from (rule["expr"] for rule in group["rules"])


def list_alert_rules(rules: RuleSet, addresses: Addresses | None = None) -> list[dict[str, Any]]:
    """The alert rules of all groups, as Prometheus reads them."""
    groups = build_groups(rules, addresses or Addresses())
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def write_rules(rules: RuleSet, folder: Path) -> Path:
    """The rule file."""
    path = folder / f"{rules.slug}.rules.yaml"
    path.write_text(yaml.safe_dump({"groups": build_groups(rules, Addresses())}, sort_keys=False))
    return path


def run_promtool(promtool_path: str, *arguments: str | Path) -> str:
    """What promtool complains about; nothing if it is content."""
    command = [promtool_path, *map(str, arguments)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{process.stdout}{process.stderr}" if process.returncode else ""
