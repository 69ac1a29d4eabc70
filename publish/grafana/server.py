"""A Grafana: its address, the credentials for it, and which of its APIs is used."""

import os
from threading import Lock

from tailboard.publish.closeable import Closeable
from tailboard.publish.grafana.api import GrafanaApi
from tailboard.publish.grafana.clients.discovery import discover_api
from tailboard.publish.http.address import validate_server_address
from tailboard.publish.http.connection import Connection
from tailboard.publish.http.credentials import read_credentials
from tailboard.publish.parallel import MAX_CONCURRENCY

NAME = "GRAFANA"


class Grafana(Closeable):
    """A server; its API is discovered when it is first used.

    Credentials come from the environment, as `publish.http.credentials` says.
    """

    def __init__(
        self,
        address: str,
        choice: str,
        org: int | None,
        *,
        allow_http: bool,
        credentials_name: str = NAME,
    ) -> None:
        self._org = org
        self._allow_http = allow_http
        self._credentials = read_credentials(credentials_name, os.environ)
        self._address = validate_server_address(address, "--grafana")
        self.connection = self.open_connection()
        self._choice = choice
        self._api: GrafanaApi | None = None
        self._discovery_lock = Lock()

    @property
    def address(self) -> str:
        """Where it is."""
        return self.connection.address

    @property
    def api(self) -> GrafanaApi:
        """The API that the server offers and that was chosen; several threads may ask for it."""
        with self._discovery_lock:
            if self._api is None:
                self._api = discover_api(self.connection, self._choice)
            return self._api

    def open_connection(self, path: str = "") -> Connection:
        """Another connection, to what is below a path of the server."""
        return Connection(
            f"{self._address}{path}",
            self._credentials,
            headers={"X-Grafana-Org-Id": str(self._org)} if self._org else {},
            allow_http=self._allow_http,
            max_connections=MAX_CONCURRENCY,
        )

    def close(self) -> None:
        """Give the connections back."""
        self.connection.close()
