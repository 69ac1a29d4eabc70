"""One server: asked for JSON, over connections that are kept, again where that is safe."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from tailboard import __version__
from tailboard.publish.closing import Closing
from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.http.address import is_private, is_same, shown
from tailboard.publish.http.credentials import Credentials
from tailboard.publish.http.patience import REPEATABLE, patience
from tailboard.publish.http.problems import problem_of

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and to wait for more."""

MOST_REDIRECTS = 5
LOGIN = "login"
HTML = ("<!doctype", "<html")


@dataclass(frozen=True)
class Answer:
    """A status, and a body that was JSON; `text` is the beginning of one that was not."""

    status: int
    body: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the server did as it was asked."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """The reason that the server gave, in one line."""
        said = self.body.get("message") or self.body.get("error") if _is_object(self.body) else ""
        return " ".join(str(said or self.text or f"status {self.status}").split())[:300]


class Connection(Closing):
    """A server at an address, which may have a sub-path, and who asks it.

    A secret is only sent encrypted, or to this machine, unless `allow_http`; and only to this
    server, wherever it redirects. Several threads may ask at once, over at most `connections`.
    """

    def __init__(
        self,
        address: str,
        who: Credentials | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow_http: bool = False,
        connections: int = 8,
        timeout: tuple[float, float] = TIMEOUT,
        pause: float = 0.5,
    ) -> None:
        self.address = address
        self.who = who or Credentials()
        if self.who.secret and not allow_http and not is_private(address):
            raise TailboardError(
                f"{shown(address)} is not encrypted: anybody on the way could read the credentials",
                tip="use https://, or say --allow-http if you are sure of the way.",
            )
        self._timeout = timeout
        self._free = threading.BoundedSemaphore(connections)
        self._session = _session(self.who, headers or {}, connections, pause)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The server's answer, whatever its status but 401; an HTML page is none.

        Raises `NotAllowedError` for 401, `ServerError` where there is no answer, with `.uncertain`
        where the server may have done what was asked all the same.
        """
        address = f"{self.address}/{path.lstrip('/')}"
        with self._free:
            for _ in range(MOST_REDIRECTS + 1):
                found = self._send(method, address, params, data, json, headers)
                if not found.is_redirect:
                    return self._read(found, address)
                address, params = self._redirected(method, address, found), None
        raise ServerError(f"{shown(address)} redirects more than {MOST_REDIRECTS} times")

    def _send(
        self, method: str, address: str, params: Any, data: Any, json: Any, headers: Any
    ) -> requests.Response:
        try:
            return self._session.request(
                method,
                address,
                params=params,
                data=data,
                json=json,
                headers=headers,
                auth=self._authorised,
                allow_redirects=False,
                timeout=self._timeout,
                verify=self.who.ca or None,
            )
        except (requests.RequestException, OSError, ValueError) as error:
            raise problem_of(error, address, repeatable=method in REPEATABLE) from error

    def _authorised(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put our credentials into a request; without this, requests looks into ~/.netrc."""
        if self.who.token:
            request.headers["Authorization"] = f"Bearer {self.who.token}"
        elif self.who.user:
            basic = requests.auth.HTTPBasicAuth(
                self.who.user.encode("utf-8"), self.who.password.encode("utf-8")
            )
            request = basic(request)
        return request

    def _redirected(self, method: str, address: str, found: requests.Response) -> str:
        target = urljoin(address, found.headers["location"])
        where = shown(target)
        if self._is_login(address, target) or not is_same(address, target):
            raise ServerError(
                f"{shown(address)} sends to {where}",
                tip="it is a login, or the server's address is another one: name that.",
            )
        if method not in REPEATABLE:
            raise ServerError(
                f"{shown(address)} has moved to {where}", tip="name the server's new address."
            )
        return target

    def _is_login(self, asked: str, target: str) -> bool:
        """Whether a redirect leads to a login, and not to what was asked and is called so."""
        path = urlsplit(target).path.rstrip("/")
        below = path.removeprefix(urlsplit(self.address).path.rstrip("/"))
        name = path.rpartition("/")[2]
        is_asked = urlsplit(asked).path.rstrip("/").endswith(f"/{name}")
        return below.split("/")[1:2] == [LOGIN] or (name == LOGIN and not is_asked)

    def _read(self, found: requests.Response, address: str) -> Answer:
        if found.status_code == 401:
            raise NotAllowedError(
                f"{shown(self.address)} does not accept the credentials (401)"
                if self.who.secret
                else f"{shown(self.address)} wants credentials (401)",
                tip="set a token that is valid for this server; see --help for the variables.",
            )
        try:
            body = found.json() if found.content else None
        except ValueError:
            body = None
            if found.text.lstrip()[:9].lower().startswith(HTML):
                raise ServerError(
                    f"{shown(address)} answers {found.status_code} with an HTML page",
                    tip="it is a login or a proxy's page, or the address lacks a sub-path.",
                    status=found.status_code,
                    uncertain=True,
                ) from None
            if found.ok:
                raise ServerError(
                    f"{shown(address)} answers {found.status_code} with something else than JSON",
                    tip="look at the address: another server listens there, or a proxy cut it off.",
                    uncertain=True,
                ) from None
        text = "" if body is not None else found.text[:300]
        return Answer(found.status_code, body, text, found.headers)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


def _is_object(body: Any) -> bool:
    return isinstance(body, dict)


def _session(
    who: Credentials, headers: Mapping[str, str], connections: int, pause: float
) -> requests.Session:
    session = requests.Session()
    session.headers.update(
        {
            "Accept": "application/json",
            "User-Agent": f"tailboard/{__version__}",
            **headers,
            **who.headers,
        }
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if who.certificate:
        session.cert = (who.certificate, who.key) if who.key else who.certificate
    adapter = HTTPAdapter(
        pool_connections=1, pool_maxsize=connections, max_retries=patience(pause), pool_block=True
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
