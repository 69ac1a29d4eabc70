"""Whether somebody has put back an earlier version of a dashboard since we published it."""

from tailboard.publish.grafana.api import GrafanaApi, LiveDashboard
from tailboard.publish.grafana.marker import find_marker
from tailboard.publish.grafana.run_reports import is_run_message


def is_restored(api: GrafanaApi, live: LiveDashboard) -> bool:
    """Whether what is there is a publish, but not the newest one.

    Such a dashboard looks untouched: its mark fits its content. Only its history tells.
    """
    for version in api.fetch_versions(live.uid):
        if is_run_message(version.message):
            return find_marker(version.document) != live.marker
    return False
