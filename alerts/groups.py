"""A service's rules as Prometheus' rule groups: plain data, whatever file they end up in.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from collections.abc import Iterable
from typing import Any

from tailboard.alerts.addresses import Addresses
from tailboard.alerts.link import PanelLink
from tailboard.alerts.objective_recording import BUDGET_INTERVAL, RATIO_INTERVAL
from tailboard.alerts.rule import AlertRule, RecordingRule
from tailboard.alerts.rule_set import RuleSet
from tailboard.panels import promql
from tailboard.panels.recording import SERVICE_LABEL

JsonObject = dict[str, Any]


def build_groups(rules: RuleSet, addresses: Addresses) -> list[JsonObject]:
    """The groups in the order in which they feed each other: rates, objectives, budgets, alerts.

    Alerts that read the ratios of objectives are in their group, behind them: the rules of a group
    are evaluated one after the other, those of two groups at any time.
    """
    objective_rules, budget_rules = (
        [_build_recording_rule(rule) for rule in rules.ratios if rule.interval == interval]
        for interval in (RATIO_INTERVAL, BUDGET_INTERVAL)
    )
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
        {
            "name": f"{rules.slug}: error budgets",
            "interval": BUDGET_INTERVAL,
            "rules": budget_rules,
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
    """What an alert says, and where it leads as far as the addresses are known."""
    annotations = {"summary": rule.summary, "description": rule.description}
    if runbook_url := addresses.build_runbook_url(rule.name, rules.slug):
        annotations["runbook_url"] = runbook_url
    if link and addresses.grafana_url:
        annotations["dashboard_url"] = link.build_url(addresses.grafana_url)
    return annotations


def describe_missing_links(rule_sets: Iterable[RuleSet], addresses: Addresses) -> str:
    """Which links the alerts lack, and how they get them: once for all; nothing if none lacks."""
    linked_alerts = [pair for rules in rule_sets for pair in rules.linked_alerts]
    settings_by_target = {}
    if not addresses.grafana_url and any(link for _, link in linked_alerts):
        settings_by_target["panels"] = "grafana_url"
    if not addresses.runbook_template and linked_alerts:
        settings_by_target["runbooks"] = "runbook_url"
    if not settings_by_target:
        return ""
    targets, settings = " and ".join(settings_by_target), " and ".join(settings_by_target.values())
    return f"set {settings}, so that alerts link to their {targets}."


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
