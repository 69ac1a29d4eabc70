"""Whether somebody has put back an earlier version of a dashboard since we published it."""

from tailboard.publish.grafana.api import Api, Stored
from tailboard.publish.grafana.marker import mark_of
from tailboard.publish.grafana.run import is_ours


def is_restored(api: Api, stored: Stored) -> bool:
    """Whether what is there is a publish, but not the newest one.

    Such a dashboard looks untouched: its mark fits its content. Only its history tells.
    """
    for version in api.history(stored.uid):
        if is_ours(version.message):
            return mark_of(version.document) != stored.mark
    return False
