"""The link from an alert to the very panel that shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tailboard.alerts.rule import AlertRule
from tailboard.alerts.template import in_url
from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.panel_ids import panel_ids
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.service import Service


@dataclass(frozen=True)
class PanelLink:
    """A panel on a dashboard, and what is chosen there.

    `variables` are those that take the value of the alert's label of the same name.
    """

    uid: str
    panel: int
    variables: tuple[str, ...]
    time_range: str

    def url(self, grafana: str) -> str:
        """The address that opens the panel; labels are filled in when the alert fires."""
        chosen = "".join(f"&var-{name}={in_url(name)}" for name in self.variables)
        return self.without_labels(grafana) + chosen

    def without_labels(self, grafana: str) -> str:
        """The address that opens the panel with whatever its dashboard shows at first."""
        where = f"{grafana.rstrip('/')}/d/{quote(self.uid)}"
        return f"{where}?viewPanel={self.panel}&from=now-{self.time_range}&to=now"


def panel_links(
    rules: Iterable[AlertRule], service: Service, dashboards: Iterable[Dashboard]
) -> tuple[PanelLink | None, ...]:
    """For each rule the panel that shows what it watches, on the first dashboard that has it."""
    known = [(dashboard, panel_ids(dashboard)) for dashboard in dashboards]
    return tuple(_panel_link(rule, service, known) for rule in rules)


def _panel_link(
    rule: AlertRule, service: Service, known: Sequence[tuple[Dashboard, Mapping[str, int]]]
) -> PanelLink | None:
    if rule.panel is None:
        return None
    try:
        title = rule.panel(service).title
    except MissingMetricError:
        return None
    for dashboard, ids in known:
        if title in ids:
            names = {it["name"] for it in dashboard.variables} & {"instance", *service.by}
            chosen = tuple(label for label in rule.told_by if label in names)
            return PanelLink(dashboard.uid, ids[title], chosen, rule.time_range)
    return None
