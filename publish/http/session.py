"""The HTTP session of every request: an answer has a limit of size, and a deadline as a whole.

requests limits how long one piece of an answer may take, but neither how many pieces there are nor
how large they become. Here the bytes of status line, headers and body are counted and timed where
they come from the socket, and bodies once more when they are decompressed.
"""

import http.client
import io
import itertools
import socket
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from tailboard import __version__
from tailboard.publish.http.gzip_stream import CHUNK_BYTES, decompress_gzip

MAX_HEADER_BYTES = 8 * 1024 * 1024
"""More than the 100 lines of 64 KiB that `http.client` takes."""


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, to wait for a piece of an answer, and for all of it; bytes of a body."""

    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    total_timeout: float = 60.0
    max_bytes: int = 128 * 1024 * 1024


class AnswerLimitError(OSError):
    """An answer is larger than its limit."""


class AnswerDeadlineError(AnswerLimitError):
    """An answer takes longer than its deadline."""


class LimitedReader(io.RawIOBase):
    """Reads one answer from a socket, up to a number of bytes and a deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, limits: Limits) -> None:
        self._raw, self._socket, self._limits = raw, sock, limits
        self._deadline = time.monotonic() + limits.total_timeout
        self._remaining_bytes = limits.max_bytes + MAX_HEADER_BYTES

    def readable(self) -> bool:
        """Whether bytes can be read; `io` asks for it."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read the next bytes; raises `AnswerLimitError`."""
        self._socket.settimeout(min(self._limits.read_timeout, self._find_remaining_seconds()))
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError:
            self._find_remaining_seconds()
            raise
        self._remaining_bytes -= count or 0
        if self._remaining_bytes < 0:
            raise _build_size_error(self._limits)
        return count

    def fileno(self) -> int:
        """The descriptor of the socket."""
        return self._raw.fileno()

    def close(self) -> None:
        """Close the socket's file, too."""
        self._raw.close()
        super().close()

    def _find_remaining_seconds(self) -> float:
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise AnswerDeadlineError(f"takes longer than {self._limits.total_timeout:g} s")
        return seconds


class LimitedAdapter(HTTPAdapter):
    """Connections whose answers are read within limits.

    Of a SOCKS proxy only the time between the pieces and the size of the body are limited.
    """

    def __init__(self, limits: Limits, **options: Any) -> None:
        self._pool_classes = _build_pool_classes(limits)
        super().__init__(**options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = self._pool_classes

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Make the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **options)
        if isinstance(manager, urllib3.ProxyManager) and not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pool_classes
        return manager


class Session(requests.Session):
    """A session that leaves redirects to its caller, and does not read their bodies."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests would read the whole body of a redirect to prepare the next request.

        https://github.com/psf/requests/blob/v2.32.5/src/requests/sessions.py#L725
        """


def build_session(limits: Limits, headers: Mapping[str, str], **options: Any) -> Session:
    """A session without cookies; `options` are those of requests' `HTTPAdapter`."""
    session = Session()
    session.headers.update({"User-Agent": f"tailboard/{__version__}", **headers})
    session.headers["Accept-Encoding"] = "gzip"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = LimitedAdapter(limits, **options)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def read_body(response: requests.Response, limits: Limits) -> Iterator[bytes]:
    """The pieces of a body, decompressed.

    Raises `AnswerLimitError`, and requests' exceptions as `iter_content` does.
    """
    size = 0
    try:
        for chunk in _decode_chunks(response):
            size += len(chunk)
            if size > limits.max_bytes:
                raise _build_size_error(limits)
            yield chunk
    except (zlib.error, EOFError, urllib3.exceptions.DecodeError) as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error) from error
    except urllib3.exceptions.SSLError as error:
        raise requests.exceptions.SSLError(error) from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error


def _decode_chunks(response: requests.Response) -> Iterator[bytes]:
    chunks: Iterator[bytes] = response.raw.stream(CHUNK_BYTES, decode_content=False)
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return chunks
    if encoding not in {"gzip", "x-gzip"}:
        raise urllib3.exceptions.DecodeError(f"an encoding that is not supported: {encoding!r}")
    return _decompress_body(chunks)


def _decompress_body(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a body in gzip; an empty body, as of a 304, is not compressed."""
    first = next(chunks, b"")
    if first:
        yield from decompress_gzip(itertools.chain([first], chunks))


def _build_size_error(limits: Limits) -> AnswerLimitError:
    return AnswerLimitError(f"answers with more than {limits.max_bytes // 1024**2} MiB")


def _build_pool_classes(limits: Limits) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """urllib3's pools, whose connections read answers within limits."""

    class LimitedResponse(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
            super().__init__(sock, *arguments, **options)
            raw = self.fp.detach()
            self.fp = io.BufferedReader(LimitedReader(raw, sock, limits))

    class LimitedHttpConnection(urllib3.connection.HTTPConnection):
        response_class = LimitedResponse

    class LimitedHttpsConnection(urllib3.connection.HTTPSConnection):
        response_class = LimitedResponse

    class LimitedHttpPool(urllib3.HTTPConnectionPool):
        ConnectionCls = LimitedHttpConnection

    class LimitedHttpsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = LimitedHttpsConnection

    return {"http": LimitedHttpPool, "https": LimitedHttpsPool}
