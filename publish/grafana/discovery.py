"""Which of Grafana's APIs a server has, and in which versions: asked, never assumed."""

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.answers import checked
from tailboard.publish.grafana.api import Api
from tailboard.publish.grafana.apis import Apis
from tailboard.publish.grafana.classic import Classic
from tailboard.publish.http.address import shown
from tailboard.publish.http.connection import Connection

VERSIONS = ("v1", "v1beta1")
"""The versions of the newer API whose documents are ours, newest first; v2 has other documents."""

CHOICES = ("auto", "classic", "apis")


def discovered(connection: Connection, choice: str = "auto") -> Api:
    """The API to use: the newer one where the server has it, or the one that was chosen."""
    _check_grafana(connection)
    if choice == "classic":
        return Classic(connection)
    dashboards = _version(connection, "dashboard.grafana.app")
    folders = _version(connection, "folder.grafana.app") if dashboards else ""
    if dashboards and folders:
        return Apis(connection, _namespace(connection), dashboards, folders)
    if choice == "apis":
        raise TailboardError(
            f"{shown(connection.address)} has no {' or '.join(VERSIONS)} of "
            f"{'folder' if dashboards else 'dashboard'}.grafana.app",
            tip="leave --api out: the classic API does the same.",
        )
    return Classic(connection)


def _check_grafana(connection: Connection) -> None:
    """Say so early where no Grafana answers, or its address lacks a sub-path."""
    answer = connection.ask("GET", "/api/health")
    known = isinstance(answer.body, dict) and "database" in answer.body
    if not known:
        raise ServerError(
            f"{shown(connection.address)} is no Grafana: its /api/health says {answer.message}",
            tip="look at the address; behind a proxy Grafana may have a sub-path.",
        )
    if not answer.ok:
        raise ServerError(
            f"{shown(connection.address)} is not healthy: its database is "
            f"{answer.body['database']}",
            tip="look into Grafana's log.",
        )


def _version(connection: Connection, group: str) -> str:
    """The newest version that we can write, or nothing."""
    try:
        answer = connection.ask("GET", f"/apis/{group}")
    except ServerError as error:
        if error.status == 404:  # an older Grafana, which shows its page for what it does not know
            return ""
        raise
    if answer.status in {403, 404} or not isinstance(answer.body, dict):
        return ""
    body = checked(answer, f"asking for {group}").body
    offered = [str(it.get("version")) for it in body.get("versions") or []]
    return next((it for it in VERSIONS if it in offered), "")


def _namespace(connection: Connection) -> str:
    """Where this organisation's things are: `default`, `org-2`, `stacks-1234`."""
    settings = checked(connection.ask("GET", "/api/frontend/settings"), "reading the settings")
    found = (settings.body or {}).get("namespace")
    if found:
        return str(found)
    org = checked(connection.ask("GET", "/api/org"), "reading the organisation").body["id"]
    return "default" if org == 1 else f"org-{org}"
