"""The link from an alert to the very panel that shows it."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from tailboard.alerts.rule import AlertRule
from tailboard.alerts.template import format_url_template
from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.panel_ids import find_panel_ids
from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.record import record
from tailboard.panels.service import Service


@record
class PanelLink:
    """A panel on a dashboard, and what is chosen there.

    `variables` are those that take the value of the alert's label of the same name.
    """

    uid: str
    panel_id: int
    variables: tuple[str, ...]
    time_range: str

    def build_url(self, grafana_url: str) -> str:
        """The address that opens the panel; labels are filled in when the alert fires."""
        variable_values = "".join(
            f"&var-{name}={format_url_template(name)}" for name in self.variables
        )
        return self.build_plain_url(grafana_url) + variable_values

    def build_plain_url(self, grafana_url: str) -> str:
        """The address that opens the panel with whatever its dashboard shows at first."""
        dashboard_url = f"{grafana_url.rstrip('/')}/d/{quote(self.uid)}"
        return f"{dashboard_url}?viewPanel={self.panel_id}&from=now-{self.time_range}&to=now"


def find_panel_links(
    rules: Iterable[AlertRule], service: Service, dashboards: Iterable[Dashboard]
) -> tuple[PanelLink | None, ...]:
    """For each rule the panel that shows what it watches, on the first dashboard with one."""
    dashboard_ids = [(dashboard, find_panel_ids(dashboard)) for dashboard in dashboards]
    return tuple(_find_panel_link(rule, service, dashboard_ids) for rule in rules)


def _find_panel_link(
    rule: AlertRule, service: Service, dashboard_ids: Sequence[tuple[Dashboard, Mapping[str, int]]]
) -> PanelLink | None:
    if rule.panel is None:
        return None
    try:
        title = rule.panel(service).title
    except MissingMetricError:
        return None
    for dashboard, ids in dashboard_ids:
        if title in ids:
            variable_names = {variable["name"] for variable in dashboard.variables} & {
                "instance",
                *service.by,
            }
            link_variables = tuple(label for label in rule.series_labels if label in variable_names)
            return PanelLink(dashboard.uid, ids[title], link_variables, rule.time_range)
    return None
