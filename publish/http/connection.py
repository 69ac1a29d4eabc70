"""The API of one server: requests over kept connections, retries where they are safe."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import requests

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
from tailboard.publish.http.request_errors import REQUEST_ERRORS, build_server_error
from tailboard.publish.http.retry import SAFE_METHODS, build_retry
from tailboard.publish.http.secret_filter import redact_secrets, register_secrets
from tailboard.publish.http.session import Limits, build_session, read_body

MAX_REDIRECTS = 5
LOGIN_SEGMENT = "login"
HTML_PREFIXES = (b"<!doctype", b"<html")
MAX_TEXT_BYTES = 1000
"""How much of a text is kept that is not JSON."""


@dataclass(frozen=True)
class Response:
    """A status, and a body that could be parsed; `text` is the beginning of one that could not."""

    status: int
    body: Any = None
    text: str = field(default="", repr=False)
    has_retries: bool = False
    """Whether the server was busy or unavailable before it answered."""

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """The reason that the server gave, in one line."""
        reason = self.body.get("message") or self.body.get("error") if _is_object(self.body) else ""
        body_text = self.body if isinstance(self.body, str) else ""
        text = redact_secrets(str(reason or self.text or body_text or f"status {self.status}"))
        return " ".join(text.split())[:300]


class Connection(Closeable):
    """A server at an address, which may have a sub-path, and the credentials for it.

    A secret is only sent encrypted, or to this machine, unless `allow_http`; and only to this
    server, wherever it redirects. Several threads may ask at once, over at most `connections`.
    `parse` reads bodies of another `body_format` than JSON, and raises `ValueError`.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow_http: bool = False,
        max_connections: int = 8,
        limits: Limits | None = None,
        backoff_factor: float = 0.5,
        parse: Callable[[bytes], Any] | None = None,
        body_format: str = "JSON",
    ) -> None:
        self.address = address
        self._parse = parse or parse_json
        self._body_format = body_format
        self.credentials = credentials or Credentials()
        register_secrets(
            self.credentials.token,
            self.credentials.user,
            self.credentials.password,
            self.credentials.headers,
        )
        if self.credentials.has_secret and not allow_http and not is_secure(address):
            raise TailboardError(
                f"{format_address(address)} is not encrypted: "
                "anybody on the way could read the credentials",
                tip="use https://, or say --allow-http if you are sure of the way.",
            )
        self._limits = limits or Limits()
        self._slots = threading.BoundedSemaphore(max_connections)
        self._session = build_session(
            self._limits,
            {"Accept": "application/json", **(headers or {}), **self.credentials.headers},
            pool_connections=1,
            pool_maxsize=max_connections,
            max_retries=build_retry(backoff_factor),
            pool_block=True,
        )
        if certificate_file := self.credentials.certificate_file:
            key_file = self.credentials.key_file
            self._session.cert = (certificate_file, key_file) if key_file else certificate_file

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | bytes | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The server's answer, whatever its status but 401; an HTML page is none.

        Raises `NotAllowedError` for 401, `ServerError` where there is no answer, with `.uncertain`
        where the server may have carried out the request all the same.
        """
        address = f"{self.address}/{path.lstrip('/')}"
        with self._slots:
            for _ in range(MAX_REDIRECTS + 1):
                response, content = self._send_request(method, address, params, data, json, headers)
                if not response.is_redirect:
                    return self._parse_response(response, content, address)
                address, params = self._resolve_redirect(method, address, response), None
        raise ServerError(f"{format_address(address)} redirects more than {MAX_REDIRECTS} times")

    def _send_request(
        self, method: str, address: str, params: Any, data: Any, json: Any, headers: Any
    ) -> tuple[requests.Response, bytes]:
        """The answer and its body; of a redirect no body is read."""
        try:
            with self._session.request(
                method,
                address,
                params=params,
                data=data,
                json=json,
                headers=headers,
                auth=self._authorize_request,
                allow_redirects=False,
                timeout=(self._limits.connect_timeout, self._limits.read_timeout),
                verify=self.credentials.ca_file or None,
                stream=True,
            ) as response:
                chunks = () if response.is_redirect else read_body(response, self._limits)
                return response, b"".join(chunks)
        except REQUEST_ERRORS as error:
            raise build_server_error(
                error, address, is_repeatable=method in SAFE_METHODS
            ) from error

    def _authorize_request(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the credentials to a request; without a callable, requests reads ~/.netrc."""
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
        """Whether a redirect leads to a login, and not to a requested item of that name."""
        path = _read_path(target)
        relative_path = path.removeprefix(_read_path(self.address))
        name = path.rpartition("/")[2]
        is_requested = _read_path(address).endswith(f"/{name}")
        return relative_path.split("/")[1:2] == [LOGIN_SEGMENT] or (
            name == LOGIN_SEGMENT and not is_requested
        )

    def _parse_response(
        self, response: requests.Response, content: bytes, address: str
    ) -> Response:
        status = response.status_code
        has_retries = bool(response.raw.retries and response.raw.retries.history)
        if status == 401:
            raise NotAllowedError(
                f"{format_address(self.address)} does not accept the credentials (401)"
                if self.credentials.has_secret
                else f"{format_address(self.address)} wants credentials (401)",
                tip="set a token that is valid for this server; see --help for the variables.",
            )
        try:
            body = self._parse(content) if content else None
        except ValueError as error:
            if content.lstrip()[:9].lower().startswith(HTML_PREFIXES):
                raise ServerError(
                    f"{format_address(address)} answers {status} with an HTML page",
                    tip="it is a login or a proxy's page, or the address lacks a sub-path.",
                    status=status,
                    is_uncertain=True,
                ) from error
            if response.ok:
                raise ServerError(
                    f"{format_address(address)} answers {status} with something else than "
                    f"{self._body_format}",
                    tip="look at the address: another server listens there, or a proxy cut it off.",
                    is_uncertain=True,
                ) from error
            text = content[:MAX_TEXT_BYTES].decode("utf-8", "replace")
            return Response(status, text=text, has_retries=has_retries)
        return Response(status, body, has_retries=has_retries)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _read_path(address: str) -> str:
    return (parse_address(address).path or "").rstrip("/")


def parse_json(content: bytes) -> Any:
    """The value of a JSON text.

    Raises `ValueError` for what is no JSON, or is nested deeper than orjson can write again (254
    levels): other code reads documents recursively.
    """
    value = orjson.loads(content)
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise ValueError("nested too deeply") from error
    return value


def _is_object(body: Any) -> bool:
    return isinstance(body, dict)
