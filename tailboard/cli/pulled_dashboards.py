"""Dashboards fetched from Grafana as definitions."""

from collections.abc import Sequence

from tailboard.publish.grafana.api import LiveDashboard
from tailboard.publish.grafana.pull import STORED_SCHEMA, PulledDefinition, build_definition
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.parallel import run_parallel


def fetch_definitions(
    grafana: Grafana, uids: Sequence[str], owner: str, schema: str = STORED_SCHEMA
) -> tuple[dict[str, PulledDefinition], list[str]]:
    """The definition of each dashboard by its uid, and the uids that the server does not have.

    Without uids, it is every dashboard of the owner.
    """
    api = grafana.api
    dashboards: dict[str, LiveDashboard | None] = (
        dict(zip(uids, run_parallel(api.fetch_dashboard, uids), strict=True))
        if uids
        else {live.uid: live for live in api.fetch_owned_dashboards(owner)}
    )
    folders = api.fetch_folders()
    definitions = {
        uid: build_definition(dashboard, folders, owner, schema)
        for uid, dashboard in dashboards.items()
        if dashboard
    }
    return definitions, [uid for uid, dashboard in dashboards.items() if dashboard is None]
