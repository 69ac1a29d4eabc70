"""A preview on loopback that follows the definitions: a browser reloads when they change."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tailboard.panels.definition_error import DefinitionError
from tailboard.preview.pages.page import INDEX_NAME
from tailboard.publish.errors import TailboardError

HOST = "127.0.0.1"
REPORTED_ERRORS = (DefinitionError, TailboardError, OSError)
"""The errors of definitions and servers, which are sentences for the user."""

POLL_SECONDS = 0.5
"""How often the definitions' files are looked at."""

KEEP_ALIVE_SECONDS = 15.0
MAX_STREAMS = 32
"""The number of pages that are notified of changes."""

MAX_WATCHED_FILES = 2000
WATCHED_SUFFIXES = frozenset({".py", ".json", ".toml"})
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}

Fingerprint = Mapping[Path, tuple[int, int]]


@dataclass
class LiveSite:
    """The files of the last build that worked, and what was wrong with the one after it."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    version: int = 0
    mistake: str = ""
    is_closed: bool = False
    viewer_count: int = 0
    """How many pages are open."""

    changed: threading.Condition = field(default_factory=threading.Condition)

    def replace_files(self, files: Mapping[str, bytes]) -> None:
        """Show other files, and say so to every page."""
        with self.changed:
            self.files, self.mistake = files, ""
            self.version += 1
            self.changed.notify_all()

    def report_mistake(self, mistake: str) -> None:
        """Keep the files, and show what is wrong."""
        with self.changed:
            self.mistake = mistake
            self.changed.notify_all()

    def close(self) -> None:
        """Let every page go."""
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()


class LiveServer(ThreadingHTTPServer):
    """The server of a site, on loopback only."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, site: LiveSite, port: int) -> None:
        self.site = site
        self.streams = threading.BoundedSemaphore(MAX_STREAMS)
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise TailboardError(
                f"cannot listen on {HOST}:{port}: {error.strerror}",
                tip="choose another --port; 0 takes a free one.",
            ) from error

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.server_address[1]}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that left."""


class _Handler(BaseHTTPRequestHandler):
    server: LiveServer
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """A file of the site, or the stream of changes."""
        if not self._is_local_host():
            self._send(HTTPStatus.FORBIDDEN, b"this server answers to localhost alone")
            return
        name = unquote(urlsplit(self.path).path).lstrip("/") or INDEX_NAME
        if name == "events":
            self._stream_events()
            return
        content = self.server.site.files.get(name)
        if content is None:
            self._send(HTTPStatus.NOT_FOUND, b"there is no such page")
            return
        content_type = CONTENT_TYPES.get(Path(name).suffix, "application/octet-stream")
        self._send(HTTPStatus.OK, content, content_type)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing of requests."""

    def _is_local_host(self) -> bool:
        """Whether a browser asked for this machine, and no page elsewhere made it ask."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        return host in {HOST, "localhost"}

    def _send(
        self, status: HTTPStatus, content: bytes, content_type: str = "text/plain; charset=utf-8"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(content)

    def _stream_events(self) -> None:
        """Say when to reload, and what is wrong with the definitions."""
        if not self.server.streams.acquire(blocking=False):
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, b"too many pages are open")
            return
        site = self.server.site
        with site.changed:
            site.viewer_count += 1
        try:
            self.close_connection = True
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            self.end_headers()
            self._write_events()
        except OSError:
            return  # the page is gone
        finally:
            with site.changed:
                site.viewer_count -= 1
            self.server.streams.release()

    def _write_events(self) -> None:
        site = self.server.site
        version, mistake = site.version, ""
        self.wfile.write(b": begin\n\n")
        while not site.is_closed:
            with site.changed:
                if site.version == version and site.mistake == mistake and not site.is_closed:
                    site.changed.wait(KEEP_ALIVE_SECONDS)
                is_new, text = site.version != version, site.mistake
                version = site.version
            if is_new:
                self.wfile.write(b"event: reload\ndata: {}\n\n")
            elif text != mistake:
                self.wfile.write(f"event: mistake\ndata: {json.dumps(text)}\n\n".encode())
            else:
                self.wfile.write(b": still here\n\n")
            mistake = text
            self.wfile.flush()


def follow_definitions(
    site: LiveSite,
    build: Callable[[], Mapping[str, bytes]],
    list_paths: Callable[[], Iterable[Path]],
    refresh_seconds: Callable[[], float],
    report: Callable[[str], None],
) -> None:
    """Build anew when a file changes or the data is old, until the process is interrupted.

    Data is asked for only while a page is open.
    A mistake of a definition, or a server that does not answer, leaves the last files in place.
    """
    fingerprint = read_fingerprint(list_paths())
    built = time.monotonic()
    while True:
        time.sleep(POLL_SECONDS)
        current = read_fingerprint(list_paths())
        period = refresh_seconds()
        is_old = period > 0 and time.monotonic() - built >= period and site.viewer_count > 0
        if current == fingerprint and not is_old:
            continue
        if current != fingerprint:
            report("a definition changed")
        fingerprint = current
        try:
            site.replace_files(build())
        except REPORTED_ERRORS as error:
            report(str(error))
            site.report_mistake(str(error))
        built = time.monotonic()


def read_fingerprint(paths: Iterable[Path]) -> Fingerprint:
    """When each file was changed, and how large it is."""
    fingerprint = {}
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        fingerprint[path] = (status.st_mtime_ns, status.st_size)
    return fingerprint


def list_watched_files(paths: Iterable[Path]) -> list[Path]:
    """The definitions and the files beside them, which they may import."""
    watched: dict[Path, None] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        try:
            neighbours = sorted(folder.rglob("*") if path.is_dir() else folder.iterdir())
        except OSError:
            neighbours = []
        for neighbour in (path, *neighbours):
            if neighbour.suffix in WATCHED_SUFFIXES:
                watched.setdefault(neighbour)
            if len(watched) >= MAX_WATCHED_FILES:
                return list(watched)
    return list(watched)
