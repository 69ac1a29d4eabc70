"""An alert that does not say how bad it is, who suffers, or what to do.

Whoever is woken by it has to find out first, and routes by severity pass it over. It needs a label
`severity`, annotations `summary`, `description` and `runbook_url`, and a `for`, so that one sample
does not wake anybody.

Bad: `"annotations": {"summary": "Orders fail"}`
Good: `"annotations": {"summary": "Orders fail", "description": "...", "runbook_url": "https://..."}`
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import JsonMapping


def _check_alert(rule: JsonMapping) -> Problems:
    labels, annotations = rule.get("labels") or {}, rule.get("annotations") or {}
    if not labels.get("severity"):
        yield "it has no severity", "label it critical or warning."
    for name in ("summary", "description", "runbook_url"):
        if not str(annotations.get(name) or "").strip():
            yield f"it has no {name}", "say who is affected and what to look at first."
    if not rule.get("for"):
        yield "it fires at the first sample", "let it last: `for: 1m`."


RULE = LintRule(
    "silent-alert",
    "warning",
    "an alert that does not say what to do",
    __doc__,
    check_alert=_check_alert,
)
