"""A proxy between client and server that causes faults at chosen requests."""

import http.client
import re
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler
from threading import Lock
from urllib.parse import urlsplit

from tests.loopback_server import HOST, LoopbackServer, QuietHandler

UPSTREAM_TIMEOUT = 60
RST_ON_CLOSE = struct.pack("ii", 1, 0)
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
NOT_FORWARDED = frozenset({"connection", "transfer-encoding", "content-length", "host", "date"})


class Harm(Enum):
    """The fault that happens to a request."""

    NONE = "forwarded as it is"
    DROP_BEFORE = "the connection ends before the server hears of it"
    DROP_AFTER = "the server does it, the answer is lost"
    RESET_BEFORE = "the connection is reset before the server hears of it"
    RESET_AFTER = "the server does it, the connection is reset"
    TRUNCATE = "the server does it, half of the answer arrives"
    ANSWER = "the proxy answers itself, the server hears nothing"


@dataclass(frozen=True)
class Fault:
    """The harm, and what to do just before and after the request is forwarded."""

    harm: Harm = Harm.NONE
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None


DROP_BEFORE = Fault(Harm.DROP_BEFORE)
DROP_AFTER = Fault(Harm.DROP_AFTER)
RESET_BEFORE = Fault(Harm.RESET_BEFORE)
RESET_AFTER = Fault(Harm.RESET_AFTER)
TRUNCATE = Fault(Harm.TRUNCATE)
HTML = Fault(Harm.ANSWER, 200, {"Content-Type": "text/html"}, LOGIN_PAGE)


def build_refusal(status: int, retry_after: str | None = None) -> Fault:
    """A response of a proxy in between: 429, 500, 502, 503."""
    headers = {"Content-Type": "text/plain"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return Fault(Harm.ANSWER, status, headers, b"refused on the way\n")


def build_delay(wait: Callable[[], object]) -> Fault:
    """Forward the request once `wait` returns: `event.wait` or `partial(time.sleep, 2)`."""
    return Fault(before=wait)


@dataclass
class _FaultRule:
    fault: Fault
    nth: int | None
    times: int | None
    method: str
    path: re.Pattern[str]

    def is_applicable(self, number: int, method: str, path: str) -> bool:
        """Whether the fault applies to this request; counts down if its number is limited."""
        if self.nth is not None and number != self.nth:
            return False
        if self.method not in {"", method} or not self.path.search(path) or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class FaultProxy(LoopbackServer):
    """A proxy on loopback in front of a server; `requests` lists the requests in order."""

    def __init__(self, target: str) -> None:
        super().__init__(_build_handler(self))
        self.target = urlsplit(target)
        self.requests: list[tuple[str, str]] = []
        self._rules: list[_FaultRule] = []
        self._lock = Lock()
        self.url += self.target.path

    def add_fault(
        self,
        fault: Fault,
        *,
        nth: int | None = None,
        times: int | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        """Let it happen to the n-th request (from 1), or to all or some that match."""
        with self._lock:
            self._rules.append(_FaultRule(fault, nth, times, method, re.compile(path)))

    def clear_faults(self) -> None:
        """Forward everything again, and count requests from nought."""
        with self._lock:
            self._rules.clear()
            self.requests.clear()

    def find_fault(self, method: str, path: str) -> Fault:
        """What happens to the request that came just now."""
        with self._lock:
            self.requests.append((method, path))
            number = len(self.requests)
            for rule in self._rules:
                if rule.is_applicable(number, method, path):
                    return rule.fault
        return Fault()


@dataclass(frozen=True)
class _Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def _build_handler(proxy_under_test: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(_ForwardingHandler):
        proxy = proxy_under_test

    return Handler


class _ForwardingHandler(QuietHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def handle_any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.find_fault(self.command, self.path)
        fault.before()
        if fault.harm in {Harm.DROP_BEFORE, Harm.RESET_BEFORE}:
            self._end_connection(fault.harm)
            return
        if fault.harm is Harm.ANSWER:
            self._send_reply(_Reply(fault.status, list(fault.headers.items()), fault.body))
            return
        reply = self._forward_request(raw)
        fault.after()
        if fault.harm in {Harm.DROP_AFTER, Harm.RESET_AFTER}:
            self._end_connection(fault.harm)
            return
        self._send_reply(reply, whole=fault.harm is not Harm.TRUNCATE)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def _forward_request(self, raw: bytes) -> _Reply:
        host, port = self.proxy.target.hostname or HOST, self.proxy.target.port
        connection = http.client.HTTPConnection(host, port, timeout=UPSTREAM_TIMEOUT)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in NOT_FORWARDED}
            connection.request(self.command, self.path, raw or None, headers)
            response = connection.getresponse()
            return _Reply(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def _send_reply(self, reply: _Reply, *, whole: bool = True) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            if name.lower() not in NOT_FORWARDED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        with suppress(OSError):  # a killed client has closed the connection
            self.wfile.write(reply.body if whole else reply.body[: len(reply.body) // 2])
        if not whole:
            self._end_connection(Harm.TRUNCATE)

    def _end_connection(self, harm: Harm) -> None:
        self.close_connection = True
        if harm in {Harm.RESET_BEFORE, Harm.RESET_AFTER}:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
            self.rfile.close()
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)
