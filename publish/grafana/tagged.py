"""Which dashboards carry our tag, as far as Grafana's search knows."""

from collections.abc import Iterator

from dashboards.document import TAG
from publish.grafana.answers import checked
from publish.http.connection import Connection

PAGE = 5000
"""The most that the search gives at once."""


def tagged(connection: Connection) -> Iterator[str]:
    """The uids of the dashboards with our tag, as far as the search knows."""
    page = 1
    while True:
        asked = {"type": "dash-db", "tag": TAG, "limit": PAGE, "page": page}
        found = checked(connection.ask("GET", "/api/search", params=asked), "searching").body or []
        yield from (str(it["uid"]) for it in found)
        if len(found) < PAGE:
            return
        page += 1
