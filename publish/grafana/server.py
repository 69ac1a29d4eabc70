"""A Grafana: where it is, who asks it, and which of its APIs answers."""

import os
from functools import cached_property

from tailboard.publish.at_once import AT_ONCE
from tailboard.publish.closing import Closing
from tailboard.publish.grafana.api import Api
from tailboard.publish.grafana.discovery import discovered
from tailboard.publish.http.address import server
from tailboard.publish.http.connection import Connection
from tailboard.publish.http.credentials import credentials

NAME = "GRAFANA"


class Grafana(Closing):
    """A server that is asked as soon as something is wanted of it, and not before.

    Credentials come from the environment, as `publish.http.credentials` says.
    """

    def __init__(self, address: str, choice: str, org: int | None, *, allow_http: bool) -> None:
        self.connection = Connection(
            server(address, "--grafana"),
            credentials(NAME, os.environ),
            headers={"X-Grafana-Org-Id": str(org)} if org else {},
            allow_http=allow_http,
            connections=AT_ONCE,
        )
        self._choice = choice

    @property
    def address(self) -> str:
        """Where it is."""
        return self.connection.address

    @cached_property
    def api(self) -> Api:
        """The API that the server offers and that was chosen."""
        return discovered(self.connection, self._choice)

    def close(self) -> None:
        """Give the connections back."""
        self.connection.close()
