"""Lists of Grafana's newer API: page after page."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from tailboard.publish.errors import ServerError
from tailboard.publish.grafana.clients.responses import (
    parse_response,
    read_object,
    read_objects,
    read_text,
)
from tailboard.publish.grafana.clients.search import ENDLESS_TIP, MAX_PAGES
from tailboard.publish.http.connection import Connection

Parsed = TypeVar("Parsed")

PAGE_SIZE = 1000
"""Grafana ends a page besides once its items have 2 MB, some ninety dashboards of 20 panels."""


def fetch_items(
    connection: Connection,
    path: str,
    params: Mapping[str, str],
    parse_item: Callable[[dict[str, Any]], Parsed],
    accept: str = "application/json",
) -> Iterator[Parsed]:
    """Every item of a list; a page may be empty and still not be the last one.

    Raises `ServerError` where a page names itself or an earlier one as the next.
    """
    action = f"listing the {path.rpartition('/')[2]}"

    def parse_page(body: Any) -> tuple[list[Parsed], str]:
        metadata = read_object(body.get("metadata") or {})
        items = [parse_item(item) for item in read_objects(body.get("items"))]
        return items, read_text(metadata.get("continue"))

    continue_token, known_tokens = "", set[str]()
    while len(known_tokens) < MAX_PAGES:
        page_params = {**params, "limit": str(PAGE_SIZE)}
        if continue_token:
            page_params["continue"] = continue_token
        response = connection.request("GET", path, params=page_params, headers={"Accept": accept})
        items, continue_token = parse_response(response, action, parse_page)
        yield from items
        if not continue_token:
            return
        if continue_token in known_tokens:
            raise ServerError(f"{action}: a page leads to itself again", tip=ENDLESS_TIP)
        known_tokens.add(continue_token)
    raise ServerError(f"{action}: there are more than {MAX_PAGES} pages", tip=ENDLESS_TIP)
