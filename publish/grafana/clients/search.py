"""Grafana's search: page after page, and the dashboards that carry a tag."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tailboard.publish.errors import ServerError
from tailboard.publish.grafana.api import ForbiddenError, LiveDashboard
from tailboard.publish.grafana.clients.responses import parse_response, read_objects, read_uid
from tailboard.publish.http.connection import Connection
from tailboard.publish.parallel import run_parallel

PAGE_SIZE = 5000
"""The most that the search gives at once."""

MAX_PAGES = 1000
ENDLESS_TIP = "look at the address: a proxy may drop parameters, or it is not a Grafana."


def search_tagged_uids(connection: Connection, tag: str) -> Iterator[str]:
    """The uids of the dashboards with a tag, as far as the search knows."""
    parameters = {"type": "dash-db", "tag": tag}
    hits = fetch_search_hits(connection, parameters, PAGE_SIZE, "searching for dashboards")
    return (hit["uid"] for hit in hits)


def fetch_search_hits(
    connection: Connection, parameters: Mapping[str, str], page_size: int, action: str
) -> Iterator[dict[str, Any]]:
    """The hits of every page, each with a uid.

    Raises `ServerError` for a page that only repeats what earlier ones had.
    """
    known_uids: set[str] = set()
    for page in range(1, MAX_PAGES + 1):
        page_parameters = {**parameters, "limit": page_size, "page": page}
        response = connection.request("GET", "/api/search", params=page_parameters)
        hits = parse_response(response, action, _parse_hits)
        uids = {hit["uid"] for hit in hits}
        if hits and uids <= known_uids:
            raise ServerError(f"{action}: page {page} repeats earlier ones", tip=ENDLESS_TIP)
        known_uids |= uids
        yield from hits
        if len(hits) < page_size:
            return
    raise ServerError(f"{action}: there are more than {MAX_PAGES} pages", tip=ENDLESS_TIP)


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


def _parse_hits(body: Any) -> list[dict[str, Any]]:
    return [{**hit, "uid": read_uid(hit["uid"])} for hit in read_objects(body)]
