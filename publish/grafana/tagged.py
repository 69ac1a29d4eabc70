"""Which dashboards carry our tag, as far as Grafana's search knows."""

from collections.abc import Callable, Iterable, Iterator

from tailboard.dashboards.document import TAG
from tailboard.publish.at_once import at_once
from tailboard.publish.grafana.answers import checked
from tailboard.publish.grafana.api import ForbiddenError, Stored
from tailboard.publish.http.connection import Connection

PAGE = 5000
"""The most that the search gives at once."""


def tagged(connection: Connection) -> Iterator[str]:
    """The uids of the dashboards with our tag, as far as the search knows."""
    page = 1
    while True:
        asked = {"type": "dash-db", "tag": TAG, "limit": PAGE, "page": page}
        found = (
            checked(
                connection.ask("GET", "/api/search", params=asked), "searching for dashboards"
            ).body
            or []
        )
        yield from (str(it["uid"]) for it in found)
        if len(found) < PAGE:
            return
        page += 1


def readable(read: Callable[[str], Stored | None], uids: Iterable[str]) -> Iterator[Stored]:
    """Those that may be read: the search may name others, while Grafana caches permissions."""

    def one(uid: str) -> Stored | None:
        try:
            return read(uid)
        except ForbiddenError:
            return None

    yield from (it for it in at_once(one, uids) if it)
