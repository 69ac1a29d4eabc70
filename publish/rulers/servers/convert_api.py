"""Grafana's API for rule groups of Prometheus, which it keeps and evaluates itself: 12.0 and newer.

Grafana stores what was sent of each rule besides its own form of it, so that what is read back is
what was written. A namespace is a folder of that title, which Grafana creates.
https://grafana.com/docs/grafana/latest/alerting/alerting-rules/alerting-migration/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.data_sources import list_prometheus_sources
from tailboard.publish.http.connection import Connection, Response
from tailboard.publish.rulers.rule_group import JsonObject
from tailboard.publish.rulers.ruler import RefusedError
from tailboard.publish.rulers.servers.ruler_api import (
    NOT_FOUND,
    RulerApi,
    RulerPaths,
    quote_segment,
    translate_shape_errors,
    validate_response,
)

PATHS = RulerPaths(
    "Grafana",
    "/api/convert/prometheus/config/v1/rules",
    "/api/prometheus/grafana/api/v1/rules",
)
HEADERS = {"Accept": "application/json", "Content-Type": "application/yaml"}
DEFAULT_INTERVAL = "1m"
"""Written where a group has none: Grafana would put its own setting there."""

FOLDERS_PATH = "/api/folders"
UNSUPPORTED_FIELDS = ("limit",)
MAX_MESSAGE_BYTES = 500


class ConvertApi(RulerApi):
    """Grafana's own rules of one folder, which evaluate a data source of the type Prometheus.

    Grafana takes one request at a time.
    """

    max_concurrency = 1

    def __init__(self, connection: Connection, namespace: str, data_source: str) -> None:
        super().__init__(connection, PATHS, namespace)
        self._data_source = data_source
        self._has_api = False
        self.is_new_namespace = False

    def build_stored_form(self, content: JsonObject) -> JsonObject:
        """The group with an interval, which Grafana always shows."""
        for name in UNSUPPORTED_FIELDS:
            if content.get(name):
                raise RefusedError(
                    f"the rule group {content['name']!r} has a {name}, which Grafana does not know",
                    tip=f"leave out its {name}, or publish it to a ruler.",
                )
        name, rest = content["name"], {key: content[key] for key in content if key != "name"}
        return {"name": name, "interval": DEFAULT_INTERVAL, **rest}

    def delete_empty_namespace(self) -> None:
        """Delete the folder, if it holds nothing at all."""
        action = f"deleting the empty folder {self.namespace!r}"
        response = self._send("GET", FOLDERS_PATH, params={"limit": "1000"})
        with translate_shape_errors(action):
            uids = [
                str(folder["uid"])
                for folder in response.body or []
                if folder["title"] == self.namespace
            ]
        for uid in uids[:1]:
            path = f"{FOLDERS_PATH}/{quote_segment(uid)}"
            counts = self._send("GET", f"{path}/counts")
            if counts.ok and isinstance(counts.body, dict) and not any(counts.body.values()):
                validate_response(self._send("DELETE", path), action, self.label)

    @property
    def credential_notes(self) -> Sequence[str]:
        """None: they are those of the Grafana."""
        return ()

    def close(self) -> None:
        """Nothing: the connection is that of the Grafana."""

    def _build_headers(self) -> Mapping[str, str]:
        return HEADERS

    def _build_write_headers(self, message: str) -> Mapping[str, str]:
        if not self._data_source:
            self._data_source = find_default_data_source(self._connection)
        text = " ".join(message.encode("ascii", "replace").decode().split())[:MAX_MESSAGE_BYTES]
        return {
            **HEADERS,
            "X-Grafana-Alerting-Datasource-UID": self._data_source,
            **({"X-Grafana-Alerting-Version-Message": text} if text else {}),
        }

    def _note_missing_namespace(self) -> None:
        self.is_new_namespace = True

    def _list_groups(self, body: Any) -> list[Any]:
        """The groups of the folder, which is the only one of this answer.

        Grafana calls it by the last part of its path, in which it escapes characters.
        """
        lists = list((body or {}).values())
        if not all(isinstance(groups, list) for groups in lists):
            raise TypeError("groups that are no list")
        return [group for groups in lists for group in groups]

    def _check_missing_namespace(self, response: Response, action: str) -> None:
        """Tell a folder that is not there from a Grafana without this API."""
        if self._has_api:
            return
        answer = self._send("GET", self._paths.rules)
        if answer.status == NOT_FOUND:
            raise ServerError(
                f"{action}: this Grafana has no {self._paths.rules} (404)",
                tip="it came with 12.0. For an older one, `tailboard build --format alerting` "
                "writes files that Grafana provisions its rules from.",
                status=NOT_FOUND,
            )
        self._has_api = True


def find_default_data_source(connection: Connection) -> str:
    """The uid of the data source that rules ask: the default one, or the only one."""
    sources = list_prometheus_sources(connection)
    candidates = [source for source in sources if source.get("isDefault")] or sources
    if len(candidates) != 1:
        names = ", ".join(sorted(str(source.get("name")) for source in sources)[:5])
        raise TailboardError(
            f"which data source do the rules ask? Grafana has {names or 'none'} of the type "
            "Prometheus",
            tip="name its uid: --data-source UID, or data_source in the settings.",
        )
    return str(candidates[0].get("uid") or candidates[0].get("name"))
