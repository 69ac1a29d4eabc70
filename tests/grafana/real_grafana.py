"""A real Grafana: the one that the environment names, or a `grafana` of this machine."""

import os
import secrets
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.live.processes import HOST, ChildProcesses, find_free_port, wait_until

ADMIN = ("admin", "admin")
START_UP_SECONDS = 120
QUIET_SETTINGS = {
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_AUTH_ANONYMOUS_ENABLED": "false",
    "GF_LOG_LEVEL": "warn",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    "GF_PLUGINS_PREINSTALL_AUTO_UPDATE": "false",
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED": "true",
    "GF_RBAC_PERMISSION_CACHE": "false",
    "GF_SECURITY_ADMIN_PASSWORD": ADMIN[1],
    "GF_SECURITY_ADMIN_USER": ADMIN[0],
    "GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION": "true",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
}


def build_basic_header(user: str, password: str) -> dict[str, str]:
    """The header of basic authentication."""
    word = b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


def build_bearer_header(token: str) -> dict[str, str]:
    """The header of a service account's token."""
    return {"Authorization": f"Bearer {token}"}


@dataclass
class RealGrafana:
    """A running server; `is_disposable` tells whether a test may empty it."""

    url: str
    admin: Mapping[str, str]
    is_disposable: bool = True
    _tokens: dict[str, str] = field(default_factory=dict)

    def build_credentials(self, user: str) -> Mapping[str, str]:
        """The headers of a role; a service account is made when it is first asked for."""
        if user == "admin":
            return self.admin
        if user == "nobody":
            return {}
        if user == "stranger":
            return build_bearer_header("glsa_wrong")
        if user == "mistyped":
            return build_basic_header("admin", "wrong")
        return build_bearer_header(self.create_token(user))

    def create_token(self, user: str) -> str:
        """The token of a service account with a role: viewer, editor, administrator or none."""
        if user not in self._tokens:
            role = {"administrator": "Admin"}.get(user, user.capitalize())
            name = f"{user}-{secrets.token_hex(4)}"
            account = self.send_request(
                "POST", "/api/serviceaccounts", {"name": name, "role": role}
            ).json()
            path = f"/api/serviceaccounts/{account['id']}/tokens"
            self._tokens[user] = self.send_request("POST", path, {"name": name}).json()["key"]
        return self._tokens[user]

    def send_request(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask as the administrator."""
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, self.url + path, json=body, headers=dict(self.admin), timeout=60
            )

    def fetch_version(self) -> str:
        """Which Grafana this is."""
        return str(self.send_request("GET", "/api/health").json()["version"])

    def is_ready(self) -> bool:
        """Whether it answers as it should."""
        with suppress(requests.ConnectionError):
            return self.send_request("GET", "/api/org").ok
        return False

    def delete_items(self) -> None:
        """Delete every rule, folder and dashboard of a throw-away server."""
        assert self.is_disposable, "this server belongs to somebody"
        self._tokens.clear()
        for rule in self.send_request("GET", "/api/v1/provisioning/alert-rules").json():
            self.send_request("DELETE", f"/api/v1/provisioning/alert-rules/{rule['uid']}")
        for kind, path in (("folder", "/api/folders"), ("db", "/api/dashboards/uid")):
            for uids in self._list_uids(kind):
                self.send_request("DELETE", f"{path}/{uids}")

    def _list_uids(self, kind: str) -> list[str]:
        group, name = (
            ("folder.grafana.app", "folders")
            if kind == "folder"
            else ("dashboard.grafana.app", "dashboards")
        )
        answer = self.send_request("GET", f"/apis/{group}/v1beta1/namespaces/default/{name}")
        if answer.ok:
            return [item["metadata"]["name"] for item in answer.json()["items"]]
        items = self.send_request("GET", f"/api/search?type=dash-{kind}&limit=5000").json()
        return [item["uid"] for item in items]


def connect_named_server() -> RealGrafana | None:
    """The server of GRAFANA_URL with GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD."""
    url = os.environ.get("GRAFANA_URL")
    if not url:
        return None
    token = os.environ.get("GRAFANA_TOKEN")
    user = os.environ.get("GRAFANA_USER", ADMIN[0])
    password = os.environ.get("GRAFANA_PASSWORD", ADMIN[1])
    admin = build_bearer_header(token) if token else build_basic_header(user, password)
    return RealGrafana(url.rstrip("/"), admin, is_disposable=False)


def find_home(binary: Path) -> Path | None:
    """Where the binary's defaults are: GRAFANA_HOME, beside it, or where packages put them."""
    named_home = os.environ.get("GRAFANA_HOME")
    beside = [binary.parent.parent, binary.resolve().parent.parent]
    candidates = [Path(named_home)] if named_home else [*beside, Path("/usr/share/grafana")]
    return next((home for home in candidates if (home / "conf" / "defaults.ini").exists()), None)


def find_installation() -> Path | None:
    """The `grafana` of this machine, if its home is found as well."""
    path = shutil.which("grafana")
    return Path(path) if path and find_home(Path(path)) else None


@contextmanager
def run_grafana(folder: Path, **settings: str) -> Iterator[RealGrafana]:
    """A Grafana on a free loopback port with an empty database in this folder.

    Settings are Grafana's own: `GF_SERVER_SERVE_FROM_SUB_PATH="true"`.
    """
    binary = find_installation()
    assert binary is not None
    port = find_free_port()
    environment = {
        **QUIET_SETTINGS,
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_PATHS_LOGS": str(folder / "log"),
        "GF_PATHS_PLUGINS": str(folder / "plugins"),
        "GF_PATHS_PROVISIONING": str(folder / "provisioning"),
        "GF_SERVER_HTTP_ADDR": HOST,
        "GF_SERVER_HTTP_PORT": str(port),
        **settings,
    }
    for name in ("plugins", "provisioning"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    command = [str(binary), "server", f"--homepath={find_home(binary)}"]
    with ChildProcesses(folder) as children:
        child = children.start_process("grafana", command, environment=environment)
        child.wait_for_ports([port], timeout=START_UP_SECONDS)
        server = RealGrafana(f"http://{HOST}:{port}", build_basic_header(*ADMIN))
        assert wait_until(server.is_ready, START_UP_SECONDS, interval=0.2), (
            "Grafana never got ready"
        )
        yield server
