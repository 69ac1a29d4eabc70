"""What people did with a dashboard since we published it, where it is stored in schema v2.

A browser stores schema v2 whatever was published. So a checksum of what was published tells
nothing: the server converts the published version of its history, and only edits remain.
"""

from dataclasses import dataclass

from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.publish.errors import NotAllowedError
from tailboard.publish.grafana.api import DashboardVersion, GrafanaApi, LiveDashboard
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.marker import find_marker
from tailboard.publish.grafana.plan.classification import describe_mark_change, is_hand_edited
from tailboard.publish.grafana.plan.version_history import find_published_version

RESTORED_REASON = "an earlier version was put back by hand"


@dataclass(frozen=True)
class HandEdits:
    """The changes since the last publish, each in a phrase; `published` is that version.

    `published` is None where it is unknown, and then the changes are, too.
    """

    is_edited: bool
    changes: tuple[str, ...] = ()
    published: DashboardVersion | None = None
    reason: str = ""


def find_hand_edits(api: GrafanaApi, live: LiveDashboard) -> HandEdits:
    """What people changed in a dashboard since the last publish."""
    if not is_v2_document(live.document):
        return HandEdits(is_hand_edited(live))
    if not is_hand_edited(live):
        return HandEdits(is_edited=False)
    try:
        published = find_published_version(api.fetch_versions(live.uid, live.stored_version))
    except NotAllowedError:  # who may only read may not see a history
        published = None
    if published is None or published.conversion_error:
        return HandEdits(is_edited=True, changes=describe_mark_change(live))
    changes = (
        *describe_mark_change(live),
        *describe_differences(published.document, live.document),
    )
    is_other_publish = live.marker is not None and live.marker != find_marker(published.document)
    reason = RESTORED_REASON if is_other_publish else ""
    return HandEdits(bool(changes) or is_other_publish, changes, published, reason)
