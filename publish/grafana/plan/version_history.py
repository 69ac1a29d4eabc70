"""What the history of a dashboard tells of our publishes, and of who changed it since."""

from collections.abc import Iterable

from tailboard.publish.errors import NotAllowedError
from tailboard.publish.grafana.api import DashboardVersion, GrafanaApi, LiveDashboard
from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.marker import find_marker, strip_marker
from tailboard.publish.plan.runs import is_run_message


def is_restored(api: GrafanaApi, live: LiveDashboard) -> bool:
    """Whether what is there is a publish, but not the newest one.

    Such a dashboard looks untouched: its mark fits its content. Only its history tells.
    """
    for version in api.fetch_versions(live.uid):
        if is_run_message(version.message):
            return find_marker(version.document) != live.marker
    return False


def find_published_version(versions: Iterable[DashboardVersion]) -> DashboardVersion | None:
    """The publish that the newest run made, or that it went back to if that was a rollback.

    A rollback may also go back to a hand edit: its mark is that of the publish before the edit.
    """
    marker = None
    for version in versions:
        if not is_run_message(version.message):
            continue
        version_marker = find_marker(version.document)
        marker = marker or version_marker
        if marker is None:
            return None
        if version_marker == marker and _is_publish(version):
            return version
    return None


def find_former_owner(api: GrafanaApi, uid: str) -> str:
    """Our owner who published a dashboard last, where nothing in the dashboard says so any more."""
    try:
        for version in api.fetch_versions(uid):
            if is_run_message(version.message):
                marker = find_marker(version.document)
                return marker.owner if marker and marker.uid == uid else version.owner
    except NotAllowedError:  # who may only read may not see a history, and can publish nothing
        return ""
    return ""


def _is_publish(version: DashboardVersion) -> bool:
    """Whether a version is what its mark says, which the server converts no checksum for."""
    marker = find_marker(version.document)
    is_same = (
        marker is not None and compute_checksum(strip_marker(version.document)) == marker.checksum
    )
    return version.is_signed or is_same
