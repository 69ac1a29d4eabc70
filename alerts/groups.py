"""A service's rules as Prometheus' rule groups: plain data, whatever file they end up in.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tailboard.alerts.link import PanelLink
from tailboard.alerts.recording import RATIO_INTERVAL
from tailboard.alerts.rule import AlertRule, RecordingRule
from tailboard.alerts.rule_set import RuleSet
from tailboard.alerts.template import literal
from tailboard.panels import promql
from tailboard.panels.recording import SERVICE

Plain = dict[str, Any]


@dataclass(frozen=True)
class Addresses:
    """Where people find things: Grafana, and the page that says what to do about an alert.

    In `runbook` the alert's name takes the place of `{alert}` (`{anchor}` in lower case, as in a
    page's fragment), the service's slug that of `{service}`.
    """

    grafana: str = "http://localhost:3000"
    runbook: str = "runbooks/{service}.md#{anchor}"

    def runbook_url(self, alert: str, service: str) -> str:
        """The page of one alert of one service."""
        places = {"{alert}": alert, "{anchor}": alert.lower(), "{service}": service}
        url = self.runbook
        for place, value in places.items():
            url = url.replace(place, quote(value))
        return literal(url)


def groups(rules: RuleSet, addresses: Addresses) -> list[Plain]:
    """The groups in the order in which they feed each other: rates, ratios, alerts."""
    made = [
        {"name": f"{rules.slug}: rates", "rules": [_recording(it) for it in rules.rates]},
        {
            "name": f"{rules.slug}: objectives",
            "interval": RATIO_INTERVAL,
            "rules": [_recording(it) for it in rules.ratios],
        },
        {
            "name": f"{rules.slug}: alerts",
            "rules": [_alert(rule, link, rules, addresses) for rule, link in rules.linked],
        },
    ]
    return [group for group in made if group["rules"]]


def labels(rule: AlertRule, rules: RuleSet) -> dict[str, str]:
    """The labels that every alert of a rule has, besides those of its series."""
    return {
        **rule.labels,
        SERVICE: rules.slug,
        "severity": rule.severity,
        "signal": rule.signal,
    }


def annotations(
    rule: AlertRule, link: PanelLink | None, rules: RuleSet, addresses: Addresses
) -> dict[str, str]:
    """What an alert says, and where it leads."""
    return {
        "summary": rule.summary,
        "description": rule.description,
        "runbook_url": addresses.runbook_url(rule.name, rules.slug),
        **({"dashboard_url": link.url(addresses.grafana)} if link else {}),
    }


def _recording(rule: RecordingRule) -> Plain:
    return {"record": rule.name, "expr": rule.expression, "labels": dict(rule.labels)}


def _alert(rule: AlertRule, link: PanelLink | None, rules: RuleSet, addresses: Addresses) -> Plain:
    return {
        "alert": rule.name,
        "expr": promql.bare(rule.expression),
        "for": rule.lasting,
        **({"keep_firing_for": rule.keep_firing} if rule.keep_firing else {}),
        "labels": labels(rule, rules),
        "annotations": annotations(rule, link, rules, addresses),
    }
