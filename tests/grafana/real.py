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

from tests.live.processes import HOST, Children, free_port, wait_until

ADMIN = ("admin", "admin")
START_UP = 120
QUIET = {
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


def basic(user: str, password: str) -> dict[str, str]:
    """The header of basic authentication."""
    word = b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


def bearer(token: str) -> dict[str, str]:
    """The header of a service account's token."""
    return {"Authorization": f"Bearer {token}"}


@dataclass
class RealGrafana:
    """A server that answers; `throw_away` tells whether a test may empty it."""

    url: str
    admin: Mapping[str, str]
    throw_away: bool = True
    _tokens: dict[str, str] = field(default_factory=dict)

    def credentials(self, who: str) -> Mapping[str, str]:
        """The headers of a role; a service account is made when it is first asked for."""
        if who == "admin":
            return self.admin
        if who == "nobody":
            return {}
        if who == "stranger":
            return bearer("glsa_wrong")
        if who == "mistyped":
            return basic("admin", "wrong")
        return bearer(self.token(who))

    def token(self, who: str) -> str:
        """The token of a service account with a role: viewer, editor, administrator or none."""
        if who not in self._tokens:
            role = {"administrator": "Admin"}.get(who, who.capitalize())
            name = f"{who}-{secrets.token_hex(4)}"
            made = self.ask("POST", "/api/serviceaccounts", {"name": name, "role": role}).json()
            path = f"/api/serviceaccounts/{made['id']}/tokens"
            self._tokens[who] = self.ask("POST", path, {"name": name}).json()["key"]
        return self._tokens[who]

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask as the administrator."""
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, self.url + path, json=body, headers=dict(self.admin), timeout=60
            )

    def version(self) -> str:
        """Which Grafana this is."""
        return str(self.ask("GET", "/api/health").json()["version"])

    def is_ready(self) -> bool:
        """Whether it answers as it should."""
        with suppress(requests.ConnectionError):
            return self.ask("GET", "/api/org").ok
        return False

    def empty(self) -> None:
        """Delete every rule, folder and dashboard of a throw-away server."""
        assert self.throw_away, "this server belongs to somebody"
        self._tokens.clear()
        for rule in self.ask("GET", "/api/v1/provisioning/alert-rules").json():
            self.ask("DELETE", f"/api/v1/provisioning/alert-rules/{rule['uid']}")
        for kind, path in (("folder", "/api/folders"), ("db", "/api/dashboards/uid")):
            for found in self._everything(kind):
                self.ask("DELETE", f"{path}/{found}")

    def _everything(self, kind: str) -> list[str]:
        group, name = (
            ("folder.grafana.app", "folders")
            if kind == "folder"
            else ("dashboard.grafana.app", "dashboards")
        )
        answer = self.ask("GET", f"/apis/{group}/v1beta1/namespaces/default/{name}")
        if answer.ok:
            return [each["metadata"]["name"] for each in answer.json()["items"]]
        found = self.ask("GET", f"/api/search?type=dash-{kind}&limit=5000").json()
        return [each["uid"] for each in found]


def named() -> RealGrafana | None:
    """The server of GRAFANA_URL with GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD."""
    url = os.environ.get("GRAFANA_URL")
    if not url:
        return None
    token = os.environ.get("GRAFANA_TOKEN")
    user = os.environ.get("GRAFANA_USER", ADMIN[0])
    password = os.environ.get("GRAFANA_PASSWORD", ADMIN[1])
    admin = bearer(token) if token else basic(user, password)
    return RealGrafana(url.rstrip("/"), admin, throw_away=False)


def home_of(binary: Path) -> Path | None:
    """Where the binary's defaults are: GRAFANA_HOME, beside it, or where packages put them."""
    named_home = os.environ.get("GRAFANA_HOME")
    beside = [binary.parent.parent, binary.resolve().parent.parent]
    candidates = [Path(named_home)] if named_home else [*beside, Path("/usr/share/grafana")]
    return next((home for home in candidates if (home / "conf" / "defaults.ini").exists()), None)


def installed() -> Path | None:
    """The `grafana` of this machine, if its home is found as well."""
    path = shutil.which("grafana")
    return Path(path) if path and home_of(Path(path)) else None


@contextmanager
def started(folder: Path, **settings: str) -> Iterator[RealGrafana]:
    """A Grafana on a free loopback port with an empty database in this folder.

    Settings are Grafana's own: `GF_SERVER_SERVE_FROM_SUB_PATH="true"`.
    """
    binary = installed()
    assert binary is not None
    port = free_port()
    environment = {
        **QUIET,
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
    command = [str(binary), "server", f"--homepath={home_of(binary)}"]
    with Children(folder) as children:
        child = children.start("grafana", command, environment=environment)
        child.wait_for_ports([port], timeout=START_UP)
        server = RealGrafana(f"http://{HOST}:{port}", basic(*ADMIN))
        assert wait_until(server.is_ready, START_UP, interval=0.2), "Grafana never got ready"
        yield server
