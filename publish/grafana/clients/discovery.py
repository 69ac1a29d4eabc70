"""Discovery of the APIs of a Grafana and of their versions."""

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.api import GrafanaApi, SchemaVersions
from tailboard.publish.grafana.clients.app_platform_api import AppPlatformApi
from tailboard.publish.grafana.clients.classic_api import ClassicApi
from tailboard.publish.grafana.clients.dashboard_reader import DashboardReader
from tailboard.publish.grafana.clients.responses import parse_response, read_object, read_objects
from tailboard.publish.grafana.clients.stored_version import V1_VERSIONS, is_v2_version
from tailboard.publish.http.address import format_address
from tailboard.publish.http.connection import Connection

API_CHOICES = ("auto", "classic", "apis")


def discover_api(connection: Connection, choice: str = "auto") -> GrafanaApi:
    """The API to use: the newest one of the server, or the one that was chosen."""
    _check_grafana(connection)
    schema_versions = _build_schema_versions(_list_versions(connection, "dashboard.grafana.app"))
    if choice == "classic":
        has_schemas = schema_versions.v1 and schema_versions.v2
        return ClassicApi(
            connection,
            DashboardReader(connection, _find_namespace(connection), schema_versions)
            if has_schemas
            else None,
        )
    folder_versions = _list_versions(connection, "folder.grafana.app") if schema_versions.v1 else []
    folder_version = _select_v1_version(folder_versions)
    if schema_versions.v1 and folder_version:
        return AppPlatformApi(
            connection, _find_namespace(connection), schema_versions, folder_version
        )
    if choice == "apis":
        raise TailboardError(
            f"{format_address(connection.address)} has no {' or '.join(V1_VERSIONS)} of "
            f"{'folder' if schema_versions.v1 else 'dashboard'}.grafana.app",
            tip="leave --api out: the classic API does the same.",
        )
    return ClassicApi(connection)


def _check_grafana(connection: Connection) -> None:
    """Say so early where no Grafana answers, or its address lacks a sub-path."""
    response = connection.request("GET", "/api/health")
    is_grafana = isinstance(response.body, dict) and "database" in response.body
    if not is_grafana:
        raise ServerError(
            f"{format_address(connection.address)} is no Grafana: "
            f"its /api/health says {response.message}",
            tip="look at the address; behind a proxy Grafana may have a sub-path.",
        )
    if not response.ok:
        raise ServerError(
            f"{format_address(connection.address)} is not healthy: its database is "
            f"{response.body['database']}",
            tip="look into Grafana's log.",
        )


def _list_versions(connection: Connection, group: str) -> list[str]:
    """The versions of a group that the server offers, the preferred one first."""
    try:
        response = connection.request("GET", f"/apis/{group}")
    except ServerError as error:
        if error.status == 404:  # an older Grafana, which shows its page for what it does not know
            return []
        raise
    if response.status in {403, 404} or not isinstance(response.body, dict):
        return []
    return parse_response(
        response,
        f"asking for {group}",
        lambda body: [str(entry.get("version")) for entry in read_objects(body.get("versions"))],
    )


def _build_schema_versions(versions: list[str]) -> SchemaVersions:
    v2_version = next((version for version in versions if is_v2_version(version)), "")
    return SchemaVersions(tuple(versions), _select_v1_version(versions), v2_version)


def _select_v1_version(versions: list[str]) -> str:
    """The newest version of schema v1 among those that a server offers, or nothing."""
    return next((version for version in V1_VERSIONS if version in versions), "")


def _find_namespace(connection: Connection) -> str:
    """Where this organisation's things are: `default`, `org-2`, `stacks-1234`."""
    response = connection.request("GET", "/api/frontend/settings")
    namespace = parse_response(
        response, "reading the settings", lambda body: read_object(body or {}).get("namespace")
    )
    if namespace:
        return str(namespace)
    response = connection.request("GET", "/api/org")
    org_id = parse_response(
        response, "reading the organisation", lambda body: int(read_object(body)["id"])
    )
    return "default" if org_id == 1 else f"org-{org_id}"
