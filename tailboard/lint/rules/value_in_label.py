"""A value in a label of an alert: each new value is a new alert, and `for` begins anew.

Labels say which alert it is. One whose label changes with every evaluation never lasts long enough
for its `for`, and without a `for` each evaluation notifies again. Values belong into annotations.

Bad: `"labels": {"severity": "warning", "value": "{{ $value }}"}`
Good: `"annotations": {"summary": "{{ $value }} errors", "description": "d", "runbook_url": "r"}`

Exclude it where the value is one of a few, and changes seldom.
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import GRAFANA_RULE, JsonMapping


def _check_alert(rule: JsonMapping) -> Problems:
    from tailboard.lint.alert_template import read_template  # dashboards have no templates

    if GRAFANA_RULE in rule:
        return
    for name, text in (rule.get("labels") or {}).items():
        if read_template(str(text)).has_value:
            yield (
                f"the label {name!r} holds the value, and changes with it",
                "show the value in an annotation.",
            )


RULE = LintRule(
    "value-in-label",
    "error",
    "a value in a label of an alert",
    __doc__,
    check_alert=_check_alert,
)
