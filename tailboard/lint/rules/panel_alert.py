"""A panel with an alert of Grafana 4 to 10, which a current Grafana ignores.

Grafana 11 removed the alerts of panels: nobody is notified any more. `tailboard build` writes such
an alert as a Prometheus rule, as far as PromQL has its condition.

Bad: `"alert": {"name": "Too many errors", "conditions": []}`
Good: `"description": "Errors per second; a Prometheus rule alerts on them."`

Exclude it where the dashboard is for a Grafana before 11.
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import Panel


def _check_panel(panel: Panel) -> Problems:
    if not panel.json.get("alert"):
        return
    from tailboard.alerts.panel_alert import convert_panel_alert  # few dashboards have one

    alert = convert_panel_alert(panel.json)
    if alert is None:
        return
    problem = f"Grafana 11 removed the alerts of panels, and ignores {alert.name!r}"
    if alert.rule is None:
        yield problem, f"write an alert rule of your own: {alert.notes[0]}"
    else:
        yield problem, f"load the rule that `tailboard build` writes: `{alert.rule['expr']}`"


RULE = LintRule(
    "panel-alert",
    "warning",
    "an alert of a panel, which Grafana 11 ignores",
    __doc__,
    check_panel=_check_panel,
)
