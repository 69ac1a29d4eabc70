"""Where metrics are read from: a file or an address, plain or gzip, line by line."""

import itertools
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.exposition import read_exposition
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.publish.errors import NotAllowedError, TailboardError
from tailboard.publish.http.address import (
    format_address,
    is_address,
    is_same_server,
    parse_address,
    resolve_redirect,
)
from tailboard.publish.http.gzip_stream import CHUNK_BYTES, decompress_gzip
from tailboard.publish.http.secret_filter import register_secrets

if TYPE_CHECKING:
    from tailboard.publish.http.session import Limits

TIMEOUTS = (5.0, 30.0, 300.0)
"""Seconds to connect, to wait for more, and for all of it."""

MAX_BYTES = 512 * 1024 * 1024
MAX_LINE_BYTES = 1024 * 1024
MAX_REDIRECTS = 5
GZIP_MAGIC = b"\x1f\x8b"
ACCEPT = (
    "application/openmetrics-text;version=1.0.0,"
    "text/plain;version=0.0.4;q=0.9,text/plain;q=0.8,*/*;q=0.1"
)
JSON_START = declare_pattern(rb'\[|\{\s*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*"\s*+:|\}|\Z)')
"""How JSON begins; a sample may begin with a brace, too, and a name in quotes."""


def read_source(source: str, catalogue: Catalogue) -> None:
    """Add what a file holds, or an http(s) address answers, to the catalogue."""
    with open_lines(source) as (lines, content_type):
        read_exposition(lines, catalogue, format_address(source), content_type)


@contextmanager
def open_lines(source: str) -> Iterator[tuple[Iterator[bytes], str | None]]:
    """The lines, unpacked, and the content type of an answer: None for a file."""
    with _open_source(source) as (chunks, content_type):
        content = _limit_size(_decompress_chunks(chunks, source), source)
        yield _split_lines(content, source), content_type


@contextmanager
def _open_source(source: str) -> Iterator[tuple[Iterator[bytes], str | None]]:
    """The chunks as they are stored or sent, and the content type."""
    if not is_address(source):
        yield _read_file(source), None
        return

    from tailboard.publish.http.session import Limits, build_session

    limits = Limits(*TIMEOUTS, max_bytes=MAX_BYTES)
    with build_session(limits, {"Accept": ACCEPT}) as session:
        with _convert_request_errors(source):
            answer = _fetch_answer(session, source)
        with answer:
            _check_answer(answer, source)
            content_type = answer.headers.get("Content-Type", "")
            yield _read_answer(answer, limits, source), content_type


def _read_file(source: str) -> Iterator[bytes]:
    try:
        with Path(source).open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no name of a file"
        raise TailboardError(
            f"{format_address(source)}: {reason}",
            tip="name a file, or an address that begins with http:// or https://.",
        ) from error


def _read_answer(answer: Any, limits: "Limits", source: str) -> Iterator[bytes]:
    from tailboard.publish.http.session import read_body

    with _convert_request_errors(source):
        yield from read_body(answer, limits)


@contextmanager
def _convert_request_errors(source: str) -> Iterator[None]:
    from tailboard.publish.http.request_errors import REQUEST_ERRORS, build_server_error

    try:
        yield
    except REQUEST_ERRORS as error:
        raise build_server_error(error, source) from error


def _fetch_answer(session: Any, source: str) -> Any:
    """The answer, after redirects within the server of the address."""
    parts = parse_address(source.strip())
    address = parts._replace(auth=None).url
    user, separator, password = (parts.auth or "").partition(":")
    auth = (unquote(user), unquote(password)) if separator else None
    if auth:
        register_secrets(user=auth[0], password=auth[1])
    for _ in range(MAX_REDIRECTS + 1):
        answer = session.get(
            address,
            auth=auth,
            allow_redirects=False,
            stream=True,
            timeout=TIMEOUTS[:2],
        )
        if not answer.is_redirect:
            return answer
        answer.close()
        try:
            target = resolve_redirect(address, answer.headers["location"])
        except ValueError as error:
            raise _build_error(source, "redirects to what is no plain address") from error
        if not is_same_server(address, target):
            raise _build_error(
                source,
                f"sends to another host, {parse_address(target).host}",
                "it may be a login: name the address that Prometheus scrapes.",
            )
        address = target
    raise _build_error(source, f"redirects more than {MAX_REDIRECTS} times")


def _check_answer(answer: Any, source: str) -> None:
    if answer.status_code in {401, 403}:
        tip = "save its metrics to a file with what may read them, and name the file."
        problem = f"{format_address(source)} answers {answer.status_code}: it wants a login"
        raise NotAllowedError(problem, tip=tip)
    if answer.status_code != 200:
        raise _build_error(source, f"answers {answer.status_code} {answer.reason or ''}".rstrip())


def _decompress_chunks(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    """The chunks, decompressed where they begin as gzip does."""
    first = next(chunks, b"")
    all_chunks = itertools.chain([first], chunks)
    if not first.startswith(GZIP_MAGIC):
        yield from all_chunks
        return
    try:
        yield from decompress_gzip(all_chunks)
    except (zlib.error, EOFError) as error:
        raise TailboardError(
            f"{format_address(source)} is broken gzip, or cut off", tip="fetch it again."
        ) from error


def _limit_size(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise TailboardError(
                f"{format_address(source)} is larger than {MAX_BYTES // 1024**2} MiB",
                tip="name one program's metrics, not those of all of them.",
            )
        yield chunk


def _split_lines(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    rest, has_text = b"", False
    for chunk in chunks:
        if not has_text and (text := (rest + chunk).removeprefix(b"\xef\xbb\xbf").lstrip()):
            has_text = True
            _check_format(text, source)
        *whole_lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole_lines)
        if len(rest) > MAX_LINE_BYTES:
            raise TailboardError(
                f"{format_address(source)} has a line that is longer than "
                f"{MAX_LINE_BYTES // 1024**2} MiB",
                tip="name what the program exposes as text, usually at /metrics.",
            )
    if rest:
        yield rest


def _check_format(text: bytes, source: str) -> None:
    """Say what it is, if it begins as something that is often taken for metrics."""
    if text.startswith(b"<"):
        problem = f"{format_address(source)}: this is an HTML page, not metrics"
        tip = "it may be a login page: name the address that Prometheus scrapes."
        raise TailboardError(problem, tip=tip)
    if JSON_START.match(text):
        problem = f"{format_address(source)}: this is JSON, not metrics"
        tip = "name what the program exposes as text, usually at /metrics."
        raise TailboardError(problem, tip=tip)


def _build_error(source: str, problem: str, tip: str = "") -> TailboardError:
    tip = tip or "look at the address, and whether the program runs; a saved file works too."
    return TailboardError(f"{format_address(source)} {problem}", tip=tip)
