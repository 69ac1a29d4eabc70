"""A template in a label or an annotation that Prometheus cannot parse: it refuses the whole file.

Templates are those of Go, with Prometheus' own functions beside Go's. Those of Alertmanager, of
Grafana and of Helm are other ones: `upper`, `quote` and `default` are unknown here.

Bad: `"annotations": {"summary": "{{ $labels.instance | upper }} is down"}`
Good: `"annotations": {"summary": "{{ $labels.instance | toUpper }} is down"}`

Exclude it where another program than Prometheus expands the template.
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import GRAFANA_RULE, JsonMapping

TIP = "Prometheus' template reference lists what there is: $labels, $value and functions."


def _check_alert(rule: JsonMapping) -> Problems:
    from tailboard.lint.alert_template import read_template  # dashboards have no templates

    if GRAFANA_RULE in rule or not rule["alert"]:
        return
    for kind in ("label", "annotation"):
        texts = rule.get(f"{kind}s") or {}
        for name, text in texts.items():
            if problem := read_template(str(text)).problem:
                yield f"the template of the {kind} {name!r}: {problem}", TIP


RULE = LintRule(
    "template-error",
    "error",
    "a template that Prometheus cannot parse",
    __doc__,
    check_alert=_check_alert,
)
