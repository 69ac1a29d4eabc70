"""The ruler of a name: mimir, cortex, loki, grafana, file."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.http.address import validate_server_address
from tailboard.publish.http.connection import Connection, parse_json
from tailboard.publish.http.credentials import read_credentials
from tailboard.publish.parallel import MAX_CONCURRENCY
from tailboard.publish.rulers.ruler import Ruler
from tailboard.publish.rulers.servers.convert_api import ConvertApi
from tailboard.publish.rulers.servers.rule_files import RuleFiles
from tailboard.publish.rulers.servers.ruler_api import CORTEX, LOKI, MIMIR, RulerApi
from tailboard.publish.rulers.servers.yaml_reader import parse_yaml

GRAFANA = "grafana"
API_PATHS = {"mimir": MIMIR, "cortex": CORTEX, "loki": LOKI}
FILE = "file"
RULER_KINDS = (*API_PATHS, GRAFANA, FILE)
CREDENTIALS = "RULER"
TENANT_HEADER = "X-Scope-OrgID"


def connect_ruler(
    kind: str,
    namespace: str,
    *,
    address: str = "",
    folder: Path | None = None,
    tenant: str = "",
    data_source: str = "",
    grafana: Grafana | None = None,
    credentials_name: str = CREDENTIALS,
    allow_http: bool = False,
) -> Ruler:
    """A namespace of a ruler; credentials come from variables that begin with a name."""

    def connect(parse: Callable[[bytes], Any], body_format: str) -> Connection:
        return Connection(
            validate_server_address(address, "--rules-url"),
            read_credentials(credentials_name, os.environ),
            headers={TENANT_HEADER: tenant} if tenant else {},
            allow_http=allow_http,
            max_connections=MAX_CONCURRENCY,
            parse=parse,
            body_format=body_format,
        )

    if kind == GRAFANA:
        if grafana is None:
            raise TailboardError(
                "rules go to a Grafana, and none is named", tip="say --grafana URL."
            )
        return ConvertApi(grafana.connection, namespace, data_source)
    if kind == FILE:
        if folder is None:
            raise TailboardError(
                "rules go to files, and no folder is named", tip="say --rules-path DIR."
            )
        return RuleFiles(folder, namespace, connect(parse_json, "JSON") if address else None)
    if not address:
        raise TailboardError(
            f"rules go to {API_PATHS[kind].label}, and no address is named",
            tip="say --rules-url URL, or set RULER_URL.",
        )
    connection = connect(parse_yaml, "YAML")
    return RulerApi(connection, API_PATHS[kind], namespace, has_tenant=bool(tenant))
