"""The addresses that alerts link to."""

from urllib.parse import quote

from tailboard.alerts.template import escape_template
from tailboard.panels.record import record


@record
class Addresses:
    """The addresses that alerts link to: Grafana, and the runbook of an alert.

    In `runbook_template`, `{alert}` stands for the alert's name (`{anchor}` in lower case, as in a
    page's fragment), `{service}` for the service's slug. Without an address there is no link.
    """

    grafana_url: str | None = None
    runbook_template: str | None = None

    def build_runbook_url(self, alert: str, service: str) -> str | None:
        """The page of one alert of one service."""
        if not self.runbook_template:
            return None
        replacements = {"{alert}": alert, "{anchor}": alert.lower(), "{service}": service}
        url = self.runbook_template
        for placeholder, value in replacements.items():
            url = url.replace(placeholder, quote(value))
        return escape_template(url)
