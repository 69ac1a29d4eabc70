"""The link from an alert to the very panel that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from alerts.rule import AlertRule
from alerts.template import in_url
from dashboards.dashboard import Dashboard
from dashboards.panel_ids import panel_ids
from panels.definition_error import MissingMetricError
from panels.service import Service


@dataclass(frozen=True)
class PanelLink:
    """A panel on a dashboard, and what is chosen there: the alert's labels, its time range."""

    uid: str
    panel: int
    variables: tuple[tuple[str, str], ...]
    time_range: str

    def url(self, grafana: str) -> str:
        """The address that opens the panel; labels are filled in when the alert fires."""
        chosen = "".join(f"&var-{name}={in_url(label)}" for name, label in self.variables)
        return self.without_labels(grafana) + chosen

    def without_labels(self, grafana: str) -> str:
        """The address that opens the panel with whatever its dashboard shows at first."""
        where = f"{grafana.rstrip('/')}/d/{quote(self.uid)}"
        return f"{where}?viewPanel={self.panel}&from=now-{self.time_range}&to=now"


def panel_link(
    rule: AlertRule, service: Service, dashboards: Iterable[Dashboard]
) -> PanelLink | None:
    """The panel that shows what a rule watches, on the first dashboard that has it."""
    if rule.panel is None:
        return None
    try:
        title = rule.panel(service).title
    except MissingMetricError:
        return None
    for dashboard in dashboards:
        found = panel_ids(dashboard).get(title)
        if found is not None:
            names = {str(it["name"]) for it in dashboard.variables}
            labels = ((_variable(label, service), label) for label in rule.told_by)
            chosen = tuple((name, label) for name, label in labels if name in names)
            return PanelLink(dashboard.uid, found, chosen, rule.time_range)
    return None


def _variable(label: str, service: Service) -> str:
    """The variable that chooses values of a label."""
    return label if label in {"instance", *service.by} else ""
