"""One server: asked for JSON, over connections that are kept, again where that is safe."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tailboard import __version__
from tailboard.publish.closeable import Closeable
from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.http.address import (
    format_address,
    is_same_server,
    is_secure,
    parse_address,
    resolve_redirect,
)
from tailboard.publish.http.credentials import Credentials
from tailboard.publish.http.request_errors import build_server_error
from tailboard.publish.http.retry import SAFE_METHODS, build_retry

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and to wait for more."""

MAX_REDIRECTS = 5
LOGIN_SEGMENT = "login"
HTML_PREFIXES = ("<!doctype", "<html")


@dataclass(frozen=True)
class Response:
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
        reason = self.body.get("message") or self.body.get("error") if _is_object(self.body) else ""
        return " ".join(str(reason or self.text or f"status {self.status}").split())[:300]


class Connection(Closeable):
    """A server at an address, which may have a sub-path, and who asks it.

    A secret is only sent encrypted, or to this machine, unless `allow_http`; and only to this
    server, wherever it redirects. Several threads may ask at once, over at most `connections`.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow_http: bool = False,
        max_connections: int = 8,
        timeout: tuple[float, float] = TIMEOUT,
        backoff_factor: float = 0.5,
    ) -> None:
        self.address = address
        self.credentials = credentials or Credentials()
        if self.credentials.has_secret and not allow_http and not is_secure(address):
            raise TailboardError(
                f"{format_address(address)} is not encrypted: anybody on the way could read the credentials",
                tip="use https://, or say --allow-http if you are sure of the way.",
            )
        self._timeout = timeout
        self._slots = threading.BoundedSemaphore(max_connections)
        self._session = _build_session(
            self.credentials, headers or {}, max_connections, backoff_factor
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The server's answer, whatever its status but 401; an HTML page is none.

        Raises `NotAllowedError` for 401, `ServerError` where there is no answer, with `.uncertain`
        where the server may have done what was asked all the same.
        """
        address = f"{self.address}/{path.lstrip('/')}"
        with self._slots:
            for _ in range(MAX_REDIRECTS + 1):
                response = self._send_request(method, address, params, data, json, headers)
                if not response.is_redirect:
                    return self._parse_response(response, address)
                address, params = self._resolve_redirect(method, address, response), None
        raise ServerError(f"{format_address(address)} redirects more than {MAX_REDIRECTS} times")

    def _send_request(
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
                auth=self._authorize_request,
                allow_redirects=False,
                timeout=self._timeout,
                verify=self.credentials.ca_file or None,
            )
        except (requests.RequestException, OSError, ValueError) as error:
            raise build_server_error(
                error, address, is_repeatable=method in SAFE_METHODS
            ) from error

    def _authorize_request(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put our credentials into a request; without this, requests looks into ~/.netrc."""
        if self.credentials.token:
            request.headers["Authorization"] = f"Bearer {self.credentials.token}"
        elif self.credentials.user:
            basic_auth = requests.auth.HTTPBasicAuth(
                self.credentials.user.encode("utf-8"), self.credentials.password.encode("utf-8")
            )
            request = basic_auth(request)
        return request

    def _resolve_redirect(self, method: str, address: str, response: requests.Response) -> str:
        try:
            target = resolve_redirect(address, response.headers["location"])
        except ValueError as error:
            raise ServerError(
                f"{format_address(address)} redirects to what is no plain address",
                tip="another server answers there: look at the address.",
            ) from error
        location = format_address(target)
        if self._is_login_redirect(address, target) or not is_same_server(address, target):
            raise ServerError(
                f"{format_address(address)} sends to {location}",
                tip="it is a login, or the server's address is another one: name that.",
            )
        if method not in SAFE_METHODS:
            raise ServerError(
                f"{format_address(address)} has moved to {location}",
                tip="name the server's new address.",
            )
        return target

    def _is_login_redirect(self, address: str, target: str) -> bool:
        """Whether a redirect leads to a login, and not to what was asked and is called so."""
        path = _read_path(target)
        relative_path = path.removeprefix(_read_path(self.address))
        name = path.rpartition("/")[2]
        is_requested = _read_path(address).endswith(f"/{name}")
        return relative_path.split("/")[1:2] == [LOGIN_SEGMENT] or (
            name == LOGIN_SEGMENT and not is_requested
        )

    def _parse_response(self, response: requests.Response, address: str) -> Response:
        if response.status_code == 401:
            raise NotAllowedError(
                f"{format_address(self.address)} does not accept the credentials (401)"
                if self.credentials.has_secret
                else f"{format_address(self.address)} wants credentials (401)",
                tip="set a token that is valid for this server; see --help for the variables.",
            )
        try:
            body = response.json() if response.content else None
        except ValueError:
            body = None
            if response.text.lstrip()[:9].lower().startswith(HTML_PREFIXES):
                raise ServerError(
                    f"{format_address(address)} answers {response.status_code} with an HTML page",
                    tip="it is a login or a proxy's page, or the address lacks a sub-path.",
                    status=response.status_code,
                    is_uncertain=True,
                ) from None
            if response.ok:
                raise ServerError(
                    f"{format_address(address)} answers {response.status_code} with something else than JSON",
                    tip="look at the address: another server listens there, or a proxy cut it off.",
                    is_uncertain=True,
                ) from None
        text = "" if body is not None else response.text[:300]
        return Response(response.status_code, body, text, response.headers)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


def _read_path(address: str) -> str:
    return (parse_address(address).path or "").rstrip("/")


def _is_object(body: Any) -> bool:
    return isinstance(body, dict)


def _build_session(
    credentials: Credentials,
    headers: Mapping[str, str],
    max_connections: int,
    backoff_factor: float,
) -> requests.Session:
    session = requests.Session()
    session.headers.update(
        {
            "Accept": "application/json",
            "User-Agent": f"tailboard/{__version__}",
            **headers,
            **credentials.headers,
        }
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if credentials.certificate_file:
        session.cert = (
            (credentials.certificate_file, credentials.key_file)
            if credentials.key_file
            else credentials.certificate_file
        )
    adapter = HTTPAdapter(
        pool_connections=1,
        pool_maxsize=max_connections,
        max_retries=build_retry(backoff_factor),
        pool_block=True,
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
