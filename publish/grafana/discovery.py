"""Discovery of the APIs of a Grafana and of their versions."""

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.api import GrafanaApi
from tailboard.publish.grafana.app_platform_api import AppPlatformApi
from tailboard.publish.grafana.classic_api import ClassicApi
from tailboard.publish.grafana.responses import parse_response, read_object, read_objects
from tailboard.publish.http.address import format_address
from tailboard.publish.http.connection import Connection

SUPPORTED_VERSIONS = ("v1", "v1beta1")
"""The versions of the newer API whose documents are ours, newest first; v2 has other documents."""

API_CHOICES = ("auto", "classic", "apis")


def discover_api(connection: Connection, choice: str = "auto") -> GrafanaApi:
    """The API to use: the newest one of the server, or the one that was chosen."""
    _check_grafana(connection)
    if choice == "classic":
        return ClassicApi(connection)
    dashboard_version = _find_version(connection, "dashboard.grafana.app")
    folder_version = _find_version(connection, "folder.grafana.app") if dashboard_version else ""
    if dashboard_version and folder_version:
        return AppPlatformApi(
            connection, _find_namespace(connection), dashboard_version, folder_version
        )
    if choice == "apis":
        raise TailboardError(
            f"{format_address(connection.address)} has no {' or '.join(SUPPORTED_VERSIONS)} of "
            f"{'folder' if dashboard_version else 'dashboard'}.grafana.app",
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


def _find_version(connection: Connection, group: str) -> str:
    """The newest version that we can write, or nothing."""
    try:
        response = connection.request("GET", f"/apis/{group}")
    except ServerError as error:
        if error.status == 404:  # an older Grafana, which shows its page for what it does not know
            return ""
        raise
    if response.status in {403, 404} or not isinstance(response.body, dict):
        return ""
    server_versions = parse_response(
        response,
        f"asking for {group}",
        lambda body: [str(entry.get("version")) for entry in read_objects(body.get("versions"))],
    )
    return next((version for version in SUPPORTED_VERSIONS if version in server_versions), "")


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
