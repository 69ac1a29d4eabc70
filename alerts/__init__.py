"""What wakes someone up: alert rules and recording rules from the same services as the panels."""

from tailboard.alerts.rule import AlertRule, Example, RecordingRule
from tailboard.alerts.rule_set import RuleSet, rules_of

__all__ = ["AlertRule", "Example", "RecordingRule", "RuleSet", "rules_of"]
