"""A shop that calls others: what its calls are measured by."""

from contextlib import suppress

import requests

from tests.live.apps.shared.item_store import ItemStore

UNREACHABLE_URL = "http://127.0.0.1:9/"


class CallingItemStore(ItemStore):
    """A shop whose writes call an upstream, and whose `/fail` calls one that is down."""

    def __init__(self, upstream: str = UNREACHABLE_URL) -> None:
        """Call this address."""
        self.upstream = upstream

    def write_item(self, item_id: int) -> dict[str, int]:
        """Write one item and tell the upstream."""
        requests.get(self.upstream, timeout=2)
        return super().write_item(item_id)

    def settle(self) -> None:
        """Call the upstream that is down."""
        with suppress(requests.ConnectionError):
            requests.get(UNREACHABLE_URL, timeout=2)
