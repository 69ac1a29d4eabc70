"""Which dashboards carry our tag, as far as Grafana's search knows."""

from collections.abc import Callable, Iterable, Iterator

from tailboard.dashboards.passes.stamp import TAG
from tailboard.publish.grafana.api import ForbiddenError, LiveDashboard
from tailboard.publish.grafana.responses import validate_response
from tailboard.publish.http.connection import Connection
from tailboard.publish.parallel import run_parallel

PAGE_SIZE = 5000
"""The most that the search gives at once."""


def search_tagged_uids(connection: Connection) -> Iterator[str]:
    """The uids of the dashboards with our tag, as far as the search knows."""
    page = 1
    while True:
        params = {"type": "dash-db", "tag": TAG, "limit": PAGE_SIZE, "page": page}
        hits = (
            validate_response(
                connection.request("GET", "/api/search", params=params), "searching for dashboards"
            ).body
            or []
        )
        yield from (str(hit["uid"]) for hit in hits)
        if len(hits) < PAGE_SIZE:
            return
        page += 1


def fetch_readable_dashboards(
    fetch_dashboard: Callable[[str], LiveDashboard | None], uids: Iterable[str]
) -> Iterator[LiveDashboard]:
    """Those that may be read: the search may name others, while Grafana caches permissions."""

    def fetch_if_allowed(uid: str) -> LiveDashboard | None:
        try:
            return fetch_dashboard(uid)
        except ForbiddenError:
            return None

    yield from (dashboard for dashboard in run_parallel(fetch_if_allowed, uids) if dashboard)
