"""A service's rules as Prometheus' rule groups: plain data, whatever file they end up in.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tailboard.alerts.link import PanelLink
from tailboard.alerts.objective_recording import RATIO_INTERVAL
from tailboard.alerts.rule import AlertRule, RecordingRule
from tailboard.alerts.rule_set import RuleSet
from tailboard.alerts.template import escape_template
from tailboard.panels import promql
from tailboard.panels.recording import SERVICE_LABEL

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Addresses:
    """The addresses that alerts link to: Grafana, and the runbook of an alert.

    In `runbook_template`, `{alert}` stands for the alert's name (`{anchor}` in lower case, as in a
    page's fragment), `{service}` for the service's slug.
    """

    grafana_url: str = "http://localhost:3000"
    runbook_template: str = "runbooks/{service}.md#{anchor}"

    def build_runbook_url(self, alert: str, service: str) -> str:
        """The page of one alert of one service."""
        replacements = {"{alert}": alert, "{anchor}": alert.lower(), "{service}": service}
        url = self.runbook_template
        for placeholder, value in replacements.items():
            url = url.replace(placeholder, quote(value))
        return escape_template(url)


def build_groups(rules: RuleSet, addresses: Addresses) -> list[JsonObject]:
    """The groups in the order in which they feed each other: rates, objectives, alerts.

    Alerts that read the ratios of objectives are in their group, behind them: the rules of a group
    are evaluated one after the other, those of two groups at any time.
    """
    objective_rules = [_build_recording_rule(rule) for rule in rules.ratios]
    alert_rules: list[JsonObject] = []
    for rule, link in rules.linked_alerts:
        is_objective_rule = any(ratio.name in rule.expression for ratio in rules.ratios)
        group_rules = objective_rules if is_objective_rule else alert_rules
        group_rules.append(_build_alert_rule(rule, link, rules, addresses))
    rule_groups = [
        {
            "name": f"{rules.slug}: rates",
            "rules": [_build_recording_rule(rule) for rule in rules.rates],
        },
        {
            "name": f"{rules.slug}: objectives",
            "interval": RATIO_INTERVAL,
            "rules": objective_rules,
        },
        {"name": f"{rules.slug}: alerts", "rules": alert_rules},
    ]
    return [group for group in rule_groups if group["rules"]]


def build_labels(rule: AlertRule, rules: RuleSet) -> dict[str, str]:
    """The labels that every alert of a rule has, besides those of its series."""
    return {
        **rule.labels,
        SERVICE_LABEL: rules.slug,
        "severity": rule.severity,
        "signal": rule.signal,
    }


def build_annotations(
    rule: AlertRule, link: PanelLink | None, rules: RuleSet, addresses: Addresses
) -> dict[str, str]:
    """What an alert says, and where it leads."""
    return {
        "summary": rule.summary,
        "description": rule.description,
        "runbook_url": addresses.build_runbook_url(rule.name, rules.slug),
        **({"dashboard_url": link.build_url(addresses.grafana_url)} if link else {}),
    }


def _build_recording_rule(rule: RecordingRule) -> JsonObject:
    return {"record": rule.name, "expr": rule.expression, "labels": dict(rule.labels)}


def _build_alert_rule(
    rule: AlertRule, link: PanelLink | None, rules: RuleSet, addresses: Addresses
) -> JsonObject:
    return {
        "alert": rule.name,
        "expr": promql.strip_parentheses(rule.expression),
        "for": rule.lasting,
        **({"keep_firing_for": rule.keep_firing} if rule.keep_firing else {}),
        "labels": build_labels(rule, rules),
        "annotations": build_annotations(rule, link, rules, addresses),
    }
