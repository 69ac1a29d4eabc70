"""What wakes someone up: alert rules and recording rules from the same services as the panels.

Names are imported when they are used: not all that read them need grafanalib.
"""

from typing import TYPE_CHECKING

from tailboard.panels.lazy_names import build_lazy_getattr

if TYPE_CHECKING:
    from tailboard.alerts.rule import AlertRule, Example, RecordingRule
    from tailboard.alerts.rule_set import RuleSet, rules_of

__all__ = ["AlertRule", "Example", "RecordingRule", "RuleSet", "rules_of"]

SOURCES = {
    "AlertRule": "rule",
    "Example": "rule",
    "RecordingRule": "rule",
    "RuleSet": "rule_set",
    "rules_of": "rule_set",
}
"""The module that defines each name."""

__getattr__ = build_lazy_getattr("tailboard.alerts", SOURCES)
